"""Kind `lever`."""
