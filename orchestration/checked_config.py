"""The configuration, checked against everything that the wings know of it: base knows its shape, each wing what its own names mean."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from base import clock
from base.config import Checks, Company, Config, Known, Report, Source, Subscriber
from base.config import load_config as load_and_check


def load_config(folder: Path) -> Config:
    """Read and check every file of the folder. Raises ConfigError with file, line, key and remedy."""
    from exports.channels.registry import check_owner, check_subscriber, delivery_sections
    from exports.editions.registry import check_report
    from ingestion.sources.registry import check_quality, check_source

    now = clock.now()

    def checks(known: Known) -> Checks:
        return {
            Source: partial(check_source, now=now),
            Company: partial(_check_company, known),
            Report: check_report,
            Subscriber: partial(check_subscriber, company=known.company),
        }

    def _check_company(known: Known, company: Company) -> None:
        check_owner(company)
        check_quality(company.quality, known.sources)

    return load_and_check(folder, checks, delivery_sections())
