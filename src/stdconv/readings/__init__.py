"""Readings of domains: as a polars check, as JSON Schema, as a hypothesis strategy, as a sampler of members."""
