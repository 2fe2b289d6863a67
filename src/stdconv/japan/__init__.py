"""Facts of Japanese registries: eras, characters, check digits, the wordings of dates not known."""
