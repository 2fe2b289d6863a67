"""What is said about data and definitions: the registry of codes with its texts, and findings as frames."""
