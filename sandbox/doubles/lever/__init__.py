"""The simulated company as `lever` gives it."""
