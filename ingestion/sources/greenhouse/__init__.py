"""Kind `greenhouse`."""
