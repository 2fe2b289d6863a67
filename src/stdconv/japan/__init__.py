"""Facts of Japanese registries: eras, characters and showing them, check digits, the wordings of dates not known."""
