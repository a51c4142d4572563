"""What the kinds share whose records are in canonical shape: a company's own names, keys, and the streams with their contracts."""
