"""Files of definitions: where the shipped ones are, and YAML with the place of every part."""
