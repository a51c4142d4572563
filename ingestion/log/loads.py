"""What was loaded, in the operations database: loads (one closed window of one stream), their parts, and the files read.

The lake's files repeat their own ledger row in Parquet metadata, so each can be checked against the other (ingestion/log/recovery.py).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from base.clock import iso
from base.ops import Instant, metadata
from base.personal_data import Place, columns_of
from ingestion.log.records import SourceFile

RUNNING, COMPLETE, FAILED, PAUSED = "running", "complete", "failed", "paused"
#: The source does not let us read an optional stream: nothing failed, and it is asked again in each run.
REFUSED = "refused"
#: Its end was wrong (`funnelcast repair clock`): its rows stay, for which window they were asked is not known, so it counts as none.
CLOSED = "closed"

loads = sa.Table(
    "loads",
    metadata,
    sa.Column("load_id", sa.String(16), primary_key=True),
    sa.Column("source", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("stream", sa.String(64), nullable=False),
    sa.Column("window_start", Instant),
    sa.Column("window_end", Instant, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("next_cursor", sa.Text),
    sa.Column("parts", sa.Integer, nullable=False),
    sa.Column("fetched", sa.BigInteger, nullable=False),
    sa.Column("written", sa.BigInteger, nullable=False),
    sa.Column("duplicates", sa.BigInteger, nullable=False),
    sa.Column("error", sa.Text),
    sa.Index("ix_loads_source", "source", "stream", "window_end"),
)

load_parts = sa.Table(
    "load_parts",
    metadata,
    sa.Column("load_id", sa.String(16), sa.ForeignKey("loads.load_id"), primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("file", sa.Text),
    sa.Column("fetched", sa.BigInteger, nullable=False),
    sa.Column("written", sa.BigInteger, nullable=False),
    sa.Column("duplicates", sa.BigInteger, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("checksum", sa.String(64)),
    sa.Column("next_cursor", sa.Text),
)

source_files = sa.Table(
    "source_files",
    metadata,
    sa.Column("source", sa.String(40), primary_key=True),
    sa.Column("stream", sa.String(64), primary_key=True),
    sa.Column("path", sa.String(700), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("checksum", sa.String(64), nullable=False),
    sa.Column("load_id", sa.String(16), nullable=False),
)

PLACES = (
    Place(
        "loads",
        "names of sources, streams and files; counts and checksums",
        format="text",
        columns=(
            *columns_of("loads", "load_id", "source", "kind", "stream", "status"),
            *columns_of("load_parts", "load_id", "file", "checksum"),
            *columns_of("source_files", "source", "stream", "path", "checksum", "load_id"),
        ),
    ),
    Place(
        "places and errors of loads",
        "a vendor's cursor or an error may name the id of a record, nothing else of it; the next load continues from the cursor",
        holds=("keys",),
        format="text",
        columns=("loads.next_cursor", "loads.error", "load_parts.next_cursor"),
    ),
)


@dataclass(frozen=True)
class Load:
    """One closed window of one stream: `updated in [window_start, window_end]`; no window_start means everything."""

    source: str
    kind: str
    stream: str
    window_start: datetime | None
    window_end: datetime

    @property
    def load_id(self) -> str:
        """The same window has the same id in every run, so a re-run gives the same file names."""
        start = iso(self.window_start) if self.window_start else ""
        return hashlib.sha256("\0".join((self.source, self.stream, start, iso(self.window_end))).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class LoadState:
    """A load as the ledger has it. `parts` counts the parts committed, also those that were all duplicates and have no file.

    `next_cursor` is where an unfinished load goes on; of a complete one, the vendor's token for the changes since (where it gives any).
    """

    load: Load
    status: str
    next_cursor: str | None
    parts: int
    fetched: int
    written: int
    duplicates: int
    error: str | None


@dataclass(frozen=True)
class Part:
    """One committed piece of a load. `file` (relative to the lake) is None when every record of it was a duplicate."""

    load_id: str
    part: int
    file: str | None
    fetched: int
    written: int
    duplicates: int
    bytes: int
    checksum: str | None
    next_cursor: str | None


class Ledger:
    """Reads and writes of the tables above. Writes are serialised: SQLite upgrades one transaction at a time."""

    def __init__(self, ops: Engine) -> None:
        self._ops = ops
        self._lock = threading.Lock()

    @property
    def ops(self) -> Engine:
        return self._ops

    def begin(self, load: Load) -> LoadState:
        """The load's state, created as running if it is new, set running again if it was interrupted."""
        with self._lock, self._ops.begin() as connection:
            state = _state(connection, loads.c.load_id == load.load_id)
            if state is None:
                connection.execute(loads.insert().values(**_load_row(load), status=RUNNING, parts=0, fetched=0, written=0, duplicates=0))
                return LoadState(load, RUNNING, None, 0, 0, 0, 0, None)
            connection.execute(loads.update().where(loads.c.load_id == load.load_id).values(status=RUNNING, error=None))
            return state

    def commit_part(self, load: Load, part: Part, files: Iterable[SourceFile] = ()) -> None:
        """One transaction: the part, the load's new totals and cursor, and the files that it finished."""
        with self._lock, self._ops.begin() as connection:
            record_part(connection, load, part, files)

    def restart(self, load: Load) -> None:
        """Forget the cursor (the vendor expired it): the pass begins again at page 1, parts go on counting."""
        self._set(load, next_cursor=None)

    def finish(self, load: Load, status: str, error: str | None = None, *, token: str | None = None) -> None:
        changes: dict[str, object] = {"status": status, "error": error}
        if status == COMPLETE:
            changes["next_cursor"] = token
        self._set(load, **changes)

    def state(self, load: Load) -> LoadState | None:
        with self._ops.connect() as connection:
            return _state(connection, loads.c.load_id == load.load_id)

    def parts_of(self, load: Load) -> list[Part]:
        with self._ops.connect() as connection:
            rows = connection.execute(sa.select(load_parts).where(load_parts.c.load_id == load.load_id).order_by(load_parts.c.part))
            return [Part(**row._mapping) for row in rows]

    def unfinished(self, source: str, stream: str) -> LoadState | None:
        """The load of this stream that was interrupted, if any (the oldest)."""
        is_open = loads.c.status.not_in((COMPLETE, CLOSED))
        return self._one(loads.c.source == source, loads.c.stream == stream, is_open, order=loads.c.window_end)

    def newest_complete(self, source: str, stream: str) -> LoadState | None:
        return self._one(loads.c.source == source, loads.c.stream == stream, loads.c.status == COMPLETE, order=loads.c.window_end.desc())

    def first_window_end(self, source: str) -> datetime | None:
        """The end of the first window that any stream of the source completed."""
        first = sa.select(sa.func.min(loads.c.window_end)).where(loads.c.source == source, loads.c.status == COMPLETE)
        with self._ops.connect() as connection:
            return connection.execute(first).scalar()

    def files(self, source: str, stream: str, load_id: str | None = None) -> dict[str, tuple[int, str]]:
        """path -> (size, checksum) of the newest content of each file that was read to its end, of all loads or of one."""
        with self._ops.connect() as connection:
            chosen = (source_files.c.source == source) & (source_files.c.stream == stream)
            if load_id is not None:
                chosen &= source_files.c.load_id == load_id
            rows = connection.execute(sa.select(source_files.c.path, source_files.c.size, source_files.c.checksum).where(chosen))
            return {row.path: (row.size, row.checksum) for row in rows}

    def _set(self, load: Load, **changes: object) -> None:
        with self._lock, self._ops.begin() as connection:
            connection.execute(loads.update().where(loads.c.load_id == load.load_id).values(**changes))

    def _one(self, *conditions: sa.ColumnElement[bool], order: sa.ColumnElement[datetime]) -> LoadState | None:
        with self._ops.connect() as connection:
            return _state(connection, *conditions, order=order)


def newest_window_end(ops: Engine, source: str | None = None) -> datetime | None:
    """The end of the newest window that every stream of a source loaded with it completed: the default `as_of` of a run. None before any load.

    A window in which a stream of the source is still unfinished does not count, so an interrupted run never moves the clock past what it
    knows. With `source`: of that source alone, which is the moment it is stale since once it cannot be read any more.
    """
    other = loads.alias("other")
    unfinished = sa.exists().where(
        other.c.source == loads.c.source, other.c.window_end == loads.c.window_end, other.c.status.not_in((COMPLETE, REFUSED, CLOSED))
    )
    newest = sa.select(sa.func.max(loads.c.window_end)).where(loads.c.status == COMPLETE, ~unfinished)
    with ops.connect() as connection:
        return connection.execute(newest.where(loads.c.source == source) if source else newest).scalar()


def newest_load(ops: Engine) -> Load | None:
    """Of all loads, whatever became of them, the one whose window ends last."""
    with ops.connect() as connection:
        state = _state(connection, loads.c.status != CLOSED, order=loads.c.window_end.desc())
    return state.load if state else None


def loads_ending_after(ops: Engine, moment: datetime) -> list[LoadState]:
    """Loads whose windows end after `moment`, the earliest first."""
    with ops.connect() as connection:
        rows = connection.execute(
            sa.select(loads).where(loads.c.window_end > moment).order_by(loads.c.window_end, loads.c.source, loads.c.stream)
        )
        return [_state_of(row) for row in rows]


def has_loaded_whole(ops: Engine, source: str) -> bool:
    """Whether every stream of the source that was ever begun has been completed once: what is missing now was there before."""
    best = (
        sa.select(sa.func.max(sa.case((loads.c.status.in_((COMPLETE, REFUSED)), 1), else_=0)))
        .where(loads.c.source == source)
        .group_by(loads.c.stream)
    )
    with ops.connect() as connection:
        found: list[int] = list(connection.execute(best).scalars())
    return bool(found) and all(found)


def replace_parts(ops: Engine, load: Load, old: Iterable[Part], new: Iterable[Part], files: Iterable[SourceFile]) -> None:
    """One transaction: the old parts keep their numbers and have no file and no rows any more, the new ones count."""
    with ops.begin() as connection:
        for part in old:
            chosen = (load_parts.c.load_id == part.load_id) & (load_parts.c.part == part.part)
            emptied = {"file": None, "fetched": part.fetched - part.written, "written": 0, "bytes": 0, "checksum": None}
            connection.execute(load_parts.update().where(chosen).values(**emptied))
        for part in new:
            record_part(connection, load, part)
        _count(connection, load.load_id)
        _record_files(connection, load, files)


def record_part(connection: Connection, load: Load, part: Part, files: Iterable[SourceFile] = ()) -> None:
    """Insert a part and move its load on; also the way a file found without a ledger row is adopted."""
    connection.execute(load_parts.insert().values(**part.__dict__))
    _count(connection, part.load_id)
    connection.execute(loads.update().where(loads.c.load_id == part.load_id).values(next_cursor=part.next_cursor))
    _record_files(connection, load, files)


def _count(connection: Connection, load_id: str) -> None:
    """The load's totals are those of its parts."""
    names = ("fetched", "written", "duplicates")
    sums = (sa.func.coalesce(sa.func.sum(load_parts.c[name]), 0) for name in names)
    count, *totals = connection.execute(sa.select(sa.func.count(), *sums).where(load_parts.c.load_id == load_id)).one()
    values = {"parts": count, **{name: int(str(total)) for name, total in zip(names, totals, strict=True)}}
    connection.execute(loads.update().where(loads.c.load_id == load_id).values(values))


def _record_files(connection: Connection, load: Load, files: Iterable[SourceFile]) -> None:
    for file in files:
        where = (source_files.c.source == load.source) & (source_files.c.stream == load.stream) & (source_files.c.path == file.path)
        connection.execute(source_files.delete().where(where))
        connection.execute(
            source_files.insert().values(
                source=load.source, stream=load.stream, path=file.path, size=file.size, checksum=file.checksum, load_id=load.load_id
            )
        )


def _load_row(load: Load) -> dict[str, object]:
    return {"load_id": load.load_id, **load.__dict__}


def _state(
    connection: Connection, *conditions: sa.ColumnElement[bool], order: sa.ColumnElement[datetime] | None = None
) -> LoadState | None:
    query = sa.select(loads).where(*conditions).limit(1)
    row = connection.execute(query if order is None else query.order_by(order)).one_or_none()
    return None if row is None else _state_of(row)


def _state_of(row: sa.Row[tuple[object, ...]]) -> LoadState:
    load = Load(row.source, row.kind, row.stream, row.window_start, row.window_end)
    return LoadState(load, row.status, row.next_cursor, row.parts, row.fetched, row.written, row.duplicates, row.error)
