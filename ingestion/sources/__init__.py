"""One module per kind of source: its streams, how it pages, what is left behind for privacy."""
