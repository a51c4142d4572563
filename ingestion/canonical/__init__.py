"""Records in canonical shape, as files and databases give them."""
