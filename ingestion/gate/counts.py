"""What the ledger knows of loads, brought into the warehouse, and the one check that needs it: a source that has stopped giving anything."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from base.clock import naive_utc
from ingestion.log.loads import COMPLETE, loads, newest_window_end
from ingestion.sources.registry import KINDS, stream_of

_TABLE = """
create table if not exists quality.load_counts (
    kind varchar, source_system varchar, stream varchar, load_id varchar, window_end timestamp, status varchar,
    fetched_count bigint, written_count bigint, duplicate_count bigint
)
"""

_STOPPED = "create table if not exists quality.stopped_sources (source_system varchar, stale_since timestamp, reason varchar)"


def write_load_counts(connection: duckdb.DuckDBPyConnection, ops: Engine) -> None:
    """Replace quality.load_counts by the ledger's loads: fetched = written + duplicates, written = loaded + quarantined."""
    with ops.connect() as ledger:
        rows = [
            (
                row.kind,
                row.source,
                row.stream,
                row.load_id,
                naive_utc(row.window_end),
                row.status,
                row.fetched,
                row.written,
                row.duplicates,
            )
            for row in ledger.execute(sa.select(loads).order_by(loads.c.source, loads.c.stream, loads.c.window_end))
        ]
    connection.begin()
    connection.execute(_TABLE)
    connection.execute("delete from quality.load_counts")
    if rows:
        connection.executemany("insert into quality.load_counts values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.commit()


def write_stopped_sources(connection: duckdb.DuckDBPyConnection, ops: Engine, sources: Mapping[str, str | None]) -> None:
    """Keep quality.stopped_sources: of the `sources` that this run asked (name -> why it could not be read, or None), those that stopped.

    stale_since: the end of the newest window that the source gave whole. Sources that the run did not ask stay as they were.
    """
    connection.begin()
    connection.execute(_STOPPED)
    for source, reason in sources.items():
        connection.execute("delete from quality.stopped_sources where source_system = ?", [source])
        if reason is not None:
            since = newest_window_end(ops, source)
            connection.execute(
                "insert into quality.stopped_sources values (?, ?, ?)", [source, naive_utc(since) if since else None, reason]
            )
    connection.commit()


def empty_where_never_empty(ops: Engine) -> list[str]:
    """Messages about streams whose newest full load was empty although an earlier one was not (a lost permission looks like that).

    Streams that no public mart needs stop nothing.
    """
    whole = sa.select(loads).where(loads.c.status == COMPLETE, loads.c.window_start.is_(None))
    newest: dict[tuple[str, str], int] = {}
    ever: dict[tuple[str, str], int] = {}
    with ops.connect() as ledger:
        for row in ledger.execute(whole.order_by(loads.c.window_end)):
            if not _must_give_records(row.kind, row.stream):
                continue
            stream = (row.source, row.stream)
            newest[stream] = row.fetched
            ever[stream] = max(ever.get(stream, 0), row.fetched)
    return [
        f"{source} {stream}: the last full load was empty, earlier ones had up to {ever[source, stream]:,} records; "
        "check the credential's rights (funnelcast check)"
        for (source, stream), fetched in sorted(newest.items())
        if fetched == 0 and ever[source, stream]
    ]


def _must_give_records(kind: str, stream: str) -> bool:
    """Whether an empty full load is an error once there were records: of a service's own lists that a public mart needs."""
    facts = stream_of(kind, stream)
    return KINDS.named(kind).is_service and stream != KINDS.named(kind).deliveries.stream and not facts.is_optional
