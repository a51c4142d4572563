"""The delivery ledger: one row per report, edition number, subscriber, channel and period, and every change of its state as an event.

States: planned -> rendered -> sending -> sent | failed | ambiguous | skipped. `sending` is committed before the first byte leaves, by a
compare-and-set, so that two processes never send one delivery. Events are only ever added. No address and no content is kept here.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, RowMapping

from base.processes import start_time
from exports.channels.channel import Key
from exports.delivery.tables import deliveries, delivery_events

State = Literal["planned", "rendered", "sending", "sent", "failed", "ambiguous", "skipped"]
OPEN_STATES: tuple[State, ...] = ("planned", "rendered")
#: Longer than any send can take (SMTP's final reply may take ten minutes).
LEASE = timedelta(minutes=30)
#: A delivery whose first attempt may have arrived says so in its reason, and keeps it: the owner is notified.
REPEATED = "sent again"
#: Of a delivery that no clock dated rightly: older than every period.
NO_TICK = datetime(1970, 1, 1, tzinfo=UTC)
#: Begins the reason of a sent delivery whose charts may not have arrived.
CHARTS_UNKNOWN = "unknown whether all charts arrived"


@dataclass(frozen=True)
class Delivery:
    """A row of the ledger as read."""

    delivery_id: int
    key: Key
    state: State
    reason: str | None
    tick_at: datetime
    window_ends_at: datetime
    version_id: str | None
    data_as_of: datetime | None
    artifact: str | None
    content_hash: str | None
    provider_id: str | None
    charts_state: str | None
    attempt_count: int
    ambiguous_count: int
    next_attempt_at: datetime | None
    claimed_by: str | None
    lease_until: datetime | None
    is_transmitting: bool
    notice_state: str | None


@dataclass(frozen=True)
class Event:
    happened_at: datetime
    state: str
    note: str | None


def plan(ops: Engine, key: Key, *, tick_at: datetime, window_ends_at: datetime, now: datetime) -> bool:
    """Put the delivery on the ledger if it is not there; True if this call did. Two schedulers may race: one insert wins."""
    values = {
        **vars(key),
        "state": "planned",
        "tick_at": tick_at,
        "window_ends_at": window_ends_at,
        "attempt_count": 0,
        "ambiguous_count": 0,
        "is_transmitting": False,
        "created_at": now,
        "updated_at": now,
    }
    try:
        with ops.begin() as connection:
            if connection.execute(sa.select(deliveries.c.delivery_id).where(_has(key))).first():
                return False
            inserted = connection.execute(sa.insert(deliveries).values(values))
            primary = inserted.inserted_primary_key
            assert primary is not None
            _note(connection, primary[0], "planned", f"due since {tick_at:%Y-%m-%d %H:%M} UTC", now)
    except sa.exc.IntegrityError:
        return False
    return True


def has(ops: Engine, key: Key) -> bool:
    with ops.connect() as connection:
        return connection.execute(sa.select(deliveries.c.delivery_id).where(_has(key))).first() is not None


def claim(ops: Engine, delivery: Delivery, claimant: str, *, now: datetime) -> bool:
    """rendered -> sending, committed, for `claimant` (this_process). False when another was faster."""
    values = {
        "reason": delivery.reason if (delivery.reason or "").startswith(REPEATED) else None,
        "attempt_count": delivery.attempt_count + 1,
        "claimed_by": claimant,
        "claimed_at": now,
        "lease_until": now + LEASE,
        "next_attempt_at": None,
        "is_transmitting": False,
    }
    return move(ops, delivery, "sending", now=now, note=f"attempt {delivery.attempt_count + 1}", **values)


def move(ops: Engine, delivery: Delivery, state: State, *, now: datetime, note: str | None = None, **values: Any) -> bool:
    """Set the state if the row is still as read (state and attempt), with its event; False when someone else moved it."""
    with ops.begin() as connection:
        changed = connection.execute(
            sa.update(deliveries)
            .where(
                deliveries.c.delivery_id == delivery.delivery_id,
                deliveries.c.state == delivery.state,
                deliveries.c.attempt_count == delivery.attempt_count,
            )
            .values({**values, "state": state, "updated_at": now})
        )
        if changed.rowcount != 1:
            return False
        _note(connection, delivery.delivery_id, state, note, now)
    return True


def mark_transmitting(ops: Engine, delivery: Delivery) -> None:
    """Committed right before the first byte of content: before it, a killed send is known not to have happened."""
    with ops.begin() as connection:
        connection.execute(sa.update(deliveries).where(deliveries.c.delivery_id == delivery.delivery_id).values(is_transmitting=True))


def annotate(ops: Engine, delivery: Delivery, note: str, *, now: datetime, **values: Any) -> None:
    """Add an event, and values that are not the state."""
    with ops.begin() as connection:
        if values:
            connection.execute(sa.update(deliveries).where(deliveries.c.delivery_id == delivery.delivery_id).values(values))
        _note(connection, delivery.delivery_id, delivery.state, note, now)


def find(
    ops: Engine,
    *,
    states: Sequence[State] = (),
    report_id: str | None = None,
    subscriber_id: str | None = None,
    period_key: str | None = None,
) -> list[Delivery]:
    """Deliveries that match every given condition, in the order they were planned."""
    query = sa.select(deliveries).order_by(deliveries.c.delivery_id)
    if states:
        query = query.where(deliveries.c.state.in_(states))
    for column, value in (("report_id", report_id), ("subscriber_id", subscriber_id), ("period_key", period_key)):
        if value is not None:
            query = query.where(deliveries.c[column] == value)
    with ops.connect() as connection:
        return [_delivery(row) for row in connection.execute(query).mappings()]


def get(ops: Engine, delivery_id: int) -> Delivery:
    with ops.connect() as connection:
        return _delivery(connection.execute(sa.select(deliveries).where(deliveries.c.delivery_id == delivery_id)).mappings().one())


def events(ops: Engine, delivery: Delivery) -> list[Event]:
    query = (
        sa.select(delivery_events.c.happened_at, delivery_events.c.state, delivery_events.c.note)
        .where(delivery_events.c.delivery_id == delivery.delivery_id)
        .order_by(delivery_events.c.event_id)
    )
    with ops.connect() as connection:
        return [Event(row[0], row[1], row[2]) for row in connection.execute(query)]


def claim_charts(ops: Engine, delivery: Delivery, claimant: str, *, now: datetime) -> bool:
    """Charts pending -> sending, committed, for `claimant`. False when another was faster."""
    with ops.begin() as connection:
        changed = connection.execute(
            sa.update(deliveries)
            .where(deliveries.c.delivery_id == delivery.delivery_id, deliveries.c.state == "sent", deliveries.c.charts_state == "pending")
            .values(charts_state="sending", claimed_by=claimant, claimed_at=now, lease_until=now + LEASE)
        )
        if changed.rowcount == 1:
            _note(connection, delivery.delivery_id, "sent", "charts: uploading", now)
        return changed.rowcount == 1


def with_charts(ops: Engine, charts_state: str) -> list[Delivery]:
    """Sent deliveries whose charts are in that state."""
    query = sa.select(deliveries).where(deliveries.c.state == "sent", deliveries.c.charts_state == charts_state)
    with ops.connect() as connection:
        return [_delivery(row) for row in connection.execute(query.order_by(deliveries.c.delivery_id)).mappings()]


def due_notice(delivery: Delivery, *, again: bool = False) -> dict[str, str]:
    """Values of move() and annotate() after which the owner is to hear of the delivery: once, unless there is news (`again`)."""
    return {"notice_state": "due"} if again or delivery.notice_state is None else {}


def with_notice_due(ops: Engine) -> list[Delivery]:
    query = sa.select(deliveries).where(deliveries.c.notice_state == "due").order_by(deliveries.c.delivery_id)
    with ops.connect() as connection:
        return [_delivery(row) for row in connection.execute(query).mappings()]


def notice_queued(ops: Engine, found: Sequence[Delivery]) -> None:
    """The notices about these wait for a way to the owner (notices.py)."""
    with ops.begin() as connection:
        ids = [delivery.delivery_id for delivery in found]
        connection.execute(sa.update(deliveries).where(deliveries.c.delivery_id.in_(ids)).values(notice_state="queued"))


def newer_period(ops: Engine, delivery: Delivery) -> str | None:
    """Key of a period that was due after this one's and that the subscriber got, or may have got; corrections do not count."""
    same = [deliveries.c[name] == getattr(delivery.key, name) for name in ("report_id", "subscriber_id", "channel")]
    query = (
        sa.select(deliveries.c.period_key)
        .where(*same, deliveries.c.edition_number == 1, deliveries.c.tick_at > delivery.tick_at)
        .where(deliveries.c.state.in_(("sending", "sent", "ambiguous")))
        .order_by(deliveries.c.tick_at.desc())
        .limit(1)
    )
    with ops.connect() as connection:
        return connection.execute(query).scalar()


def put_back_ticks(ops: Engine, now: datetime) -> int:
    """Undo what a clock that was ahead left: ticks and data after `now` would keep every true period behind them. What was sent stays sent; what was
    only planned is skipped. Returns how many deliveries there were."""
    ahead = [delivery for delivery in find(ops) if max(delivery.tick_at, delivery.data_as_of or delivery.tick_at) > now]
    for delivery in ahead:
        note = f"its tick lay in the future ({delivery.tick_at:%Y-%m-%d %H:%M} UTC), by a clock that was ahead"
        values = {"tick_at": NO_TICK if delivery.tick_at > now else delivery.tick_at}
        if delivery.data_as_of is not None:
            values["data_as_of"] = min(delivery.data_as_of, now)
        if delivery.state in OPEN_STATES:
            move(ops, delivery, "skipped", now=now, note=note, reason=note, **values)
        else:
            annotate(ops, delivery, note, now=now, **values)
    return len(ahead)


def newest_sent_as_of(ops: Engine, key: Key) -> datetime | None:
    """as_of of the newest data that this subscriber already got of this report."""
    query = sa.select(sa.func.max(deliveries.c.data_as_of)).where(
        deliveries.c.report_id == key.report_id,
        deliveries.c.subscriber_id == key.subscriber_id,
        deliveries.c.channel == key.channel,
        deliveries.c.state == "sent",
    )
    with ops.connect() as connection:
        return connection.execute(query).scalar()


def this_process() -> str:
    """Host, process and its start, to tell whether the one that claimed a delivery still lives; and a number of this call's own."""
    return f"{socket.gethostname()}:{os.getpid()}:{start_time(os.getpid()) or 0}:{secrets.token_hex(4)}"


def is_abandoned(delivery: Delivery, now: datetime) -> bool:
    """Did the process that claimed this row end (same host), or its lease (any host)? A lease from a clock that was ahead is none."""
    if delivery.lease_until is None or not now < delivery.lease_until <= now + LEASE:
        return True
    host, process, start, *_ = [*(delivery.claimed_by or "").split(":"), "", "", ""]
    if host != socket.gethostname() or not process.isdigit():
        return False
    return start_time(int(process)) != start


def _has(key: Key) -> sa.ColumnElement[bool]:
    return sa.and_(*(deliveries.c[name] == value for name, value in vars(key).items()))


def _note(connection: Connection, delivery_id: int, state: str, note: str | None, now: datetime) -> None:
    connection.execute(sa.insert(delivery_events).values(delivery_id=delivery_id, happened_at=now, state=state, note=note))


def _delivery(row: RowMapping) -> Delivery:
    key = Key(row["report_id"], row["edition_number"], row["subscriber_id"], row["channel"], row["period_key"])
    own = {name: row[name] for name in Delivery.__dataclass_fields__ if name != "key"}
    return Delivery(key=key, **own)
