"""Webhooks: whose signature is on the raw bytes, the spool that keeps deliveries durably, and the handlers that the web server calls."""
