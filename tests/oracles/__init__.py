"""Independent implementations and published forms that stdconv is held against."""
