"""A Document in every form: mail (HTML and text), Slack blocks, charts as PNG, and all of them as files on disk."""
