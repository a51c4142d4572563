"""What time is it? The local clock is a claim; the sources' servers, their files and the ledger bear it out or contradict it.

A window that ended in the future would make every later load look done, one in the past would be read as older than what is known. So
nothing is asked of a source before the claim has been held against the evidence (docs/operations.md, "The clock").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median_low

from base.clock import iso
from base.config import ClockLimits, Source
from base.errors import ConfigError, FunnelcastError
from ingestion.http.limits import RunBudget
from ingestion.log.loads import Load
from ingestion.protocol.connector import Connector
from ingestion.sources.registry import open_connector

#: Asking for the time is one small request per source and must not hang.
_BUDGET_SECONDS = 120.0

_CORRECT = "Correct this machine's clock (on Linux: timedatectl set-ntp true) and run again; nothing was asked or loaded."


@dataclass(frozen=True)
class Evidence:
    """What there is to hold `local` against. `servers`, `files`: by source, its server's clock and the middle one of its files' times.

    `newest`: of the ledger's loads, the one that ends last. `is_loading`: whether windows are to end by the clock at all.
    """

    local: datetime
    servers: Mapping[str, datetime] = field(default_factory=dict)
    files: Mapping[str, datetime] = field(default_factory=dict)
    newest: Load | None = None
    is_loading: bool = True


@dataclass(frozen=True)
class Clocks:
    """The evidence agrees: `now` can be trusted. `servers`: the clocks of those that answered; `warnings` name the wrong ones."""

    now: datetime
    limit: timedelta
    servers: Mapping[str, datetime] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def window_end(self, server: datetime | None) -> datetime:
        """The end of a source's window: its server's clock (vendors filter by it), but no later than `now` where the two disagree."""
        if server is None:
            return self.now
        return server if abs(server - self.now) <= self.limit else min(server, self.now)


def judge(evidence: Evidence, limits: ClockLimits) -> Clocks:
    """Raises ConfigError, naming both times and the remedy, when the local clock is ahead or behind by more than the limit.

    The local clock is right when as many servers confirm it as agree on another time. Where no server answers, the ledger and the times
    of files bound it: it is behind when they are later, and ahead when nothing has been seen for longer than `longest_gap_days`.
    """
    local, limit = evidence.local, timedelta(minutes=limits.largest_difference_minutes)
    confirming = [name for name, time in evidence.servers.items() if abs(time - local) <= limit]
    deviating = {name: time for name, time in evidence.servers.items() if name not in confirming}
    agreed = max((sum(abs(one - other) <= limit for other in deviating.values()) for one in deviating.values()), default=0)
    if deviating and agreed > len(confirming):
        name, time = next(iter(deviating.items()))
        raise ConfigError(
            f"This machine's clock says {iso(local)}, but the server of {name} says {iso(time)} ({apart(local, time)} apart,"
            f" {limits.largest_difference_minutes:g} minutes are allowed)",
            remedy=_CORRECT,
        )
    _check_ledger(evidence, limit, is_confirmed=bool(confirming))
    if not confirming:
        _check_files(evidence, limit)
        _check_gap(evidence, limits)
    warnings = tuple(
        f"the clock of {name}'s server is wrong: it says {iso(time)}, this machine and {confirming[0]} say {iso(local)};"
        " its windows end by the earlier one"
        for name, time in deviating.items()
    )
    return Clocks(local, limit, evidence.servers, warnings)


def _check_ledger(evidence: Evidence, limit: timedelta, *, is_confirmed: bool) -> None:
    newest, local = evidence.newest, evidence.local
    if newest is None or newest.window_end <= local + limit:
        return
    where = f"{newest.source} {newest.stream} was loaded up to {iso(newest.window_end)}"
    close = "`funnelcast repair clock` closes the wrong window and keeps what it loaded"
    if is_confirmed:
        raise ConfigError(
            f"{where}, which is {apart(newest.window_end, local)} after now ({iso(local)}): an earlier run had a wrong clock",
            remedy=f"{close}.",
        )
    raise ConfigError(
        f"This machine's clock says {iso(local)}, but {where} ({apart(newest.window_end, local)} later)",
        remedy=f"If the clock is behind, correct it; if it is right, an earlier run had a wrong one: {close}.",
    )


def _check_files(evidence: Evidence, limit: timedelta) -> None:
    for name, time in evidence.files.items():
        if time > evidence.local + limit:
            raise ConfigError(
                f"This machine's clock says {iso(evidence.local)}, but most files of {name} were written later, around {iso(time)}"
                f" ({apart(time, evidence.local)} apart)",
                remedy=f"{_CORRECT} If the files' times are wrong, copy the files again.",
            )


def _check_gap(evidence: Evidence, limits: ClockLimits) -> None:
    if evidence.newest is None or not evidence.is_loading or not limits.longest_gap_days:
        return
    seen = max([evidence.newest.window_end, *evidence.files.values()])
    if evidence.local - seen > timedelta(days=limits.longest_gap_days):
        raise ConfigError(
            f"This machine's clock says {iso(evidence.local)}, {apart(evidence.local, seen)} after the last load and every file"
            f" ({iso(seen)}), and no source has a clock to confirm it",
            remedy=f"{_CORRECT} If it is right, raise clock.longest_gap_days in company.yml.",
        )


def gather(sources: Sequence[Source], newest: Load | None, *, local: datetime, with_files: bool) -> Evidence:
    """Ask every source for its time. `newest`: the ledger's. `with_files`: look at the times of files, too (a frozen clock has none that compare)."""
    servers: dict[str, datetime] = {}
    files: dict[str, datetime] = {}
    for source in sources:
        try:
            connector = open_connector(source, RunBudget(_BUDGET_SECONDS))
        except FunnelcastError:
            continue  # what keeps a source from being opened is reported by its own load
        try:
            _ask(source.name, connector, servers, files if with_files else None)
        except Exception:  # noqa: S112 - a source that cannot answer is no evidence; its own load fails with the reason
            continue
        finally:
            connector.close()
    return Evidence(local, servers, files, newest, is_loading=bool(sources))


def _ask(name: str, connector: Connector, servers: dict[str, datetime], files: dict[str, datetime] | None) -> None:
    if time := connector.server_now():
        servers[name] = time
    elif files is not None and (times := connector.file_times()):
        files[name] = median_low(times)


def apart(one: datetime, other: datetime) -> str:
    """How far apart, in the largest unit that says it."""
    seconds = abs((one - other).total_seconds())
    for unit, size in (("year", 365.25 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}s"
    return f"{seconds:.0f} seconds"
