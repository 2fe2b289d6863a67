"""Mappings: the YAML file's models and its loading."""
