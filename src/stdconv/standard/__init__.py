"""The standard side: schemas, rules and code lists, read from data files."""
