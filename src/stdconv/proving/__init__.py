"""The proof of a mapping: its examples, then the laws on generated records, through bytes."""
