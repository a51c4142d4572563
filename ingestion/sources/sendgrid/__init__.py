"""Kind `sendgrid`."""
