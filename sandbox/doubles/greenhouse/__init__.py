"""The simulated company as `greenhouse` gives it."""
