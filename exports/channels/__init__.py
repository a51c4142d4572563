"""The ways out: email, Slack, files. channel.py says what a channel is; each way is one module."""
