"""The reports: edition.py says what an edition is, registry.py lists them; each is a folder with view (numbers), build (queries), layout (words)."""
