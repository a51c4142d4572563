"""The configuration, checked against everything that the wings know of it: base knows its shape, each wing what its own names mean."""

from __future__ import annotations

from pathlib import Path

from base.config import Checks, Config, Report, Source, Subscriber
from base.config import load_config as load_and_check


def load_config(folder: Path) -> Config:
    """Read and check every file of the folder. Raises ConfigError with file, line, key and remedy."""
    from exports.channels.registry import check_subscriber, delivery_sections
    from exports.editions.registry import check_report
    from ingestion.sources.registry import check_source

    checks: Checks = {Source: check_source, Report: check_report, Subscriber: check_subscriber}
    return load_and_check(folder, checks, delivery_sections())
