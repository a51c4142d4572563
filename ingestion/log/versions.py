"""Which fetched records are new versions: content-keyed against the log and against the load itself.

A record is a duplicate when its payload hash equals that of the version before it (by observed_at, then by order of arrival). So a
repeated page, an overlapping window or a re-run adds nothing, and A -> B -> A keeps three versions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from base.clock import EPOCH, naive_utc
from ingestion.log.records import Row, Version, broken_id, payload_hash

#: From this many parts on, the log's versions are read once and kept (about 40 bytes each) instead of being looked up part by part.
_PARTS_BEFORE_INDEX = 2

# k: the record, o: when observed, w/p/n: order of arrival (window end, part, number), h: its content. 64 bits each are enough: two
# different records are taken for one only when both k and h collide. Times of observation have milliseconds; the microseconds count
# the versions of one record within one of them, so that observed_at alone orders a record's versions.
_LOG = """
select
    hash(record_id) as k, date_trunc('millisecond', observed_at) as o, window_end as w, part as p,
    ('0x' || left(payload_hash, 16))::ubigint as h
from read_parquet($files)
"""

_DECIDE = """
create or replace temp table verdicts as
with arrived as (
    select k, o, w, p, n, h, origin, cast(null as integer) as pos from seen where k in (select k from batch)
    union all
    select k, o, $w, $p, $n + pos, h, origin, pos from batch
),
judged as (
    select
        *, origin is not null and h <> first_value(h) over (partition by k, o, origin order by n) as is_conflict,
        -- The file before, where it said something else of the record.
        case when h <> lag(h) over by_arrival then nullif(lag(origin) over by_arrival, origin) end as against
    from arrived
    window by_arrival as (partition by k order by n)
),
versions as (
    select k, o, w, p, -1 as n, h, cast(null as integer) as pos, cast(null as integer) as against from known where k in (select k from batch)
    union all
    select k, o, w, p, n, h, pos, against from judged where not is_conflict
),
compared as (
    select *, lag(h) over (partition by k order by o, w, p, n) is not distinct from h as is_duplicate from versions
),
counted as (
    select *, count(*) filter (not is_duplicate) over (partition by k, o order by w, p, n) - 1 as earlier from compared
)
select pos, is_duplicate, false as is_conflict, epoch_us(o) + earlier as observed_us, against from counted where pos is not null
union all
select pos, false, true, 0, null from judged where pos is not null and is_conflict
"""


class Versions:
    """The versions known for one stream during one load; `duplicates` counts the rows that were none; `disagreements` counts the records of which
    a file says something else than the one before it, by those two origins. Not shared between threads."""

    def __init__(
        self,
        log_files: Sequence[Path],
        *,
        window_end: datetime,
        memory_limit: str = "256MB",
        before_reading: Callable[[], None] | None = None,
    ) -> None:
        """`before_reading` is called once, before any of `log_files` is read; it raises when one of them is damaged."""
        self._before_reading = before_reading
        self._files = [str(path) for path in log_files]
        self._window_end = naive_utc(window_end)
        self._window_ms = _milliseconds(window_end)
        self._connection = duckdb.connect(config={"threads": 1, "memory_limit": memory_limit, "autoinstall_known_extensions": False})
        self._connection.execute("create table seen (k ubigint, o timestamp, w timestamp, p integer, n bigint, h ubigint, origin integer)")
        self._connection.execute("create table known (k ubigint, o timestamp, w timestamp, p integer, h ubigint)")
        self._is_indexed = not self._files
        self._batches = 0
        self._arrived = 0
        self.duplicates = 0
        self.disagreements: Counter[tuple[int, int]] = Counter()

    def new(
        self,
        rows: Sequence[Row],
        *,
        part: int,
        origins: Sequence[int | None] | None = None,
        places: Sequence[str | None] | None = None,
    ) -> list[Version]:
        """Of `rows`, those that are new versions, in order, each with the place it came from.

        `origins` numbers the file that each row came from, where a file must not have two rows of one key and different content: the
        later one is then a conflict and goes on under a `conflict:` id for the gate to quarantine.
        """
        if not rows:
            return []
        hashes = [payload_hash(row.payload) for row in rows]
        found: list[Version] = []
        conflicts: list[Row] = []
        conflict_places: list[str | None] = []
        decided = self._decide(rows, hashes, part, origins)
        for row, digest, place, (is_duplicate, is_conflict, observed_us) in zip(
            rows, hashes, places or [None] * len(rows), decided, strict=True
        ):
            if is_conflict:
                conflicts.append(row._replace(record_id=broken_id("conflict", row.record_id.encode() + b"\0" + row.payload)))
                conflict_places.append(place)
            elif is_duplicate:
                self.duplicates += 1
            else:
                found.append(Version(row.record_id, row.payload, digest, observed_us, place, row.line))
        return found + self.new(conflicts, part=part, places=conflict_places)

    def close(self) -> None:
        self._connection.close()

    def _decide(
        self, rows: Sequence[Row], hashes: Sequence[str], part: int, origins: Sequence[int | None] | None
    ) -> Iterable[tuple[bool, bool, int]]:
        """Per row, in order: is it a duplicate, is it a conflict, and its observed_at (microseconds since 1970)."""
        observed = [_milliseconds(row.observed_at) if row.observed_at else self._window_ms for row in rows]
        incoming = pa.table(
            {
                "pos": pa.array(range(len(rows)), pa.int32()),
                "record_id": pa.array([row.record_id for row in rows], pa.string()),
                "o": pa.array(observed, pa.int64()),
                "digest": pa.array(hashes, pa.string()),
                "origin": pa.array(origins or [None] * len(rows), pa.int32()),
            }
        )
        connection = self._connection
        connection.register("incoming", incoming)
        connection.execute(
            "create or replace temp table batch as select pos, hash(record_id) as k, make_timestamp_ms(o) as o,"
            " ('0x' || left(digest, 16))::ubigint as h, origin from incoming"
        )
        connection.unregister("incoming")
        self._look_up()
        order = {"w": self._window_end, "p": part, "n": self._arrived}
        connection.execute(_DECIDE, order)
        connection.execute(
            "insert into seen select k, o, $w, $p, $n + pos, h, origin from batch join verdicts using (pos) where not is_conflict", order
        )
        self._arrived += len(rows)
        against = "select against, origin, count(*) from verdicts join batch using (pos) where against is not null and origin is not null group by 1, 2"
        for before, origin, rows_of_both in connection.execute(against).fetchall():
            self.disagreements[before, origin] += rows_of_both
        decided = connection.execute("select is_duplicate, is_conflict, observed_us from verdicts order by pos").fetchnumpy()
        return zip(*(decided[name].tolist() for name in ("is_duplicate", "is_conflict", "observed_us")), strict=True)

    def _look_up(self) -> None:
        """`known`: the log's versions, all of them once the load has proved long, else those of this batch's records."""
        if self._is_indexed:
            return
        if self._before_reading and not self._batches:
            self._before_reading()
        self._batches += 1
        self._is_indexed = self._batches > _PARTS_BEFORE_INDEX
        narrowed = "" if self._is_indexed else " where hash(record_id) in (select k from batch)"
        self._connection.execute(f"create or replace table known as {_LOG}{narrowed}", {"files": self._files})


def _milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)
