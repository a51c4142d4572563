"""Kind `canonical_files`."""
