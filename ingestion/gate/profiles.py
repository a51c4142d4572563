"""Frames for the expectations: one row per load file and distinct combination of what the rules look at, with its number of rows.

Equal rows get equal verdicts, so judging the combinations is judging the rows, at a cost that follows the variety of a load and not its
size; and no id, name or address leaves the warehouse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb

from ingestion.gate.rules import Rule
from ingestion.log.records import BROKEN_ID

if TYPE_CHECKING:
    import pandas as pd

#: Longest part of a key that is shown.
_KEY_LENGTH = 60

#: Combinations judged at once.
CHUNK_ROWS = 200_000


@dataclass(frozen=True)
class StagingTable:
    """A staging table `staging.stg_<kind>__<stream>`."""

    kind: str
    stream: str

    @property
    def name(self) -> str:
        return f"staging.stg_{self.kind}__{self.stream}"

    @property
    def profiles(self) -> str:
        """The temporary table of its profiles."""
        return f"profiles_{self.kind}__{self.stream}"


def staging_tables(connection: duckdb.DuckDBPyConnection, kinds: Sequence[str]) -> list[StagingTable]:
    """The staging tables of the warehouse that hold streams of the given kinds."""
    rows = connection.execute(
        "select table_name from information_schema.tables where table_schema = 'staging' and starts_with(table_name, 'stg_') order by 1"
    ).fetchall()
    found = []
    for (name,) in rows:
        kind, separator, stream = name.removeprefix("stg_").partition("__")
        if separator and kind in kinds:
            found.append(StagingTable(kind, stream))
    return found


def new_files(connection: duckdb.DuckDBPyConnection, table: StagingTable) -> list[str]:
    """The load files of the table that the gate has not recorded."""
    query = f"select distinct load_file from {table.name} where load_file not in (select load_file from quality.gated_loads) order by 1"
    return [row[0] for row in connection.execute(query).fetchall()]


def columns_of(connection: duckdb.DuckDBPyConnection, table: StagingTable) -> dict[str, str]:
    """The columns of the staging table with their types."""
    return {row[0]: row[1] for row in connection.execute(f"describe {table.name}").fetchall()}


def build(connection: duckdb.DuckDBPyConnection, table: StagingTable, rules: Sequence[Rule], files: Sequence[str]) -> int:
    """Make the temporary table of these files' combinations; returns how many there are."""
    connection.execute(
        f"create or replace temp table {table.profiles} as select row_number() over () - 1 as profile, * from ("
        f"select source_system, load_file, {_columns(rules)}, count(*) as row_count from {table.name}"
        " where load_file in (select unnest($files)) group by all)",
        {"files": list(files)},
    )
    found = connection.execute(f"select count(*) from {table.profiles}").fetchone()
    return int(found[0]) if found else 0


def frames(connection: duckdb.DuckDBPyConnection, table: StagingTable, count: int) -> Iterator[pd.DataFrame]:
    """The combinations in bounded chunks, indexed by `profile`."""
    for start in range(0, count, CHUNK_ROWS):
        query = f"select * from {table.profiles} where profile >= $start and profile < $stop order by profile"
        yield connection.execute(query, {"start": start, "stop": start + CHUNK_ROWS}).df().set_index("profile")


def record(
    connection: duckdb.DuckDBPyConnection,
    table: StagingTable,
    rules: Sequence[Rule],
    failures: Sequence[tuple[int, str, str, str]],
    status_of: Mapping[str, str],
    judged_at: datetime,
    key: Sequence[str] = (),
) -> None:
    """The rows of failing combinations into quality.quarantine, every judged load file into quality.gated_loads. Within a transaction.

    `failures`: (profile, rule, columns, reason); `status_of`: the status of each source's files; `key`: the columns that name a record.
    """
    connection.execute("create or replace temp table failures (profile bigint, rule varchar, column_names varchar, reason varchar)")
    connection.execute("create or replace temp table statuses (source_system varchar, status varchar)")
    if failures:
        connection.executemany("insert into failures values (?, ?, ?, ?)", list(failures))
    connection.executemany("insert into statuses values (?, ?)", list(status_of.items()))
    facts = {"kind": table.kind, "stream": table.stream, "judged_at": judged_at}
    if failures:
        statement = _QUARANTINE.format(table=table, columns=_columns(rules), same=_same(rules), key=_key(key))
        connection.execute(statement, facts)
    connection.execute(_GATED.format(table=table), facts)


_QUARANTINE = """
insert into quality.quarantine by name
select
    s.source_system, $stream as stream, s.record_id, s.payload_hash, s.load_id, s.load_file, f.rule, f.reason,
    $judged_at::timestamp as judged_at, $kind as kind, s.observed_at, s.record_key, nullif(f.column_names, '') as column_names
from (
    select source_system, record_id, payload_hash, load_id, load_file, observed_at, {key} as record_key, {columns} from {table.name}
    where load_file in (select load_file from {table.profiles} join failures using (profile))
) as s
join {table.profiles} as p on p.load_file = s.load_file and p.source_system = s.source_system and {same}
join failures as f using (profile)
"""

_GATED = """
insert into quality.gated_loads by name
select
    $kind as kind, p.source_system, $stream as stream, p.load_file, sum(p.row_count)::bigint as row_count,
    coalesce(sum(p.row_count) filter (f.profile is not null), 0)::bigint as failed_count,
    max(s.status) as status, $judged_at::timestamp as judged_at
from {table.profiles} as p
left join failures as f using (profile)
join statuses as s on s.source_system = p.source_system
group by p.source_system, p.load_file
order by p.source_system, p.load_file
"""


def _key(columns: Sequence[str]) -> str:
    """The filled columns of a record's key as text: `application_id 7, stage_id s1`. An address that serves as an id is not shown."""
    if not columns:
        return f"case when not regexp_full_match(record_id, '{BROKEN_ID}') then left(record_id, {_KEY_LENGTH}) end"
    parts = [
        f"""'{column} ' || case when contains("{column}"::varchar, '@') then '(an address)' else left("{column}"::varchar, {_KEY_LENGTH}) end"""
        for column in columns
    ]
    return f"nullif(concat_ws(', ', {', '.join(parts)}), '')"


def _columns(rules: Sequence[Rule]) -> str:
    return ", ".join(f'{rule.sql} as "{rule.column}"' for rule in rules)


def _same(rules: Sequence[Rule]) -> str:
    return " and ".join(f'p."{rule.column}" is not distinct from s."{rule.column}"' for rule in rules)
