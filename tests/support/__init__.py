"""What tests share that judges nothing: places, records, commands, mappings changed."""
