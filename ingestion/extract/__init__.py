"""Extraction: from a connector's pages to committed parts of the log. The entry is `run.extract`."""
