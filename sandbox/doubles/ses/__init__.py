"""The simulated company as `ses` gives it."""
