"""Kind `canonical_database`."""
