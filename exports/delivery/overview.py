"""What `funnelcast reports list`, `plan` and `why` show: reports, deliveries and their history, as plain data; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine

from base.config import Config
from base.errors import ConfigError
from base.registry import near_and_known
from exports.channels.channel import Key
from exports.delivery import delivery_ledger as ledger
from exports.delivery.delivery_ledger import Delivery
from exports.delivery.subscriptions import find_report, find_subscriber, newest_tick, next_tick, zone_of
from exports.editions.registry import EDITIONS


@dataclass(frozen=True)
class ReportLine:
    """One configured report as `reports list` shows it."""

    report_id: str
    edition: str
    title: str
    cron: str
    time_zone: str
    next_at: datetime
    subscribers: tuple[str, ...]
    last_period: str | None
    last_states: dict[str, int]


@dataclass(frozen=True)
class PlanLine:
    """One delivery as `reports plan` shows it: what the ledger says, or that it would be planned."""

    report_id: str
    subscriber_id: str
    channel: str
    period_key: str
    tick_at: datetime
    window_ends_at: datetime
    state: str
    reason: str | None


@dataclass(frozen=True)
class Story:
    """What happened to one delivery, in sentences."""

    key: Key
    state: str
    sentences: tuple[str, ...]


def list_reports(config: Config, ops: Engine, now: datetime) -> list[ReportLine]:
    """Every configured report with its next tick and what became of its newest period."""
    lines = []
    for report in config.reports:
        zone = zone_of(config.company, report)
        known = ledger.find(ops, report_id=report.id)
        last_period = known[-1].key.period_key if known else None
        states: dict[str, int] = {}
        for row in known:
            if row.key.period_key == last_period:
                states[row.state] = states.get(row.state, 0) + 1
        title = report.title or EDITIONS[report.edition].title
        names = tuple(f"{subscriber.id} ({subscriber.channel})" for subscriber in report.subscribers)
        upcoming = next_tick(report.cron, zone, now)
        lines.append(ReportLine(report.id, report.edition, title, report.cron, zone, upcoming, names, last_period, states))
    return lines


def plan(config: Config, ops: Engine, now: datetime) -> list[PlanLine]:
    """What is due now, per subscriber, and where it stands; changes nothing."""
    lines = []
    for report in config.reports:
        for subscriber in report.subscribers:
            tick = newest_tick(report.cron, zone_of(config.company, report, subscriber), now)
            rows = ledger.find(ops, report_id=report.id, subscriber_id=subscriber.id, period_key=tick.period_key)
            row = rows[-1] if rows else None
            ends = tick.at + timedelta(hours=report.send_window_hours)
            state, reason = (row.state, row.reason) if row else ("not planned yet", _missed(ends, now))
            lines.append(PlanLine(report.id, subscriber.id, subscriber.channel, tick.period_key, tick.at, ends, state, reason))
    return lines


def _missed(ends: datetime, now: datetime) -> str | None:
    return f"its send window ended {ends:%Y-%m-%d %H:%M} UTC" if ends < now else None


def why(
    config: Config,
    ops: Engine,
    report_id: str | None = None,
    *,
    subscriber_id: str | None = None,
    period_key: str | None = None,
    newest: int = 20,
) -> list[Story]:
    """The story of each matching delivery, newest last: every event of the ledger as a sentence.

    Raises ConfigError for a name that neither reports.yml nor the ledger has.
    """
    rows = find_deliveries(config, ops, report_id, subscriber_id=subscriber_id, period_key=period_key)[-newest:]
    return [Story(row.key, row.state, _sentences(row, ledger.events(ops, row))) for row in rows]


def find_deliveries(
    config: Config, ops: Engine, report_id: str | None, *, subscriber_id: str | None = None, period_key: str | None = None
) -> list[Delivery]:
    """The ledger's deliveries, of one subscriber or period where one is named; the ledger may know names that reports.yml no longer has.

    Raises ConfigError for a name that neither has.
    """
    rows = ledger.find(ops, report_id=report_id)
    if report_id and not rows:
        report = find_report(config, report_id)
        if subscriber_id:
            find_subscriber(report, subscriber_id)
    period_key = period_key.partition("@")[0] if period_key else None
    for what, name, value in (("subscriber", "subscriber_id", subscriber_id), ("period", "period_key", period_key)):
        if value is None or not rows:
            continue
        known = list(dict.fromkeys(getattr(row.key, name) for row in reversed(rows)))
        if value not in known:
            of = f" of '{report_id}'" if report_id else ""
            raise ConfigError(f"the ledger has no delivery{of} for the {what} '{value}'", remedy=near_and_known(value, known[:12]))
        rows = [row for row in rows if getattr(row.key, name) == value]
    return rows


def _sentences(row: Delivery, events: list[ledger.Event]) -> tuple[str, ...]:
    history = [f"{event.happened_at:%Y-%m-%d %H:%M:%S} UTC {event.state}" + (f": {event.note}" if event.note else "") for event in events]
    key = row.key
    first = f"{key.report_id} for {key.subscriber_id} by {key.channel}, period {key.period_key}"
    first += f", correction {key.edition_number - 1}" if key.edition_number > 1 else ""
    last = f"It is {row.state} now" + (f", because: {row.reason.rstrip('.')}" if row.reason else "") + "."
    if row.state in ledger.OPEN_STATES and row.next_attempt_at:
        last += f" Next attempt after {row.next_attempt_at:%Y-%m-%d %H:%M} UTC, until {row.window_ends_at:%Y-%m-%d %H:%M} UTC."
    return (first + ".", *(sentence + "." for sentence in history), last)
