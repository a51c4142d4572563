"""The ledger from its receipts, when the operations database is lost: what was sent stays sent, what may have been is held for a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Engine

from base.home import Home
from exports.delivery import delivery_ledger as ledger
from exports.delivery import receipts
from exports.delivery.doubt import HELD, SETTLE
from exports.delivery.pauses import hold_everything
from exports.delivery.receipts import SentReceipt


def rebuild(home: Home, ops: Engine, now: datetime) -> int:
    """Put back every delivery that has a receipt and no row, and hold all others until `funnelcast reports release`; returns how many were put back."""
    hold_everything(ops, now)
    return sum(restore(ops, receipt, now) for receipt in receipts.all_of(home))


def restore(ops: Engine, receipt: SentReceipt, now: datetime) -> bool:
    """Put one delivery back; False when the ledger has it."""
    if not ledger.plan(ops, receipt.key, tick_at=receipt.tick_at, window_ends_at=receipt.window_ends_at, now=now):
        return False
    [row] = [row for row in ledger.find(ops, report_id=receipt.key.report_id, period_key=receipt.key.period_key) if row.key == receipt.key]
    known = {name: getattr(receipt, name) for name in ("version_id", "data_as_of", "artifact", "content_hash", "provider_id", "message_id")}
    if receipt.accepted_at is not None:
        note = f"from its receipt: accepted {receipt.accepted_at:%Y-%m-%d %H:%M} UTC"
        ledger.move(ops, row, "sent", now=now, note=note, **known)
    else:
        reason = f"{HELD} its receipt says that sending began {receipt.begun_at:%Y-%m-%d %H:%M} UTC and no more; {SETTLE}"
        ledger.move(ops, row, "ambiguous", now=now, note=reason, reason=reason, **known, **ledger.due_notice(row, again=True))
    return True
