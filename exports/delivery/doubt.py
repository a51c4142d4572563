"""Deliveries in doubt: found `sending` though nobody sends them any more, or with an outcome that nobody knows. Never repeated silently.

Slack is asked; email is sent again with the same Message-ID or held for a person (the report's `on_ambiguous`), and the owner hears of it.
"""

from __future__ import annotations

from datetime import timedelta

from base.errors import FunnelcastError
from exports.delivery import delivery_ledger as ledger
from exports.delivery.courier import Courier
from exports.delivery.delivery_ledger import Delivery

#: Longest wait between calls.
LONGEST_BACKOFF = timedelta(hours=2)
#: An ambiguous delivery that waits for a person says so in its reason, and is left alone.
HELD = "held:"
#: What a row no longer has once its attempt is over.
RELEASED: dict[str, object] = {"claimed_by": None, "lease_until": None, "is_transmitting": False}
SETTLE = "look whether it arrived; `funnelcast reports settle` records that, or sends it again"


def recover(courier: Courier) -> set[int]:
    """Settle deliveries found `sending` though their process ended, and ambiguous ones that can be asked about."""
    touched = set()
    for delivery in ledger.find(courier.ops, states=("sending",)):
        if ledger.is_abandoned(delivery, courier.now):
            touched.add(delivery.delivery_id)
            courier.guard(delivery, _take_over, after_error)
    for delivery in ledger.find(courier.ops, states=("ambiguous",)):
        if not (delivery.reason or "").startswith(HELD):
            touched.add(delivery.delivery_id)
            courier.guard(delivery, settle, after_error)
    return touched


def _take_over(courier: Courier, delivery: Delivery) -> None:
    if delivery.is_transmitting:
        now_unknown(courier, delivery, "interrupted while sending")
    else:
        back_to_rendered(courier, delivery, "interrupted before anything was sent")


def after_error(courier: Courier, delivery: Delivery, problem: FunnelcastError) -> None:
    """An exception came in between: what was certainly not sent is tried again, what may have been is settled, and the owner hears of it once."""
    reason, notice = str(problem), ledger.due_notice(delivery)
    if delivery.state == "sending" and delivery.claimed_by == courier.claimant:
        if delivery.is_transmitting:
            now_unknown(courier, delivery, reason)
        else:
            retry_later(courier, delivery, reason, None, **notice)
    elif delivery.state in (*ledger.OPEN_STATES, "ambiguous") and delivery.reason != reason:
        ledger.annotate(courier.ops, delivery, f"waits: {reason}", now=courier.now, reason=reason, **notice)


def now_unknown(courier: Courier, delivery: Delivery, reason: str) -> None:
    """sending -> ambiguous, and from there as far as it can be settled."""
    values = {"reason": f"unknown whether it arrived: {reason}", "ambiguous_count": delivery.ambiguous_count + 1, **RELEASED}
    if ledger.move(courier.ops, delivery, "ambiguous", now=courier.now, note=reason, **values):
        settle(courier, ledger.get(courier.ops, delivery.delivery_id))


def settle(courier: Courier, delivery: Delivery) -> None:
    """Resolve an ambiguous delivery: ask the other side; where it cannot be asked, as the report's on_ambiguous says."""
    found = courier.find(delivery.key)
    if found is None:
        _hold(courier, delivery, "reports.yml no longer has this subscriber")
        return
    report, subscriber = found
    channel = courier.channel(delivery.key.channel)
    try:
        receipt = channel.look_up(delivery.key, subscriber)
    except LookupError as error:
        if report.on_ambiguous == "resend" and delivery.ambiguous_count <= 1:
            note = f"{ledger.REPEATED} with the same identity, because {error} and on_ambiguous is resend; it may arrive twice"
            back_to_rendered(courier, delivery, note)
        else:
            _hold(courier, delivery, str(error))
        return
    if receipt is None:
        back_to_rendered(courier, delivery, "checked: it did not arrive")
        return
    note = f"checked: it had arrived ({receipt.provider_id})"
    charts = "pending" if channel.charts_follow else None
    ledger.move(
        courier.ops, delivery, "sent", now=courier.now, note=note, provider_id=receipt.provider_id, charts_state=charts, reason=None
    )


def _hold(courier: Courier, delivery: Delivery, why: str) -> None:
    note = f"{HELD} unknown whether it arrived, and {why}; {SETTLE}"
    ledger.annotate(courier.ops, delivery, note, now=courier.now, reason=note, **ledger.due_notice(delivery, again=True))


def back_to_rendered(courier: Courier, delivery: Delivery, note: str) -> None:
    values = {**RELEASED, "next_attempt_at": None, "reason": note}
    ledger.move(courier.ops, delivery, "rendered", now=courier.now, note=note, **values)


def retry_later(courier: Courier, delivery: Delivery, reason: str, wait_seconds: float | None, **more: object) -> None:
    """Doubling from a minute, spread by the delivery's own number; a server that names a wait is obeyed."""
    backoff = timedelta(seconds=wait_seconds) if wait_seconds else timedelta(minutes=2 ** min(delivery.attempt_count, 10))
    at = courier.now + min(backoff, LONGEST_BACKOFF) + timedelta(seconds=delivery.delivery_id % 30)
    values = {**RELEASED, "next_attempt_at": at, "reason": reason, **more}
    ledger.move(courier.ops, delivery, "rendered", now=courier.now, note=f"not sent: {reason}", **values)
