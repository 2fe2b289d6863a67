"""stdconv: legacy resident-registry exports (住民記録) to standard-spec records and back, byte for byte."""

__version__ = "0.1.0"
