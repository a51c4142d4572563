"""Sends one rendered delivery: claim, send, record. What an attempt leaves in doubt is settled in doubt.py."""

from __future__ import annotations

from base.config import Report, Subscriber
from base.errors import FunnelcastError
from base.faults import fault_point
from exports.channels.channel import Channel, NotSentError, Outgoing, UnknownOutcomeError
from exports.delivery import delivery_ledger as ledger
from exports.delivery import receipts
from exports.delivery.courier import Courier
from exports.delivery.delivery_ledger import Delivery
from exports.delivery.doubt import RELEASED, now_unknown, retry_later
from exports.rendering import artifacts
from exports.rendering.artifacts import Artifact

#: Attempts within one call, seconds between them; later calls try again until the send window ends.
PATIENCE_SECONDS = (2.0, 8.0)


def send(courier: Courier, delivery: Delivery, report: Report, subscriber: Subscriber) -> None:
    """Claim and send, with a little patience; what stays open has its next attempt in the ledger."""
    channel = courier.channel(delivery.key.channel)
    artifact = artifacts.read(courier.home.reports / (delivery.artifact or ""))
    for patience in (*PATIENCE_SECONDS, None):
        if delivery.key.channel in courier.stopped:
            retry_later(courier, delivery, courier.stopped[delivery.key.channel], None)
            return
        if not ledger.claim(courier.ops, delivery, courier.claimant, now=courier.now):
            return
        delivery = ledger.get(courier.ops, delivery.delivery_id)
        try:
            _attempt(courier, channel, delivery, subscriber, artifact)
        except UnknownOutcomeError as error:
            now_unknown(courier, delivery, error.reason)
            return
        except NotSentError as error:
            receipts.withdraw(courier.home, delivery.key)
            if error.stops_channel:
                courier.stopped[delivery.key.channel] = error.reason
            if not error.can_retry:
                _fail(courier, delivery, error.reason)
                return
            retry_later(courier, delivery, error.reason, error.wait_seconds)
            if patience is None or error.stops_channel or error.wait_seconds:
                return
            courier.sleep(patience)
            delivery = ledger.get(courier.ops, delivery.delivery_id)
        else:
            return


def _fail(courier: Courier, delivery: Delivery, reason: str) -> None:
    values = {"reason": reason, **RELEASED, **ledger.due_notice(delivery, again=True)}
    ledger.move(courier.ops, delivery, "failed", now=courier.now, note=reason, **values)


def _attempt(courier: Courier, channel: Channel, delivery: Delivery, subscriber: Subscriber, artifact: Artifact) -> None:
    message = Outgoing(delivery.key, subscriber, artifact, courier.now)
    fault_point("delivery.before_send")

    def before_content() -> None:
        receipts.write(courier.home, delivery, None, courier.now)
        ledger.mark_transmitting(courier.ops, delivery)

    receipt = channel.send(message, before_content)
    fault_point("delivery.between_send_and_record")
    charts = "pending" if channel.charts_follow and artifact.images else None
    is_repeated = (delivery.reason or "").startswith(ledger.REPEATED)
    ledger.move(
        courier.ops,
        delivery,
        "sent",
        now=courier.now,
        note=f"accepted: {receipt.provider_id}",
        provider_id=receipt.provider_id,
        message_id=receipt.message_id,
        charts_state=charts,
        # A repeated mail keeps its reason: the owner hears of it, and it stays readable on the row.
        reason=delivery.reason if is_repeated else None,
        **(ledger.due_notice(delivery, again=True) if is_repeated else {}),
        **RELEASED,
    )
    receipts.write(courier.home, delivery, receipt, courier.now)


def finish_charts(courier: Courier) -> set[int]:
    """Charts go into the thread after the message is on the ledger, each upload tried once: the numbers are in the message anyway.

    An upload whose process died may or may not have arrived: the owner hears of it. Returns the deliveries that are unresolved by that.
    """
    for delivery in ledger.with_charts(courier.ops, "pending"):
        courier.guard(delivery, _upload, _not_uploaded)
    unresolved = set()
    for delivery in ledger.with_charts(courier.ops, "sending"):
        if ledger.is_abandoned(delivery, courier.now):
            unresolved.add(delivery.delivery_id)
            courier.guard(delivery, _doubt_charts, _not_uploaded)
    return unresolved


def _upload(courier: Courier, delivery: Delivery) -> None:
    found = courier.find(delivery.key)
    if found is None or not delivery.provider_id or not delivery.artifact:
        _end_charts(courier, delivery, "failed", "charts: not uploaded (reports.yml no longer has this subscriber)")
        return
    artifact = artifacts.read(courier.home.reports / delivery.artifact)
    channel = courier.channel(delivery.key.channel)
    if not ledger.claim_charts(courier.ops, delivery, courier.claimant, now=courier.now):
        return
    fault_point("delivery.before_charts")
    message = Outgoing(delivery.key, found[1], artifact, courier.now)
    try:
        channel.attach_charts(message, delivery.provider_id)
    except NotSentError as error:
        _end_charts(courier, delivery, "failed", f"charts: not uploaded ({error.reason})")
    else:
        _end_charts(courier, delivery, "done", "charts: uploaded")


def _not_uploaded(courier: Courier, delivery: Delivery, problem: FunnelcastError) -> None:
    if delivery.charts_state == "pending" or (delivery.charts_state == "sending" and delivery.claimed_by == courier.claimant):
        _end_charts(courier, delivery, "failed", f"charts: not uploaded ({problem})", **ledger.due_notice(delivery))


def _doubt_charts(courier: Courier, delivery: Delivery) -> None:
    reason = f"{ledger.CHARTS_UNKNOWN}: the upload was interrupted; look into the thread; `funnelcast reports settle` records or repeats it"
    _end_charts(courier, delivery, "unknown", reason, reason=reason, **ledger.due_notice(delivery, again=True))


def _end_charts(courier: Courier, delivery: Delivery, charts_state: str, note: str, **more: object) -> None:
    ledger.annotate(courier.ops, delivery, note, now=courier.now, charts_state=charts_state, **RELEASED, **more)
