"""The delivery ledger: one row per report, edition number, subscriber, channel and period, and every change of its state as an event.

States: planned -> rendered -> sending -> sent | failed | ambiguous | skipped. `sending` is committed before the first byte leaves, by a
compare-and-set, so that two processes never send one delivery. Events are only ever added. No address and no content is kept here.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, RowMapping

from base.ops import Instant, metadata
from base.personal_data import Place, columns_of
from base.processes import start_time
from exports.channels.channel import Key

State = Literal["planned", "rendered", "sending", "sent", "failed", "ambiguous", "skipped"]
OPEN_STATES: tuple[State, ...] = ("planned", "rendered")
#: Longer than any send can take (SMTP's final reply may take ten minutes).
LEASE = timedelta(minutes=30)
#: A delivery whose first attempt may have arrived says so in its reason, and keeps it: the owner is notified (deliver.tell_owner).
REPEATED = "sent again"

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("delivery_id", sa.Integer, primary_key=True),
    sa.Column("report_id", sa.String(64), nullable=False),
    sa.Column("edition_number", sa.Integer, nullable=False),
    sa.Column("subscriber_id", sa.String(64), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("period_key", sa.String(96), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("tick_at", Instant, nullable=False),
    sa.Column("window_ends_at", Instant, nullable=False),
    sa.Column("version_id", sa.String(80)),
    sa.Column("data_as_of", Instant),
    sa.Column("artifact", sa.Text),
    sa.Column("content_hash", sa.String(64)),
    sa.Column("message_id", sa.Text),
    sa.Column("provider_id", sa.Text),
    sa.Column("charts_state", sa.String(16)),
    sa.Column("attempt_count", sa.Integer, nullable=False),
    sa.Column("ambiguous_count", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", Instant),
    sa.Column("claimed_by", sa.String(200)),
    sa.Column("claimed_at", Instant),
    sa.Column("lease_until", Instant),
    sa.Column("is_transmitting", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.UniqueConstraint("report_id", "edition_number", "subscriber_id", "channel", "period_key", name="uq_deliveries_key"),
    sa.Index("ix_deliveries_state", "state"),
)

delivery_events = sa.Table(
    "delivery_events",
    metadata,
    sa.Column("event_id", sa.Integer, primary_key=True),
    sa.Column("delivery_id", sa.Integer, sa.ForeignKey("deliveries.delivery_id"), nullable=False, index=True),
    sa.Column("happened_at", Instant, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("note", sa.Text),
)

report_pauses = sa.Table(
    "report_pauses",
    metadata,
    sa.Column("pause_id", sa.Integer, primary_key=True),
    sa.Column("report_id", sa.String(64), nullable=False),
    sa.Column("subscriber_id", sa.String(64)),
    sa.Column("paused_at", Instant, nullable=False),
    sa.Column("paused_until", Instant),
    sa.Column("resumed_at", Instant),
)

PLACES = (
    Place(
        "deliveries",
        "ids of reports, periods and versions; states",
        format="text",
        columns=(
            *columns_of("deliveries", "report_id", "channel", "period_key", "state", "version_id", "artifact", "content_hash"),
            *columns_of("deliveries", "charts_state", "claimed_by"),
            "delivery_events.state",
            "report_pauses.report_id",
        ),
    ),
    Place(
        "recipients of deliveries",
        "proves what was sent to whom: ids of subscribers, ids that mail servers and Slack gave, and their words where they refused",
        holds=("employees",),
        format="text",
        columns=(
            *columns_of("deliveries", "subscriber_id", "reason", "message_id", "provider_id"),
            "delivery_events.note",
            "report_pauses.subscriber_id",
        ),
    ),
)


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
    provider_id: str | None
    charts_state: str | None
    attempt_count: int
    ambiguous_count: int
    next_attempt_at: datetime | None
    claimed_by: str | None
    lease_until: datetime | None
    is_transmitting: bool


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


def claim(ops: Engine, delivery: Delivery, *, now: datetime) -> bool:
    """rendered -> sending, committed. False when another process was faster."""
    values = {
        "reason": delivery.reason if (delivery.reason or "").startswith(REPEATED) else None,
        "attempt_count": delivery.attempt_count + 1,
        "claimed_by": this_process(),
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


def pause(ops: Engine, report_id: str, subscriber_id: str | None, *, until: datetime | None, now: datetime) -> None:
    with ops.begin() as connection:
        connection.execute(
            sa.insert(report_pauses).values(report_id=report_id, subscriber_id=subscriber_id, paused_at=now, paused_until=until)
        )


def resume(ops: Engine, report_id: str, subscriber_id: str | None, *, now: datetime) -> int:
    """End the pauses of the report (and subscriber); returns how many there were."""
    same = report_pauses.c.subscriber_id.is_(None) if subscriber_id is None else report_pauses.c.subscriber_id == subscriber_id
    with ops.begin() as connection:
        changed = connection.execute(
            sa.update(report_pauses)
            .where(report_pauses.c.report_id == report_id, same, report_pauses.c.resumed_at.is_(None))
            .values(resumed_at=now)
        )
        return changed.rowcount


def is_paused(ops: Engine, report_id: str, subscriber_id: str, now: datetime) -> bool:
    query = sa.select(report_pauses.c.paused_until).where(
        report_pauses.c.report_id == report_id,
        sa.or_(report_pauses.c.subscriber_id.is_(None), report_pauses.c.subscriber_id == subscriber_id),
        report_pauses.c.resumed_at.is_(None),
    )
    with ops.connect() as connection:
        return any(row[0] is None or row[0] > now for row in connection.execute(query))


def this_process() -> str:
    """Host, process and its start: enough to tell whether the one that claimed a delivery still lives."""
    return f"{socket.gethostname()}:{os.getpid()}:{start_time(os.getpid()) or 0}"


def is_abandoned(delivery: Delivery, now: datetime) -> bool:
    """Did the process that claimed this `sending` row end (same host), or its lease (any host)?"""
    if delivery.lease_until is None or delivery.lease_until <= now:
        return True
    host, _, rest = (delivery.claimed_by or "").partition(":")
    process, _, start = rest.partition(":")
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
