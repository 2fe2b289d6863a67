"""Delimited files as bytes and frames, both ways; nothing here knows a mapping."""
