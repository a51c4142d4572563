"""Kind `ses`."""
