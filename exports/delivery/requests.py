"""What a person asks of deliveries beyond the schedule: send now, resend as a correction, settle what is in doubt, pause, resume, release."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Engine

from base.config import Config
from base.errors import DeliveryError, FunnelcastError
from base.home import Home
from exports.channels.channel import Key
from exports.delivery import delivery_ledger as ledger
from exports.delivery import pauses
from exports.delivery.courier import Courier, Outcome
from exports.delivery.deliver import advance, finish, plan_report
from exports.delivery.delivery_ledger import Delivery
from exports.delivery.doubt import back_to_rendered, recover
from exports.delivery.overview import find_deliveries
from exports.delivery.subscriptions import find_report, find_subscriber, newest_tick, zone_of


def send(config: Config, home: Home, ops: Engine, report_id: str, now: datetime, *, force: bool = False) -> list[Outcome]:
    """Deliver the newest period of one report now, to whom it was not sent yet; what was skipped or failed is tried again.

    `force` also ignores pauses, the send window and waiting times. Never sends anything twice: that is `resend`.
    """
    report = find_report(config, report_id)
    courier = Courier(config, home, ops, now, is_forced=force)
    touched = recover(courier)
    plan_report(courier, report)
    for subscriber in report.subscribers:
        tick = newest_tick(report.cron, zone_of(config.company, report, subscriber), now)
        rows = ledger.find(ops, report_id=report.id, subscriber_id=subscriber.id, period_key=tick.period_key)
        for row in rows[-1:]:
            row = _reopen(ops, row, now) if row.state in ("skipped", "failed") else row
            if row.state in ledger.OPEN_STATES:
                advance(courier, row)
            touched.add(row.delivery_id)
    return finish(courier, touched)


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
    rows = find_deliveries(config, ops, report_id, subscriber_id=subscriber_id, period_key=period_key)
    if not rows:
        raise DeliveryError(
            f"There is no delivery of '{report_id}' to send again", remedy=f"`funnelcast reports send {report_id}` sends the first one."
        )
    period_key = period_key or rows[-1].key.period_key
    newest = {row.key.subscriber_id: row for row in rows if row.key.period_key == period_key}
    courier = Courier(config, home, ops, now, is_forced=True)
    touched = set()
    for last in newest.values():
        key = Key(report_id, last.key.edition_number + 1, last.key.subscriber_id, last.key.channel, period_key)
        ends = now + timedelta(hours=report.send_window_hours)
        ledger.plan(ops, key, tick_at=now, window_ends_at=ends, now=now)
        planned = [d for d in ledger.find(ops, report_id=report_id, subscriber_id=key.subscriber_id, period_key=period_key) if d.key == key]
        for row in planned:
            advance(courier, row)
            touched.add(row.delivery_id)
    return finish(courier, touched)


def settle(
    config: Config,
    home: Home,
    ops: Engine,
    report_id: str,
    now: datetime,
    *,
    has_arrived: bool,
    subscriber_id: str | None = None,
    period_key: str | None = None,
) -> list[Outcome]:
    """Decide about deliveries (or their charts) of which nobody knows whether they arrived: recorded as sent, or sent again under the same identity."""
    rows = find_deliveries(config, ops, report_id, subscriber_id=subscriber_id, period_key=period_key)
    messages = [row for row in rows if row.state == "ambiguous"]
    charts = [row for row in rows if row.charts_state == "unknown"]
    if not messages and not charts:
        raise DeliveryError(
            f"No delivery of '{report_id}' is in doubt", remedy=f"`funnelcast reports why {report_id}` tells how each ended."
        )
    courier = Courier(config, home, ops, now, is_forced=True)
    for row in messages:
        if has_arrived:
            ledger.move(ops, row, "sent", now=now, note="a person found that it had arrived", reason=None)
        else:
            back_to_rendered(courier, row, "a person found that it had not arrived")
            advance(courier, ledger.get(ops, row.delivery_id))
    for row in charts:
        state = "done" if has_arrived else "pending"
        ledger.annotate(
            ops,
            row,
            f"charts: a person found that they had{'' if has_arrived else ' not'} arrived",
            now=now,
            charts_state=state,
            reason=None,
        )
    return finish(courier, {row.delivery_id for row in (*messages, *charts)})


def pause(
    config: Config, ops: Engine, report_id: str, now: datetime, *, subscriber_id: str | None = None, until: datetime | None = None
) -> None:
    """Send nothing of the report (to one subscriber, or to all) until then, or until resume()."""
    _check_target(config, report_id, subscriber_id)
    if until is not None and until <= now:
        raise FunnelcastError("The pause would end before it begins", remedy="Give a later --until.")
    pauses.pause(ops, report_id, subscriber_id, until=until, now=now)


def resume(config: Config, ops: Engine, report_id: str, now: datetime, *, subscriber_id: str | None = None) -> int:
    """End the pauses; returns how many there were."""
    _check_target(config, report_id, subscriber_id)
    return pauses.resume(ops, report_id, subscriber_id, now=now)


def _check_target(config: Config, report_id: str, subscriber_id: str | None) -> None:
    report = find_report(config, report_id)
    if subscriber_id:
        find_subscriber(report, subscriber_id)


def _reopen(ops: Engine, row: Delivery, now: datetime) -> Delivery:
    """skipped or failed -> planned: rendered anew from what is published now."""
    ledger.move(ops, row, "planned", now=now, note="requested with `funnelcast reports send`", reason=None, next_attempt_at=None)
    return ledger.get(ops, row.delivery_id)
