"""Kind `gem_export`."""
