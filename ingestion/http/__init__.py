"""The one HTTP client of all services: credentials, rate limits, deadlines, retries."""
