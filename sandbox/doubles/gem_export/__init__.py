"""The simulated company as `gem_export` gives it."""
