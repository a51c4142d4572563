"""The simulated company as `ashby` gives it."""
