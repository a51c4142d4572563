"""The ledger of loads from the log's own files, when the operations database is lost (each file repeats its ledger row)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from base.home import Home
from ingestion.log.loads import COMPLETE, load_parts, loads
from ingestion.log.recovery import recover


@dataclass(frozen=True)
class Rebuilt:
    """`unknown`: files that were damaged and are set aside; no ledger row was made of them."""

    parts: int
    streams: int
    unknown: tuple[str, ...]


def rebuild(home: Home, ops: Engine) -> Rebuilt:
    """Adopt every part, and say of each load whether it is complete.

    A window begins when the one before it is complete, so of each stream only the newest load can be unfinished: it goes on at its last part's cursor,
    and is complete when that has none. A load with a damaged part is read again from its beginning.
    """
    found = recover(home, ops)
    broken = {PurePosixPath(name).name.rpartition("-")[0] for name in found.set_aside}
    newest = sa.select(loads.c.source, loads.c.stream, sa.func.max(loads.c.window_end).label("window_end")).group_by(
        loads.c.source, loads.c.stream
    )
    with ops.begin() as connection:
        ends = {(row.source, row.stream): row.window_end for row in connection.execute(newest)}
        for row in connection.execute(sa.select(loads)).all():
            if row.load_id in broken:
                values: dict[str, object] = {"next_cursor": None}
            elif row.next_cursor is None or row.window_end < ends[row.source, row.stream]:
                values = {"status": COMPLETE, "next_cursor": None}
            else:
                continue
            connection.execute(loads.update().where(loads.c.load_id == row.load_id).values(**values))
        count = connection.execute(sa.select(sa.func.count()).select_from(load_parts)).scalar()
    return Rebuilt(int(count or 0), len(ends), tuple(found.set_aside))
