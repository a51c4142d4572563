"""Kind `gem`."""
