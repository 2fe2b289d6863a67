"""What is wrong or doubtful in a mapping, found without converting anything."""
