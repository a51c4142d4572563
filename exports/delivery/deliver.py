"""Delivers reports through the ledger: recover what was interrupted, plan what is due, render, send, record."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine

from base.config import Config, Report, Subscriber
from base.errors import contained
from base.home import Home
from exports.channels.channel import Key
from exports.delivery import delivery_ledger as ledger
from exports.delivery import receipts, rendered_reports
from exports.delivery.courier import Courier, Outcome
from exports.delivery.delivery_ledger import Delivery
from exports.delivery.doubt import after_error, recover
from exports.delivery.notices import notify_owner, send_waiting
from exports.delivery.pauses import is_held, is_paused
from exports.delivery.rebuilding import restore
from exports.delivery.sending import finish_charts, send
from exports.delivery.subscriptions import newest_tick, zone_of
from exports.document.model import Frame
from exports.editions.registry import EDITIONS
from exports.publish.state import PublishedState, current

#: Begins the reason of a delivery whose send window ended.
MISSED = "missed window"


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


def plan_report(courier: Courier, report: Report) -> None:
    """Put the newest tick's deliveries of the report on the ledger. One that cannot be planned holds up no other."""
    for subscriber in report.subscribers:
        try:
            _plan(courier, report, subscriber)
        except Exception as error:
            problem = contained(error, f"planning {report.id} for {subscriber.id}")
            courier.unrecorded.append(Outcome(Key(report.id, 1, subscriber.id, subscriber.channel, ""), "failed", str(problem)))


def _plan(courier: Courier, report: Report, subscriber: Subscriber) -> None:
    tick = newest_tick(report.cron, zone_of(courier.config.company, report, subscriber), courier.now)
    key = Key(report.id, 1, subscriber.id, subscriber.channel, tick.period_key)
    ends = tick.at + timedelta(hours=report.send_window_hours)
    if ledger.has(courier.ops, key):
        return
    receipt = receipts.of_key(courier.home, key)
    if receipt is None:
        ledger.plan(courier.ops, key, tick_at=tick.at, window_ends_at=ends, now=courier.now)
    else:
        restore(courier.ops, receipt, courier.now)


def advance(courier: Courier, delivery: Delivery) -> None:
    """Bring one planned or rendered delivery as far as it goes now. One that cannot go on waits with the reason, and holds up no other."""
    courier.guard(delivery, _advance, after_error)


def _advance(courier: Courier, delivery: Delivery) -> None:
    found = courier.find(delivery.key)
    if found is None:
        _skip(courier, delivery, "no longer subscribed: reports.yml has no such report with this subscriber")
        return
    report, subscriber = found
    if is_held(courier.ops):
        _wait(
            courier,
            delivery,
            "all deliveries are held: the ledger was rebuilt, so look at `reports plan`, then `funnelcast reports release`",
        )
        return
    if delivery.tick_at > courier.now:
        _wait(
            courier,
            delivery,
            f"not due before {delivery.tick_at:%Y-%m-%d %H:%M} UTC; was this machine's clock ahead? Then `funnelcast repair clock`",
        )
        return
    reason = _reason_to_skip(courier, delivery, subscriber)
    if reason:
        _skip(courier, delivery, reason)
        return
    if delivery.next_attempt_at and delivery.next_attempt_at > courier.now and not courier.is_forced:
        return
    if delivery.state == "rendered" and not rendered_reports.is_whole(courier.home, delivery.artifact):
        ledger.move(courier.ops, delivery, "planned", now=courier.now, note="its rendered files are damaged: rendered again")
        delivery = ledger.get(courier.ops, delivery.delivery_id)
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
    newer = ledger.newer_period(courier.ops, delivery) if delivery.key.edition_number == 1 else None
    if newer:
        return (
            f"older period: {newer} was sent already (is this machine's clock behind?); `funnelcast reports resend` sends this one anyway"
        )
    if courier.is_forced:
        return None
    if subscriber.paused:
        return "paused: reports.yml says paused for this subscriber"
    if is_paused(courier.ops, delivery.key.report_id, delivery.key.subscriber_id, courier.now):
        return "paused by `funnelcast reports pause`"
    if courier.now > delivery.window_ends_at:
        why = delivery.reason or "no run came within the send window"
        return f"{MISSED}: it ended {delivery.window_ends_at:%Y-%m-%d %H:%M} UTC ({why})"
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
    artifact = rendered_reports.render(courier.home, state, report, frame, delivery.key.period_folder, delivery.key.edition_number)
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
    """Final. The owner hears of one that was tried and never arrived."""
    is_lost = reason.startswith(MISSED) and (delivery.attempt_count > 0 or delivery.reason is not None)
    notice = ledger.due_notice(delivery) if is_lost else {}
    ledger.move(courier.ops, delivery, "skipped", now=courier.now, note=reason, reason=reason, **notice)


def _wait(courier: Courier, delivery: Delivery, reason: str) -> None:
    """Stays planned; the reason is noted once."""
    if delivery.reason != reason:
        ledger.annotate(courier.ops, delivery, f"waits: {reason}", now=courier.now, reason=reason)


def finish(courier: Courier, touched: set[int]) -> list[Outcome]:
    """Attach charts that follow their message, notify the owner, and say what became of the deliveries."""
    touched |= finish_charts(courier)
    rows = [ledger.get(courier.ops, delivery_id) for delivery_id in sorted(touched)]
    tell_owner(courier)
    return [*(Outcome(row.key, row.state, row.reason, row.provider_id) for row in rows), *courier.unrecorded]


def tell_owner(courier: Courier) -> None:
    """What needs a person, once: kept in the ledger until it is a notice, and as a notice until one can be sent. Never raises."""
    try:
        found = ledger.with_notice_due(courier.ops)
        bad = [Outcome(row.key, row.state, row.reason) for row in found] + courier.unrecorded
        if bad:
            subject = f"{len(bad)} report {'delivery needs' if len(bad) == 1 else 'deliveries need'} attention"
            text = "\n".join([*map(_line, bad), "`funnelcast reports why REPORT` explains each of them."])
            key = "deliveries:" + hashlib.sha256(text.encode()).hexdigest()[:32]
            for words in notify_owner(courier.config, courier.home, courier.ops, key=key, subject=subject, text=text, now=courier.now):
                logging.getLogger("funnelcast").warning("%s (%s)", subject, words)
            ledger.notice_queued(courier.ops, found)
        else:
            send_waiting(courier.config, courier.home, courier.ops, courier.now)
    except Exception as error:
        contained(error, "notice to the owner")


def _line(outcome: Outcome) -> str:
    key = outcome.key
    return f"{key.report_id}, {key.subscriber_id} ({key.channel}{', ' if key.period_key else ''}{key.period_key}): {outcome.state}. {outcome.reason or ''}"
