"""What `funnelcast reports ...` does, as functions that return plain data; the command line only prints it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import Engine

from base.config import Config, Report, Subscriber
from base.errors import DeliveryError, FunnelcastError
from base.home import Home
from exports import artifacts, delivery, ledger, reports
from exports.channels import Outgoing
from exports.channels.email import compose
from exports.delivery import Courier, Outcome
from exports.ledger import Delivery, Key
from exports.notices import notify_owner
from exports.publish.state import current
from exports.reports.document import Frame
from exports.subscriptions import find_report, find_subscriber, newest_tick, next_tick, zone_of

deliver_due = delivery.deliver_due

__all__ = ["deliver_due", "list_reports", "notify_owner", "pause", "plan", "preview", "resend", "resume", "send", "why"]


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
        title = report.title or reports.EDITIONS[report.edition].title
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


def preview(config: Config, home: Home, report_id: str, out_dir: Path, *, subscriber_id: str | None = None, now: datetime) -> list[Path]:
    """Write the report from what is published as .html, .eml, .txt and .blocks.json with its charts; sends and records nothing.

    An edition that reports.yml does not have yet is shown as it would be without options.
    """
    is_configured = any(report.id == report_id for report in config.reports)
    is_edition = report_id in reports.EDITIONS and not is_configured
    report = (
        Report.model_validate({"id": report_id, "edition": report_id, "cron": "0 8 * * 1"})
        if is_edition
        else find_report(config, report_id)
    )
    subscriber = find_subscriber(report, subscriber_id) if subscriber_id else _any_recipient(report)
    state = current(home)
    if state is None:
        raise DeliveryError(f"Nothing is published in {home.published} yet", remedy="Run `funnelcast run` first.")
    unfinished = out_dir / ".tmp-preview"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        artifacts.write(unfinished, state, report, Frame(config.company.name, report.title))
        artifact = artifacts.read(unfinished)
        made = [out_dir / f"{report.id}{ending}" for ending in (".html", ".txt", ".blocks.json", ".eml")]
        (unfinished / "report.html").replace(made[0])
        (unfinished / "report.txt").replace(made[1])
        (unfinished / "report.blocks.json").replace(made[2])
        key = Key(report.id, 1, subscriber.id, "email", "preview")
        smtp = config.company.delivery.smtp
        mail = compose(
            Outgoing(key, subscriber, artifact, now), config.company.name, smtp.from_address if smtp else "reports@example.invalid"
        )
        made[3].write_bytes(mail.as_bytes())
        for name in artifact.images:
            (unfinished / f"{name}.png").replace(out_dir / f"{name}.png")
            made.append(out_dir / f"{name}.png")
    finally:
        shutil.rmtree(unfinished)
    return made


def _any_recipient(report: Report) -> Subscriber:
    """The first email subscriber, else a placeholder: a preview is addressed to someone."""
    mailed = [subscriber for subscriber in report.subscribers if subscriber.channel == "email"]
    return mailed[0] if mailed else Subscriber(id="preview", channel="email", address="preview@example.invalid")


def send(config: Config, home: Home, ops: Engine, report_id: str, now: datetime, *, force: bool = False) -> list[Outcome]:
    """Deliver the newest period of one report now, to whom it was not sent yet; what was skipped or failed is tried again.

    `force` also ignores pauses, the send window and waiting times. Never sends anything twice: that is `resend`.
    """
    report = find_report(config, report_id)
    courier = Courier(config, home, ops, now, is_forced=force)
    touched = delivery.recover(courier)
    delivery.plan_report(courier, report)
    for subscriber in report.subscribers:
        tick = newest_tick(report.cron, zone_of(config.company, report, subscriber), now)
        rows = ledger.find(ops, report_id=report.id, subscriber_id=subscriber.id, period_key=tick.period_key)
        for row in rows[-1:]:
            row = _reopen(ops, row, now) if row.state in ("skipped", "failed") else row
            if row.state in ledger.OPEN_STATES:
                delivery.advance(courier, row)
            touched.add(row.delivery_id)
    return _settled(courier, touched)


def resend(
    config: Config,
    home: Home,
    ops: Engine,
    report_id: str,
    now: datetime,
    *,
    subscriber_id: str | None = None,
    period_key: str | None = None,
) -> list[Outcome]:
    """Send a period again as a correction: a new edition number, from what is published now. Default: the newest period on the ledger."""
    report = find_report(config, report_id)
    if subscriber_id:
        find_subscriber(report, subscriber_id)
    rows = ledger.find(ops, report_id=report_id, subscriber_id=subscriber_id, period_key=period_key)
    if not rows:
        raise DeliveryError(
            f"The ledger has no delivery of '{report_id}' to send again", remedy=f"`funnelcast reports send {report_id}` sends the first."
        )
    period_key = period_key or rows[-1].key.period_key
    newest = {row.key.subscriber_id: row for row in rows if row.key.period_key == period_key}
    courier = Courier(config, home, ops, now, is_forced=True)
    touched = set()
    for row in newest.values():
        key = Key(report_id, row.key.edition_number + 1, row.key.subscriber_id, row.key.channel, period_key)
        ends = now + timedelta(hours=report.send_window_hours)
        ledger.plan(ops, key, tick_at=now, window_ends_at=ends, now=now)
        planned = [d for d in ledger.find(ops, report_id=report_id, subscriber_id=key.subscriber_id, period_key=period_key) if d.key == key]
        for made in planned:
            delivery.advance(courier, made)
            touched.add(made.delivery_id)
    return _settled(courier, touched)


def why(
    ops: Engine, report_id: str | None = None, *, subscriber_id: str | None = None, period_key: str | None = None, newest: int = 20
) -> list[Story]:
    """The story of each matching delivery, newest last: every event of the ledger as a sentence."""
    rows = ledger.find(ops, report_id=report_id, subscriber_id=subscriber_id, period_key=period_key)[-newest:]
    return [Story(row.key, row.state, _sentences(row, ledger.events(ops, row))) for row in rows]


def pause(
    config: Config, ops: Engine, report_id: str, now: datetime, *, subscriber_id: str | None = None, until: datetime | None = None
) -> None:
    """Send nothing of the report (to one subscriber, or to all) until then, or until resume()."""
    _check_target(config, report_id, subscriber_id)
    if until is not None and until <= now:
        raise FunnelcastError("The pause would end before it begins", remedy="Give a later --until.")
    ledger.pause(ops, report_id, subscriber_id, until=until, now=now)


def resume(config: Config, ops: Engine, report_id: str, now: datetime, *, subscriber_id: str | None = None) -> int:
    """End the pauses; returns how many there were."""
    _check_target(config, report_id, subscriber_id)
    return ledger.resume(ops, report_id, subscriber_id, now=now)


def _check_target(config: Config, report_id: str, subscriber_id: str | None) -> None:
    report = find_report(config, report_id)
    if subscriber_id:
        find_subscriber(report, subscriber_id)


def _reopen(ops: Engine, row: Delivery, now: datetime) -> Delivery:
    """skipped or failed -> planned: rendered anew from what is published now."""
    ledger.move(ops, row, "planned", now=now, note="asked for by `funnelcast reports send`", reason=None, next_attempt_at=None)
    return ledger.get(ops, row.delivery_id)


def _settled(courier: Courier, touched: set[int]) -> list[Outcome]:
    delivery.finish_charts(courier)
    outcomes = [delivery.outcome_of(ledger.get(courier.ops, delivery_id)) for delivery_id in sorted(touched)]
    delivery.tell_owner(courier, outcomes)
    return outcomes


def _sentences(row: Delivery, events: list[ledger.Event]) -> tuple[str, ...]:
    told = [f"{event.happened_at:%Y-%m-%d %H:%M:%S} UTC {event.state}" + (f": {event.note}" if event.note else "") for event in events]
    key = row.key
    first = f"{key.report_id} for {key.subscriber_id} by {key.channel}, period {key.period_key}"
    first += f", correction {key.edition_number - 1}" if key.edition_number > 1 else ""
    last = f"It is {row.state} now" + (f", because: {row.reason}" if row.reason else "") + "."
    if row.state in ledger.OPEN_STATES and row.next_attempt_at:
        last += f" Next attempt after {row.next_attempt_at:%Y-%m-%d %H:%M} UTC, until {row.window_ends_at:%Y-%m-%d %H:%M} UTC."
    return (first + ".", *(sentence + "." for sentence in told), last)


def as_json(outcomes: list[Outcome]) -> str:
    """Outcomes for a program to read."""
    return json.dumps([{**vars(o.key), "state": o.state, "reason": o.reason, "provider_id": o.provider_id} for o in outcomes], indent=1)
