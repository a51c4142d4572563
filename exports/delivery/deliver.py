"""Delivers reports through the ledger: recover what was interrupted, plan what is due, render, send, record."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine

from base.config import Config, Report, Subscriber
from base.errors import FunnelcastError
from base.home import Home
from exports.channels.channel import Key
from exports.delivery import delivery_ledger as ledger
from exports.delivery import rendered_reports
from exports.delivery.courier import Courier, Outcome
from exports.delivery.delivery_ledger import Delivery
from exports.delivery.notices import notify_owner
from exports.delivery.sending import finish_charts, recover, send
from exports.delivery.subscriptions import newest_tick, zone_of
from exports.document.model import Frame
from exports.editions.registry import EDITIONS
from exports.publish.state import PublishedState, current


def deliver_due(
    config: Config,
    home: Home,
    ops: Engine,
    now: datetime,
    *,
    report_ids: Sequence[str] | None = None,
    notice: str = "",
    sleep: Callable[[float], None] = time.sleep,
) -> list[Outcome]:
    """Deliver everything that is due (of `report_ids`, or of all), and settle what an interrupted call left. Safe to repeat and to race.

    Never raises for one delivery's failure: it is in the ledger, in the outcome, and goes to the owner.
    """
    courier = Courier(config, home, ops, now, notice, sleep)
    wanted = [report for report in config.reports if report_ids is None or report.id in report_ids]
    touched = recover(courier)
    for report in wanted:
        plan_report(courier, report)
    names = {report.id for report in wanted}
    for delivery in ledger.find(ops, states=ledger.OPEN_STATES):
        if delivery.key.report_id in names or courier.find(delivery.key) is None:
            advance(courier, delivery)
            touched.add(delivery.delivery_id)
    return finish(courier, touched)


def plan_report(courier: Courier, report: Report) -> list[Key]:
    """Put the newest tick's deliveries of the report on the ledger; returns the keys that are new."""
    planned = []
    for subscriber in report.subscribers:
        zone = zone_of(courier.config.company, report, subscriber)
        tick = newest_tick(report.cron, zone, courier.now)
        key = Key(report.id, 1, subscriber.id, subscriber.channel, tick.period_key)
        ends = tick.at + timedelta(hours=report.send_window_hours)
        if ledger.plan(courier.ops, key, tick_at=tick.at, window_ends_at=ends, now=courier.now):
            planned.append(key)
    return planned


def advance(courier: Courier, delivery: Delivery) -> None:
    """Bring one planned or rendered delivery as far as it goes now. One that cannot go on waits with the reason, and holds up no other."""
    try:
        _advance(courier, delivery)
    except FunnelcastError as error:
        _wait(courier, ledger.get(courier.ops, delivery.delivery_id), str(error))


def _advance(courier: Courier, delivery: Delivery) -> None:
    found = courier.find(delivery.key)
    if found is None:
        _skip(courier, delivery, "no longer subscribed: reports.yml has no such report with this subscriber")
        return
    report, subscriber = found
    reason = _reason_to_skip(courier, delivery, subscriber)
    if reason:
        _skip(courier, delivery, reason)
        return
    if delivery.next_attempt_at and delivery.next_attempt_at > courier.now and not courier.is_forced:
        return
    if delivery.state == "planned":
        rendered = _render(courier, delivery, report)
        if rendered is None:
            return
        delivery = rendered
    if not courier.config.company.delivery.enabled:
        _skip(courier, delivery, "not enabled: company.yml delivery.enabled is false, so this was rendered but not sent")
        return
    refusal = courier.channel(delivery.key.channel).refusal(subscriber)
    if refusal:
        _skip(courier, delivery, refusal)
        return
    send(courier, delivery, report, subscriber)


def _reason_to_skip(courier: Courier, delivery: Delivery, subscriber: Subscriber) -> str | None:
    if courier.is_forced:
        return None
    if subscriber.paused:
        return "paused: reports.yml says paused for this subscriber"
    if ledger.is_paused(courier.ops, delivery.key.report_id, delivery.key.subscriber_id, courier.now):
        return "paused by `funnelcast reports pause`"
    if courier.now > delivery.window_ends_at:
        why = delivery.reason or "no run came within the send window"
        return f"missed window: it ended {delivery.window_ends_at:%Y-%m-%d %H:%M} UTC ({why})"
    return None


def _render(courier: Courier, delivery: Delivery, report: Report) -> Delivery | None:
    """planned -> rendered from what is published now. None when the data is not fit yet; the ledger says why, and the window goes on."""
    state = current(courier.home)
    problem = _data_problem(courier, delivery, report, state)
    if state is None or problem:
        if problem and problem.startswith("older data"):
            _skip(courier, delivery, problem)
        else:
            _wait(courier, delivery, problem or "nothing is published yet")
        return None
    frame = Frame(courier.config.company.name, report.title, courier.notice)
    try:
        artifact = rendered_reports.render(courier.home, state, report, frame, delivery.key.period_key, delivery.key.edition_number)
    except FunnelcastError as error:
        _wait(courier, delivery, f"could not be rendered: {error}")
        return None
    values = {
        "version_id": artifact.version_id,
        "data_as_of": artifact.as_of,
        "artifact": str(artifact.folder.relative_to(courier.home.reports)),
        "content_hash": artifact.content_hash,
        "reason": None,
    }
    note = f"rendered from version {artifact.version_id}"
    if not ledger.move(courier.ops, delivery, "rendered", now=courier.now, note=note, **values):
        return None
    return ledger.get(courier.ops, delivery.delivery_id)


def _data_problem(courier: Courier, delivery: Delivery, report: Report, state: PublishedState | None) -> str | None:
    if state is None:
        return "nothing is published yet"
    newest = ledger.newest_sent_as_of(courier.ops, delivery.key)
    if newest is not None and state.as_of < newest:
        return f"older data: the published state is as of {state.as_of:%Y-%m-%d %H:%M} UTC, and newer data was already sent"
    age = delivery.tick_at - state.as_of
    allowed = timedelta(hours=EDITIONS.named(report.edition).options_of(report).max_data_age_hours)
    if age > allowed:
        return f"stale data: as of {state.as_of:%Y-%m-%d %H:%M} UTC, {age.total_seconds() / 3600:.0f} hours before it was due"
    return None


def _skip(courier: Courier, delivery: Delivery, reason: str) -> None:
    ledger.move(courier.ops, delivery, "skipped", now=courier.now, note=reason, reason=reason)


def _wait(courier: Courier, delivery: Delivery, reason: str) -> None:
    """Stays planned; the reason is noted once."""
    if delivery.reason != reason:
        ledger.annotate(courier.ops, delivery, f"waits: {reason}", now=courier.now, reason=reason)


def finish(courier: Courier, touched: set[int]) -> list[Outcome]:
    """Attach charts that follow their message, notify the owner, and say what became of the deliveries."""
    finish_charts(courier)
    rows = [ledger.get(courier.ops, delivery_id) for delivery_id in sorted(touched)]
    outcomes = [Outcome(row.key, row.state, row.reason, row.provider_id) for row in rows]
    tell_owner(courier, outcomes)
    return outcomes


def tell_owner(courier: Courier, outcomes: list[Outcome]) -> None:
    """Failed and ambiguous deliveries, and repeated ones, once per call."""
    bad = [o for o in outcomes if o.state in ("failed", "ambiguous") or (o.reason or "").startswith(ledger.REPEATED)]
    if bad:
        lines = [
            f"{o.key.report_id}, {o.key.subscriber_id} ({o.key.channel}, {o.key.period_key}): {o.state}. {o.reason or ''}" for o in bad
        ]
        lines.append("`funnelcast reports why REPORT` explains each of them.")
        subject = f"{len(bad)} report {'delivery needs' if len(bad) == 1 else 'deliveries need'} attention"
        notify_owner(courier.config, courier.home, subject=subject, text="\n".join(lines), now=courier.now)
