"""The simulated company as `gem` gives it."""
