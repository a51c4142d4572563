"""Pauses: of one report, to one subscriber or to all; and the hold of everything after the ledger was rebuilt, until a person releases it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from exports.delivery.tables import report_pauses

#: Stands for all reports; no report can have this id.
EVERYTHING = "*"


def hold_everything(ops: Engine, now: datetime) -> None:
    """Deliver nothing until `release`: what is due waits. For a ledger that may have forgotten what was sent."""
    if not is_held(ops):
        pause(ops, EVERYTHING, None, until=None, now=now)


def is_held(ops: Engine) -> bool:
    query = sa.select(report_pauses.c.pause_id).where(report_pauses.c.report_id == EVERYTHING, report_pauses.c.resumed_at.is_(None))
    with ops.connect() as connection:
        return connection.execute(query).first() is not None


def release(ops: Engine, now: datetime) -> bool:
    """End the hold; whether there was one."""
    return resume(ops, EVERYTHING, None, now=now) > 0


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
