"""Writes the benchmark company straight into a lake, as Greenhouse ingestion would have left it: a million applications in seconds.

Same layout, columns and file metadata as ingestion writes (docs/architecture.md, "The lake"); no ledger rows: recovery adopts the files.
`write_lake` is the first load, `write_delta` the next window with what is new and what changed since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from base.clock import iso
from sandbox.lake_jobs_sql import lookups, requisitions
from sandbox.lake_sql import YEARS, Batch, streams, uniform

BASE_END = datetime(2026, 6, 29, 6, tzinfo=UTC)
#: Share of the newest applications that can still change in the next window (nobody stays longer than this share of three years).
STILL_MOVING = 0.2
ROW_GROUP_ROWS = 8192


@dataclass
class Written:
    """What was written: rows per stream."""

    window_end: datetime
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0


def write_lake(
    home_lake: Path, applications: int, *, seed: int = 7, source: str = "greenhouse", part_rows: int = 100_000, threads: int = 1
) -> Written:
    """The first load of `applications` applications with five stage rows each and all that belongs to them.

    `part_rows` applications make one file of each stream (five times as many stage rows); memory stays with one file.
    """
    return _write(home_lake, applications, applications, None, BASE_END, seed, source, part_rows, threads)


def write_delta(
    home_lake: Path, applications: int, fraction: float = 0.001, *, seed: int = 7, source: str = "greenhouse", threads: int = 1
) -> Written:
    """The window after `write_lake(applications)`: `fraction` more applications, and every record that changed in that time."""
    new = max(1, round(applications * fraction))
    end = BASE_END + timedelta(days=YEARS * 365 * new / applications)
    return _write(home_lake, applications, applications + new, BASE_END, end.replace(microsecond=0), seed, source, 10_000_000, threads)


def _write(
    lake: Path, total: int, high: int, since: datetime | None, end: datetime, seed: int, source: str, part_rows: int, threads: int
) -> Written:
    described = lake / source / "source.json"
    described.parent.mkdir(parents=True, exist_ok=True)
    described.write_text(json.dumps({"name": source, "kind": "greenhouse"}) + "\n", encoding="utf-8")
    low = 0 if since is None else int(total * (1 - STILL_MOVING))
    connection = duckdb.connect()
    connection.execute("set preserve_insertion_order = false; set TimeZone = 'UTC'")
    connection.execute(f"set threads = {threads}")  # one thread costs the least CPU; more only save time on an idle machine
    connection.execute(uniform(seed))
    written = Written(end)

    def batch(first: int, last: int) -> Batch:
        return Batch(first, last, total, _naive(BASE_END), _naive(end), _naive(since) if since else None, seed)

    whole = batch(low, high)
    for stream, select in (requisitions(whole) | (lookups(whole) if since is None else {})).items():
        _part(connection, lake, source, stream, 0, select, since, end, written)
    for part, (first, last) in enumerate(_spans(low, high, part_rows)):
        for stream, select in streams(batch(first, last)).items():
            _part(connection, lake, source, stream, part, select, since, end, written)
    connection.close()
    return written


def _spans(low: int, high: int, size: int) -> Iterator[tuple[int, int]]:
    for first in range(low, high, size):
        yield first, min(high, first + size)


def _part(
    connection: duckdb.DuckDBPyConnection,
    lake: Path,
    source: str,
    stream: str,
    part: int,
    select: str,
    since: datetime | None,
    end: datetime,
    written: Written,
) -> None:
    """One Parquet file under its final name, with the ledger row of its load in the metadata. No rows, no file."""
    count_row = connection.execute(f"select count(*) from ({select})").fetchone()
    count = int(count_row[0]) if count_row else 0
    if count == 0:
        return
    start = iso(since) if since else None
    load_id = hashlib.sha256("\0".join((source, stream, start or "", iso(end))).encode()).hexdigest()[:16]
    facts = {
        "load": {"source": source, "kind": "greenhouse", "stream": stream, "window_start": start, "window_end": iso(end)},
        "part": {"part": part, "fetched": count, "written": count, "duplicates": 0, "next_cursor": None},
        "files": [],
    }
    folder = lake / source / stream / f"load_date={end:%Y-%m-%d}"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{load_id}-{part:05d}.parquet"
    temporary = target.with_name(f".tmp-{target.name}")
    metadata = json.dumps(facts, sort_keys=True).replace("'", "''")
    window_start = f"timestamp '{_naive(since)}'" if since else "cast(null as timestamp)"
    connection.execute(
        f"""
        copy (
            select '{source}' as source, '{stream}' as stream, cast(id as varchar) as record_id, payload, md5(payload) as payload_hash,
                timestamp '{_naive(end)}' as observed_at, '{load_id}' as load_id, cast({part} as integer) as part,
                {window_start} as window_start, timestamp '{_naive(end)}' as window_end
            from ({select})
        ) to '{temporary}' (format parquet, compression zstd, row_group_size {ROW_GROUP_ROWS}, kv_metadata {{funnelcast: '{metadata}'}})
        """
    )
    temporary.replace(target)
    written.rows[stream] = written.rows.get(stream, 0) + count
    written.files += 1


def _naive(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
