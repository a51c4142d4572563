"""What the raw boundary promises: the tables a folder may hold, and the expectations of each staging stream."""
