"""Sends one rendered delivery: claim, send, record; and settles what an attempt left in doubt.

A delivery is sent at most once per attempt, and an attempt whose outcome is unknown is never repeated silently: Slack is asked, email is
sent again with the same Message-ID or held (the report's `on_ambiguous`), and the owner hears of it.
"""

from __future__ import annotations

from datetime import timedelta

from base.config import Report, Subscriber
from base.errors import FunnelcastError
from base.faults import fault_point
from exports.channels.channel import Channel, NotSentError, Outgoing, UnknownOutcomeError
from exports.delivery import delivery_ledger as ledger
from exports.delivery.courier import Courier
from exports.delivery.delivery_ledger import Delivery
from exports.rendering import artifacts
from exports.rendering.artifacts import Artifact

#: Attempts within one call, seconds between them; later calls try again until the send window ends.
PATIENCE_SECONDS = (2.0, 8.0)
#: Longest wait between calls.
LONGEST_BACKOFF = timedelta(hours=2)
#: An ambiguous delivery that waits for a person says so in its reason, and is left alone.
HELD = "held:"
#: What a row no longer has once its attempt is over.
RELEASED: dict[str, object] = {"claimed_by": None, "lease_until": None, "is_transmitting": False}


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


def send(courier: Courier, delivery: Delivery, report: Report, subscriber: Subscriber) -> None:
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


def _unknown(delivery: Delivery, reason: str = "interrupted while sending") -> dict[str, object]:
    return {"reason": f"unknown whether it arrived: {reason}", "ambiguous_count": delivery.ambiguous_count + 1, **RELEASED}


def _back_to_rendered(courier: Courier, delivery: Delivery, note: str) -> None:
    values = {**RELEASED, "next_attempt_at": None, "reason": note}
    ledger.move(courier.ops, delivery, "rendered", now=courier.now, note=note, **values)


def _retry_later(courier: Courier, delivery: Delivery, reason: str, wait_seconds: float | None) -> None:
    """Doubling from a minute, spread by the delivery's own number; a server that names a wait is obeyed."""
    backoff = timedelta(seconds=wait_seconds) if wait_seconds else timedelta(minutes=2 ** min(delivery.attempt_count, 10))
    at = courier.now + min(backoff, LONGEST_BACKOFF) + timedelta(seconds=delivery.delivery_id % 30)
    values = {**RELEASED, "next_attempt_at": at, "reason": reason}
    ledger.move(courier.ops, delivery, "rendered", now=courier.now, note=f"not sent: {reason}", **values)


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
