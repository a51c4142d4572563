"""Delivers reports through the ledger: recover what was interrupted, plan what is due, render, claim, send, record.

A delivery is sent at most once per attempt, and an attempt whose outcome is unknown is never repeated silently: Slack is asked, email is
sent again with the same Message-ID or held (the report's `on_ambiguous`), and the owner hears of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.engine import Engine

from base.config import Config, Report, Subscriber
from base.errors import FunnelcastError
from base.faults import fault_point
from base.home import Home
from exports.channels.channel import Channel, Key, NotSentError, Outgoing, UnknownOutcomeError
from exports.channels.registry import CHANNELS
from exports.delivery import delivery_ledger as ledger
from exports.delivery import rendered_reports
from exports.delivery.delivery_ledger import Delivery
from exports.delivery.notices import notify_owner
from exports.delivery.subscriptions import newest_tick, zone_of
from exports.document.model import Frame
from exports.editions.registry import EDITIONS
from exports.publish.state import PublishedState, current
from exports.rendering import artifacts
from exports.rendering.artifacts import Artifact

#: Attempts within one call, seconds between them; later calls try again until the send window ends.
PATIENCE_SECONDS = (2.0, 8.0)
#: Longest wait between calls.
LONGEST_BACKOFF = timedelta(hours=2)


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery in this call."""

    key: Key
    state: str
    reason: str | None
    provider_id: str | None = None


@dataclass
class Courier:
    """One call's circumstances. `notice` is printed at the top of every report rendered (a failed build, say)."""

    config: Config
    home: Home
    ops: Engine
    now: datetime
    notice: str = ""
    sleep: Callable[[float], None] = time.sleep
    is_forced: bool = False
    stopped: dict[str, str] = field(default_factory=dict)

    def channel(self, name: str) -> Channel:
        """The channel of that name. Raises ConfigError when there is none."""
        return CHANNELS.named(name)(self.config.company, self.home)

    def find(self, key: Key) -> tuple[Report, Subscriber] | None:
        """The report and subscriber as configured today; None when either was removed, or moved to another channel."""
        for report in self.config.reports:
            for subscriber in report.subscribers:
                if (report.id, subscriber.id, subscriber.channel) == (key.report_id, key.subscriber_id, key.channel):
                    return report, subscriber
        return None


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
    finish_charts(courier)
    outcomes = [outcome_of(ledger.get(ops, delivery_id)) for delivery_id in sorted(touched)]
    tell_owner(courier, outcomes)
    return outcomes


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


def recover(courier: Courier) -> set[int]:
    """Settle deliveries found `sending` though their process ended, and ambiguous ones that can be asked about."""
    touched = set()
    for delivery in ledger.find(courier.ops, states=("sending",)):
        if not ledger.is_abandoned(delivery, courier.now):
            continue
        touched.add(delivery.delivery_id)
        if not delivery.is_transmitting:
            _back_to_rendered(courier, delivery, "interrupted before anything was sent")
        elif ledger.move(courier.ops, delivery, "ambiguous", now=courier.now, note="interrupted while sending", **_unknown(delivery)):
            _settle(courier, ledger.get(courier.ops, delivery.delivery_id))
    for delivery in ledger.find(courier.ops, states=("ambiguous",)):
        if not (delivery.reason or "").startswith(HELD):
            touched.add(delivery.delivery_id)
            _settle(courier, delivery)
    return touched


def advance(courier: Courier, delivery: Delivery) -> None:
    """Bring one planned or rendered delivery as far as it goes now."""
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
    _send(courier, delivery, report, subscriber)


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
        made = rendered_reports.render(courier.home, state, report, frame, delivery.key.period_key, delivery.key.edition_number)
    except FunnelcastError as error:
        _wait(courier, delivery, f"could not be rendered: {error}")
        return None
    values = {
        "version_id": made.version_id,
        "data_as_of": made.as_of,
        "artifact": str(made.folder.relative_to(courier.home.reports)),
        "content_hash": made.content_hash,
        "reason": None,
    }
    note = f"rendered from version {made.version_id}"
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


def _send(courier: Courier, delivery: Delivery, report: Report, subscriber: Subscriber) -> None:
    """Claim and send, with a little patience; what stays open has its next attempt in the ledger."""
    channel = courier.channel(delivery.key.channel)
    artifact = artifacts.read(courier.home.reports / (delivery.artifact or ""))
    for patience in (*PATIENCE_SECONDS, None):
        if delivery.key.channel in courier.stopped:
            _retry_later(courier, delivery, courier.stopped[delivery.key.channel], None)
            return
        if not ledger.claim(courier.ops, delivery, now=courier.now):
            return
        delivery = ledger.get(courier.ops, delivery.delivery_id)
        try:
            _attempt(courier, channel, delivery, subscriber, artifact)
        except UnknownOutcomeError as error:
            if ledger.move(courier.ops, delivery, "ambiguous", now=courier.now, note=error.reason, **_unknown(delivery, error.reason)):
                _settle(courier, ledger.get(courier.ops, delivery.delivery_id))
            return
        except NotSentError as error:
            if error.stops_channel:
                courier.stopped[delivery.key.channel] = error.reason
            if not error.can_retry:
                ledger.move(courier.ops, delivery, "failed", now=courier.now, note=error.reason, reason=error.reason, **RELEASED)
                return
            _retry_later(courier, delivery, error.reason, error.wait_seconds)
            if patience is None or error.stops_channel or error.wait_seconds:
                return
            courier.sleep(patience)
            delivery = ledger.get(courier.ops, delivery.delivery_id)
        except FunnelcastError as error:
            _retry_later(courier, delivery, str(error), None)
            return
        else:
            return


def _attempt(courier: Courier, channel: Channel, delivery: Delivery, subscriber: Subscriber, artifact: Artifact) -> None:
    message = Outgoing(delivery.key, subscriber, artifact, courier.now)
    fault_point("delivery.before_send")
    receipt = channel.send(message, lambda: ledger.mark_transmitting(courier.ops, delivery))
    fault_point("delivery.between_send_and_record")
    charts = "pending" if channel.charts_follow and artifact.images else None
    ledger.move(
        courier.ops,
        delivery,
        "sent",
        now=courier.now,
        note=f"accepted: {receipt.provider_id}",
        provider_id=receipt.provider_id,
        message_id=receipt.message_id,
        charts_state=charts,
        # A repeated mail keeps its reason: it goes to the owner (tell_owner) and stays readable on the row.
        reason=delivery.reason if (delivery.reason or "").startswith(ledger.REPEATED) else None,
        **RELEASED,
    )


#: An ambiguous delivery that waits for a person says so in its reason, and is left alone.
HELD = "held:"
#: What a row no longer has once its attempt is over.
RELEASED: dict[str, object] = {"claimed_by": None, "lease_until": None, "is_transmitting": False}


def _unknown(delivery: Delivery, reason: str = "interrupted while sending") -> dict[str, object]:
    return {"reason": f"unknown whether it arrived: {reason}", "ambiguous_count": delivery.ambiguous_count + 1, **RELEASED}


def _settle(courier: Courier, delivery: Delivery) -> None:
    """Resolve an ambiguous delivery: ask the other side; where it cannot be asked, as the report's on_ambiguous says."""
    found = courier.find(delivery.key)
    if found is None:
        return
    report, subscriber = found
    channel = courier.channel(delivery.key.channel)
    try:
        receipt = channel.look_up(delivery.key, subscriber)
    except LookupError as error:
        if report.on_ambiguous == "resend" and delivery.ambiguous_count <= 1:
            note = f"{ledger.REPEATED} with the same identity, because {error} and on_ambiguous is resend; it may arrive twice"
            _back_to_rendered(courier, delivery, note)
        else:
            note = f"{HELD} unknown whether it arrived, and {error}; `funnelcast reports resend` sends it again"
            ledger.annotate(courier.ops, delivery, note, now=courier.now, reason=note)
        return
    if receipt is None:
        _back_to_rendered(courier, delivery, "checked: it did not arrive")
        return
    note = f"checked: it had arrived ({receipt.provider_id})"
    charts = "pending" if channel.charts_follow else None
    ledger.move(
        courier.ops, delivery, "sent", now=courier.now, note=note, provider_id=receipt.provider_id, charts_state=charts, reason=None
    )


def _back_to_rendered(courier: Courier, delivery: Delivery, note: str) -> None:
    values = {**RELEASED, "next_attempt_at": None, "reason": note}
    ledger.move(courier.ops, delivery, "rendered", now=courier.now, note=note, **values)


def _retry_later(courier: Courier, delivery: Delivery, reason: str, wait_seconds: float | None) -> None:
    """Doubling from a minute, spread by the delivery's own number; a server that names a wait is obeyed."""
    backoff = timedelta(seconds=wait_seconds) if wait_seconds else timedelta(minutes=2 ** min(delivery.attempt_count, 10))
    at = courier.now + min(backoff, LONGEST_BACKOFF) + timedelta(seconds=delivery.delivery_id % 30)
    values = {**RELEASED, "next_attempt_at": at, "reason": reason}
    ledger.move(courier.ops, delivery, "rendered", now=courier.now, note=f"not sent: {reason}", **values)


def _skip(courier: Courier, delivery: Delivery, reason: str) -> None:
    ledger.move(courier.ops, delivery, "skipped", now=courier.now, note=reason, reason=reason)


def _wait(courier: Courier, delivery: Delivery, reason: str) -> None:
    """Stays planned; the reason is noted once."""
    if delivery.reason != reason:
        ledger.annotate(courier.ops, delivery, f"waits: {reason}", now=courier.now, reason=reason)


def finish_charts(courier: Courier) -> None:
    """Charts go into the thread after the message is on the ledger, each upload tried once: the numbers are in the message anyway."""
    for delivery in ledger.find(courier.ops, states=("sent",)):
        found = courier.find(delivery.key)
        if delivery.charts_state != "pending" or found is None or not delivery.provider_id or not delivery.artifact:
            continue
        folder = courier.home.reports / delivery.artifact
        ledger.annotate(courier.ops, delivery, "charts: uploading", now=courier.now, charts_state="sending")
        try:
            message = Outgoing(delivery.key, found[1], artifacts.read(folder), courier.now)
            courier.channel(delivery.key.channel).attach_charts(message, delivery.provider_id)
        except (NotSentError, FunnelcastError, OSError) as error:
            ledger.annotate(courier.ops, delivery, f"charts: not uploaded ({error})", now=courier.now, charts_state="failed")
        else:
            ledger.annotate(courier.ops, delivery, "charts: uploaded", now=courier.now, charts_state="done")


def outcome_of(delivery: Delivery) -> Outcome:
    return Outcome(delivery.key, delivery.state, delivery.reason, delivery.provider_id)


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
