"""The configuration, checked against everything that the wings know of it: base knows its shape, each wing what its own names mean."""

from __future__ import annotations

from pathlib import Path

from base.config import Config, Source
from base.config import load_config as load_and_check


def load_config(folder: Path) -> Config:
    """Read and check every file of the folder. Raises ConfigError with file, line, key and remedy."""
    from ingestion.sources.base import check_source

    return load_and_check(folder, {Source: check_source})
