"""Looks before loading. The entry is `check.check`."""
