"""The table of quarantine (quality.quarantine in the build file): where each record stands, when it is over, and the list for people.

A row per version of a record that broke a rule. It stays, because that version must take no part in any figure, ever; `cleared_code` says that
nobody needs to act on it any more:

    replaced  a later version of the record came (and passed, or is in quarantine itself)
    gone      its file was read again and no longer holds the row

Nothing here repeats what a record says, but for ids, codes, and texts that look like a date, a number or a yes and no (ingestion/gate/words.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from base import csv_files
from base.clock import iso
from base.failures import explained
from base.home import Home
from base.personal_data import Place
from ingestion.gate.profiles import StagingTable
from ingestion.gate.remedies import remedy_for
from ingestion.log.readings import read_reading, readings_of

PLACES = (
    Place(
        "lists of quarantine",
        "files, lines, ids and rules, for whoever corrects the records",
        holds=("keys",),
        erasure="tell",
        format="CSV",
        elsewhere="the file that `funnelcast quarantine --csv` names",
    ),
)

#: The same columns as dbt_project/macros/lake/quality_tables.sql (a test compares them).
TABLE = """
create schema if not exists quality;
create table if not exists quality.quarantine (
    source_system varchar, stream varchar, record_id varchar, payload_hash varchar, load_id varchar, load_file varchar,
    rule varchar, reason varchar, judged_at timestamp
);
alter table quality.quarantine add column if not exists kind varchar;
alter table quality.quarantine add column if not exists observed_at timestamp;
alter table quality.quarantine add column if not exists record_key varchar;
alter table quality.quarantine add column if not exists column_names varchar;
alter table quality.quarantine add column if not exists place varchar;
alter table quality.quarantine add column if not exists line bigint;
alter table quality.quarantine add column if not exists cleared_code varchar;
"""

REPLACED, GONE = "replaced", "gone"
_CLEARED = {REPLACED: "a later version came", GONE: "its file no longer holds the row"}


@dataclass(frozen=True)
class QuarantinedRow:
    """A record that waits for somebody. `place`: its file (or the table of a database); `line`: the line of a text file, counting from 1 with
    the header, on which the row begins; in Parquet and databases the number of the row, as it was read last. Both are None for services.

    `key`: the columns of its key, as far as they are filled and no candidate data. `columns`: what the rule is about. `cleared`: REPLACED or
    GONE, of one that nobody waits for any more.
    """

    source: str
    table: str
    place: str | None
    line: int | None
    key: str | None
    columns: tuple[str, ...]
    rule: str
    reason: str
    remedy: str
    judged_at: datetime
    cleared: str | None = None

    def __str__(self) -> str:
        """`apps.csv:7: application_id 4711: applied_at is not a time: '03/01/2026'`."""
        where = f"{self.place}:{self.line}" if self.place and self.line else self.place
        text = ": ".join(part for part in (where, self.key, self.reason) if part)
        return f"{text} [over: {_CLEARED[self.cleared]}]" if self.cleared else text


#: The columns of the list as a file.
COLUMNS = ("source", "table", "file", "line", "key", "columns", "rule", "reason", "what_to_do", "judged_at", "cleared")


def as_document(row: QuarantinedRow) -> dict[str, object]:
    """The row for a program and for a file."""
    values = (
        row.source,
        row.table,
        row.place,
        row.line,
        row.key,
        ", ".join(row.columns),
        row.rule,
        row.reason,
        row.remedy,
        iso(row.judged_at.replace(tzinfo=UTC)),
        row.cleared,
    )
    return dict(zip(COLUMNS, values, strict=True))


def write_csv(path: Path, rows: Sequence[QuarantinedRow]) -> None:
    """The list as a file that holds no formula (base/csv_files.py)."""
    csv_files.write_csv(path, COLUMNS, (list(as_document(row).values()) for row in rows))


def quarantined_rows(
    home: Home, *, source: str | None = None, table: str | None = None, with_cleared: bool = False
) -> list[QuarantinedRow]:
    """What stands in quarantine, by source, table, file and line; with what is over, too. Reads the build file.

    Raises BusyError while a run is at work, DamageError when the build file is damaged.
    """
    if not home.warehouse.exists():
        return []
    try:
        connection = duckdb.connect(str(home.warehouse), read_only=True)
    except duckdb.Error as error:
        raise (explained(error, home) or error) from error
    try:
        described = {
            name
            for (name,) in connection.execute(
                "select column_name from information_schema.columns where table_schema = 'quality' and table_name = 'quarantine'"
            ).fetchall()
        }
        if "cleared_code" not in described:
            return []
        return standing(connection, source=source, table=table, with_cleared=with_cleared)
    finally:
        connection.close()


def standing(
    connection: duckdb.DuckDBPyConnection,
    *,
    source: str | None = None,
    table: str | None = None,
    load_ids: Sequence[str] | None = None,
    with_cleared: bool = False,
) -> list[QuarantinedRow]:
    """The same from an open build file; `load_ids`: only what came with these loads."""
    rows = connection.execute(
        "select source_system, stream, place, line, record_key, column_names, rule, reason, judged_at, kind, cleared_code, record_id"
        " from quality.quarantine where ($with_cleared or cleared_code is null) and ($source is null or source_system = $source) and ($table is null or stream = $table)"
        " and ($load_ids is null or load_id in (select unnest($load_ids::varchar[])))"
        " order by source_system, stream, place nulls last, line nulls last, record_id, judged_at",
        {"source": source, "table": table, "load_ids": None if load_ids is None else list(load_ids), "with_cleared": with_cleared},
    ).fetchall()
    return [
        QuarantinedRow(
            source=row[0],
            table=row[1],
            place=row[2],
            line=row[3],
            key=row[4],
            columns=tuple(row[5].split(",")) if row[5] else (),
            rule=row[6],
            reason=row[7],
            remedy=remedy_for(row[9], row[0], row[1], row[6], row[5], row[11]),
            judged_at=row[8],
            cleared=row[10],
        )
        for row in rows
    ]


def refresh(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Bring place, line and cleared_code of every record up to date with the log and the newest readings. Safe to repeat."""
    connection.execute(
        "update quality.quarantine as q set kind = g.kind from quality.gated_loads as g where q.kind is null and g.load_file = q.load_file"
    )
    streams = connection.execute(
        "select distinct kind, source_system, stream from quality.quarantine where kind is not null order by all"
    ).fetchall()
    tables = {
        name for (name,) in connection.execute("select table_name from information_schema.tables where table_schema = 'staging'").fetchall()
    }
    for kind, source, stream in streams:
        table = StagingTable(kind, stream)
        if table.name.removeprefix("staging.") in tables:
            _refresh_stream(connection, table, source, readings_of(home, source, stream))


def _refresh_stream(connection: duckdb.DuckDBPyConnection, table: StagingTable, source: str, readings: list[Path]) -> None:
    facts = {"source": source, "stream": table.stream}
    own = "source_system = $source and stream = $stream"
    content = "('0x' || left(payload_hash, 16))::ubigint"
    connection.execute("create or replace temp table read_places (place varchar, content ubigint, line bigint)")
    for reading in map(read_reading, readings):
        if reading is not None:
            connection.register("reading", reading)
            connection.execute(
                f"insert into read_places select place, content, min(line) from reading where content is null or content in"
                f" (select {content} from quality.quarantine where {own}) group by place, content",
                facts,
            )
            connection.unregister("reading")
    # Versions of the records in question, and of their contents under whatever id: a row that was a conflict may have become the only one.
    connection.execute(
        f"create or replace temp table later as select s.record_id, s.payload_hash, s.load_file, s.observed_at, q.record_id is not null as is_bad"
        f" from {table.name} as s left join (select distinct record_id, payload_hash, load_file from quality.quarantine where {own}) as q"
        " using (record_id, payload_hash, load_file) where s.source_system = $source and (s.record_id in"
        f" (select record_id from quality.quarantine where {own}) or s.payload_hash in (select payload_hash from quality.quarantine where {own}))",
        facts,
    )
    connection.execute(
        f"update quality.quarantine as q set observed_at = l.observed_at from later as l where {own} and q.observed_at is null"
        " and l.record_id = q.record_id and l.payload_hash = q.payload_hash and l.load_file = q.load_file",
        facts,
    )
    connection.execute(
        f"update quality.quarantine as q set place = r.place, line = nullif(r.line, 0) from (select content, arg_min(place, place) as place,"
        f" arg_min(line, place) as line from read_places where content is not null group by content) as r where {own} and r.content = {content}",
        facts,
    )
    connection.execute(
        f"update quality.quarantine as q set cleared_code = case"
        f" when exists (select 1 from later as l where l.record_id = q.record_id and l.observed_at > q.observed_at)"
        f" or exists (select 1 from later as l where l.payload_hash = q.payload_hash and l.observed_at > q.observed_at and not l.is_bad)"
        f" then '{REPLACED}'"
        f" when q.place in (select place from read_places where content is null)"
        f" and {content} not in (select content from read_places where content is not null) then '{GONE}' end where {own}",
        facts,
    )
