"""Looks before loading: does each source answer, may we read each stream, is there anything to see. Changes nothing.

Every finding is one sentence with its remedy; `check` never raises for what a user can mend. The rows of files and databases are not read here: they are
loaded into a home that is thrown away (trial.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import combinations

from base.config import Source
from base.errors import ConfigError, FunnelcastError, guarded, is_mistake
from ingestion.http.limits import RunBudget
from ingestion.preflight.services import ask
from ingestion.protocol.finding import ERROR, OK, WARNING, Finding
from ingestion.protocol.service import Service
from ingestion.sources.registry import KINDS, open_connector

#: A preflight asks little and must not hang.
_BUDGET_SECONDS = 120.0


def check(source: Source, *, now: datetime | None = None, was_loaded: bool = False) -> list[Finding]:
    """What stands between this source and a load, errors first.

    `now` (the local clock) is held against the source's; a difference over a minute is a warning. `was_loaded`: an earlier run loaded it whole.
    """
    try:
        connector = open_connector(source, RunBudget(_BUDGET_SECONDS))
    except FunnelcastError as error:
        return [error_finding(error, was_loaded=was_loaded)]
    try:
        findings = ask(source, connector, now) if isinstance(connector, Service) else connector.preflight()
        findings += _webhooks(source)
    except FunnelcastError as error:
        findings = [error_finding(error, was_loaded=was_loaded)]
    finally:
        connector.close()
    return errors_first(findings)


def check_together(sources: Sequence[Source]) -> list[tuple[Source, Finding]]:
    """What is wrong with sources only beside each other: one vendor's account read twice, by two kinds."""
    return list(_read_twice(sources))


def server_now(source: Source) -> datetime | None:
    """The source's own clock, which windows should end by; None for files. Raises SourceError when it cannot be reached."""
    with guarded(source.name):
        connector = open_connector(source, RunBudget(_BUDGET_SECONDS))
        try:
            return connector.server_now()
        finally:
            connector.close()


def errors_first(findings: list[Finding]) -> list[Finding]:
    """In the order in which a person reads them."""
    return sorted(findings, key=lambda finding: (ERROR, WARNING, OK).index(finding.level))


def error_finding(error: FunnelcastError, *, was_loaded: bool = False) -> Finding:
    """An error as a finding, judged as a run judges it."""
    return Finding(ERROR, None, error.message, error.remedy, is_configuration=is_mistake(error, was_loaded=was_loaded))


def _read_twice(sources: Sequence[Source]) -> Iterator[tuple[Source, Finding]]:
    for one, other in combinations(sources, 2):
        vendor, page = KINDS.named(one.kind).vendor, KINDS.named(one.kind).docs_page
        if one.kind == other.kind or not vendor or vendor != KINDS.named(other.kind).vendor:
            continue
        message = f"{one.name} and {other.name} both read {vendor}: if it is the same account, each record counts twice"
        yield other, Finding(WARNING, None, message, f"Keep one of them ({page} says which tells what).")


def _webhooks(source: Source) -> list[Finding]:
    """The secrets are needed where the receiver runs; that may be another machine or account, so one that is not here only warns."""
    if source.webhooks is None:
        return []
    from ingestion.webhooks.handlers import active_secrets, read_secrets

    try:
        count = len(read_secrets(source, source.webhooks))
    except ConfigError as error:
        return [Finding(WARNING, "webhooks", error.message, "The secrets must be set where `funnelcast webhooks serve` runs.")]
    return [Finding(OK, "webhooks", f"{active_secrets(count)} for the receiver")]
