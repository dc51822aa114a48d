"""What data do we have, and may we use it? Packs, their cards, and fetching their files."""
