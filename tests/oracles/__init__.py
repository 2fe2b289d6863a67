"""Independent implementations and published forms that stdconv is held against; none of them imports what it judges."""
