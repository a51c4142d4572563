"""Closes windows whose end a wrong clock wrote: what was loaded in them stays, and the next run asks again from the last trusted end.

The rows move to a window of their own, dated no later than now, because an observation in the future would stay the newest version for
years. Each part is moved by itself (file, ledger, old file), so a closing that was killed is simply done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from base.clock import iso
from base.home import Home
from ingestion.log import parts
from ingestion.log.loads import (
    CLOSED,
    COMPLETE,
    Ledger,
    Load,
    LoadState,
    Part,
    load_parts,
    loads,
    loads_ending_after,
    record_part,
    source_files,
)

_CLOSES = "closed by repair clock in place of "


@dataclass(frozen=True)
class Closing:
    """`load`: the load with the wrong end. `closed`: where its rows go. `asks_from`: the end that the next run goes on from (None: it asks for everything)."""

    load: Load
    rows: int
    closed: Load
    asks_from: datetime | None


def plan_closings(ops: Engine, *, now: datetime, limit: timedelta) -> list[Closing]:
    """What is to be closed of the loads that end more than `limit` after `now`, in the order of their ends. Changes nothing."""
    wrong = loads_ending_after(ops, now + limit)
    begun = _begun(ops)
    trusted = {key: _trusted_end(ops, *key, now + limit) for key in {(state.load.source, state.load.stream) for state in wrong}}
    return [
        Closing(
            state.load,
            state.written,
            begun.get(state.load.load_id) or _dated(state, len(wrong) - place, now, trusted[state.load.source, state.load.stream]),
            trusted[state.load.source, state.load.stream],
        )
        for place, state in enumerate(wrong)
    ]


def close_windows(home: Home, ops: Engine, closings: Sequence[Closing]) -> None:
    """Do it. Call it holding the run lock, after recovery. Safe to repeat after a kill at any point."""
    ledger = Ledger(ops)
    for closing in closings:
        old, new = closing.load, closing.closed
        with ops.begin() as connection:
            if connection.execute(sa.select(loads.c.load_id).where(loads.c.load_id == new.load_id)).scalar() is None:
                row = {"load_id": new.load_id, **new.__dict__, "parts": 0, "fetched": 0, "written": 0, "duplicates": 0}
                connection.execute(loads.insert().values(**row, status=CLOSED, error=_CLOSES + old.load_id))
        moved = {part.part for part in ledger.parts_of(new)}
        for part in ledger.parts_of(old):
            written = None if part.part in moved else _moved(home, part, new)
            with ops.begin() as connection:
                if written is not None:
                    record_part(connection, new, written)
                connection.execute(load_parts.delete().where(load_parts.c.load_id == old.load_id, load_parts.c.part == part.part))
            if part.file:
                (home.lake / part.file).unlink(missing_ok=True)
        with ops.begin() as connection:
            connection.execute(source_files.update().where(source_files.c.load_id == old.load_id).values(load_id=new.load_id))
            connection.execute(loads.delete().where(loads.c.load_id == old.load_id))


def _moved(home: Home, part: Part, load: Load) -> Part:
    if part.file is None:
        return Part(load.load_id, part.part, None, part.fetched, 0, part.duplicates, 0, None, None)
    return parts.redate_part(home.lake, part, load)


def _dated(state: LoadState, back: int, now: datetime, trusted: datetime | None) -> Load:
    """The window that the rows move to. Several keep their order; each ends after the last trusted one, so that its versions stay the newer."""
    load = state.load
    end = now - timedelta(seconds=back)
    if trusted is not None and end <= trusted:
        end = trusted + timedelta(milliseconds=1000 - min(back, 999))
    start = min(load.window_start, end) if load.window_start else None
    return Load(load.source, load.kind, load.stream, start, end)


def _trusted_end(ops: Engine, source: str, stream: str, latest: datetime) -> datetime | None:
    newest = sa.select(sa.func.max(loads.c.window_end)).where(
        loads.c.source == source, loads.c.stream == stream, loads.c.status == COMPLETE, loads.c.window_end <= latest
    )
    with ops.connect() as connection:
        return connection.execute(newest).scalar()


def _begun(ops: Engine) -> dict[str, Load]:
    """Closings that were begun: id of the load with the wrong end -> the window that its rows move to."""
    with ops.connect() as connection:
        rows = connection.execute(sa.select(loads).where(loads.c.status == CLOSED)).all()
    return {str(row.error).removeprefix(_CLOSES): Load(row.source, row.kind, row.stream, row.window_start, row.window_end) for row in rows}


def sentence(closing: Closing) -> str:
    load = closing.load
    asks = f"the next run asks again from {iso(closing.asks_from)}" if closing.asks_from else "the next run asks for everything again"
    return f"{load.source} {load.stream}: the window up to {iso(load.window_end)} is closed; its {closing.rows:,} rows stay, and {asks}"
