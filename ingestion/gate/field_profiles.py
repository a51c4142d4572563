"""What the records of a load look like, field by field: how many have the field, how many a value in it, of which types, and which codes.

Fields are those of the payload as it came, objects one level deep (`archived.reason`); they are counted in a sample of the load (its first,
middle and last file), so that the cost does not follow its size. Codes are counted in all of its rows, in the staging columns.
No value of a record is kept, except codes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow.parquet as pq

from ingestion.gate.profiles import StagingTable
from ingestion.sources.registry import stream_of

TABLE = """
create table if not exists quality.field_profiles (
    profile_number bigint, kind varchar, source_system varchar, stream varchar, load_id varchar, field varchar,
    sampled_count bigint, present_count bigint, filled_count bigint, types varchar, codes varchar, profiled_at timestamp
)
"""

#: Records looked at per file, files per load, fields per record type: more are not followed.
SAMPLE_ROWS, SAMPLE_FILES, MOST_FIELDS = 700, 3, 300
#: A column with more different codes than this holds no codes.
MOST_CODES = 60
#: Loads of a stream that are remembered.
LOADS_KEPT = 60

_CODE_COLUMN = re.compile(r"(^|_)(code|status|type|subtype|medium|state)$")


@dataclass
class FieldProfile:
    """One field over one load or several."""

    present: int = 0
    filled: int = 0
    types: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)

    def add(self, other: FieldProfile) -> None:
        self.present += other.present
        self.filled += other.filled
        self.types.update(other.types)
        self.codes.update(other.codes)


@dataclass
class LoadProfile:
    """One load, or several as one: its sampled records and its fields by name."""

    rows: int = 0
    fields: dict[str, FieldProfile] = field(default_factory=dict)

    def add(self, other: LoadProfile) -> None:
        self.rows += other.rows
        for name, profile in other.fields.items():
            self.fields.setdefault(name, FieldProfile()).add(profile)


def profile_files(
    connection: duckdb.DuckDBPyConnection, lake: Path, table: StagingTable, files: Sequence[str]
) -> dict[tuple[str, str], LoadProfile]:
    """(source, load id) -> what the records of these new load files look like. A file that is not in the lake is passed over."""
    loads: dict[tuple[str, str], list[Path]] = {}
    for name in sorted(files):
        path = lake / name
        if path.exists():
            loads.setdefault((name.partition("/")[0], path.stem.partition("-")[0]), []).append(path)
    found = {}
    for load, paths in loads.items():
        chosen = sorted({0, len(paths) // 2, len(paths) - 1})[:SAMPLE_FILES]
        found[load] = _sampled(payload for position in chosen for payload in _payloads(paths[position]))
    for load, column, codes in _codes(connection, table, files):
        if load in found:
            found[load].fields.setdefault(column, FieldProfile()).codes.update(codes)
    return found


def record(
    connection: duckdb.DuckDBPyConnection, table: StagingTable, loads: Mapping[tuple[str, str], LoadProfile], profiled_at: datetime
) -> None:
    """Write the profiles of these loads, once each, and forget those of loads long past. The caller's transaction."""
    for (source, load_id), load in loads.items():
        stream_key = [table.kind, source, table.stream]
        connection.execute(
            "delete from quality.field_profiles where kind = ? and source_system = ? and stream = ? and load_id = ?", [*stream_key, load_id]
        )
        newest = connection.execute("select coalesce(max(profile_number), 0) from quality.field_profiles").fetchone()
        number = (newest[0] if newest else 0) + 1
        rows = [
            (
                number,
                *stream_key,
                load_id,
                name,
                load.rows,
                one.present,
                one.filled,
                json.dumps(one.types),
                json.dumps(one.codes),
                profiled_at,
            )
            for name, one in sorted(load.fields.items())
        ]
        if rows:
            connection.executemany("insert into quality.field_profiles values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.execute(
            "delete from quality.field_profiles where kind = ? and source_system = ? and stream = ? and profile_number not in ("
            "select distinct profile_number from quality.field_profiles where kind = ? and source_system = ? and stream = ?"
            " order by profile_number desc limit ?)",
            [*stream_key, *stream_key, LOADS_KEPT],
        )


def known_loads(connection: duckdb.DuckDBPyConnection, kind: str, source: str, stream: str) -> dict[int, LoadProfile]:
    """The remembered loads of one stream by their number, newest first."""
    rows = connection.execute(
        "select profile_number, field, sampled_count, present_count, filled_count, types, codes from quality.field_profiles"
        " where kind = ? and source_system = ? and stream = ? order by profile_number desc",
        [kind, source, stream],
    ).fetchall()
    loads: dict[int, LoadProfile] = {}
    for number, name, sampled, present, filled, types, codes in rows:
        load = loads.setdefault(number, LoadProfile(sampled))
        load.fields[name] = FieldProfile(present, filled, Counter(json.loads(types)), Counter(json.loads(codes)))
    return loads


def _payloads(path: Path) -> list[bytes]:
    reader = pq.ParquetFile(path)
    batch = next(reader.iter_batches(batch_size=SAMPLE_ROWS, columns=["payload"]), None)
    return [] if batch is None else batch.column(0).cast("binary").to_pylist()


def _sampled(payloads: Iterable[bytes]) -> LoadProfile:
    load = LoadProfile()
    for payload in payloads:
        try:
            record = orjson.loads(payload)
        except orjson.JSONDecodeError:
            continue
        if not isinstance(record, dict):
            continue
        load.rows += 1
        for name, value in record.items():
            _count(load, name, value)
            if isinstance(value, dict):
                for inner, below in value.items():
                    _count(load, f"{name}.{inner}", below)
    return load


def _count(load: LoadProfile, name: str, value: Any) -> None:
    profile = load.fields.get(name)
    if profile is None:
        if len(load.fields) >= MOST_FIELDS:
            return
        profile = load.fields[name] = FieldProfile()
    profile.present += 1
    if value is not None and value != "":
        profile.filled += 1
        profile.types[_TYPES.get(type(value), "text")] += 1


_TYPES = {str: "text", int: "number", float: "number", bool: "boolean", dict: "object", list: "list"}


def _codes(
    connection: duckdb.DuckDBPyConnection, table: StagingTable, files: Sequence[str]
) -> list[tuple[tuple[str, str], str, dict[str, int]]]:
    """(load, column, code -> rows) of the new rows, for the staging columns that hold codes."""
    contract = stream_of(table.kind, table.stream).contract
    described = connection.execute(f"describe {table.name}").fetchall()
    columns = [
        name
        for name, kind, *_ in described
        if kind == "VARCHAR" and (name in contract.known or name in contract.coded or _CODE_COLUMN.search(name))
    ]
    found = []
    for column in columns:
        rows = connection.execute(
            f'select source_system, load_id, left("{column}", 60), count(*) from {table.name}'
            f' where load_file in (select unnest($files)) and "{column}" is not null group by all',
            {"files": list(files)},
        ).fetchall()
        by_load: dict[tuple[str, str], dict[str, int]] = {}
        for source, load_id, code, count in rows:
            by_load.setdefault((source, load_id), {})[code] = count
        found += [(load, column, codes) for load, codes in by_load.items() if len(codes) <= MOST_CODES]
    return found
