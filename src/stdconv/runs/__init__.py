"""What a command does with files: legacy files, run folders, standard files."""
