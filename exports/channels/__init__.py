"""The ways out: email, Slack, files. channel.py says what a channel is, registry.py lists them; each is one module."""
