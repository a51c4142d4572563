"""Folders of files, on this machine or in object storage, and how each format is read."""
