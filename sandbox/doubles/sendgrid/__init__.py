"""The simulated company as `sendgrid` gives it."""
