"""Kind `ashby`."""
