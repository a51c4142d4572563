"""Rows of a sheet that say the same of a thing but for one time (`earliest` in vars.canonical_tables): the earliest holds for all of them.

A person's first application is when the person came. The file is read twice; what is remembered in between lies in a database of bounded memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.canonical.tables import Table
from ingestion.log.records import Numbered

#: (table, record) -> its key as text.
KeyOf = Callable[[Table, dict[str, Any]], str]
#: A value -> a text that sorts by time; None for one that is no time, which stays as it is.
MomentOf = Callable[[object], str | None]

_CHUNK_ROWS = 2000


def with_earliest(table: Table, read: Callable[[], Iterator[Numbered]], key_of: KeyOf, moment_of: MomentOf) -> Iterator[Numbered]:
    """The records of `read()`, each of the table's earliest times (or its absence) replaced by the earliest that any record of the same key has."""
    found = {column: _several(table, column, read(), key_of, moment_of) for column in table.earliest}

    def replaced() -> Iterator[Numbered]:
        for line, record in read():
            if isinstance(record, dict):
                for column, earliest in found.items():
                    key = _digest(key_of(table, record)) if earliest else None
                    if key in earliest and _is_time_or_none(record.get(column), moment_of):
                        record[column] = earliest[key]
            yield Numbered(line, record)

    return replaced()


def _several(table: Table, column: str, rows: Iterator[Numbered], key_of: KeyOf, moment_of: MomentOf) -> dict[int, str]:
    """Key -> its earliest value as written, of keys whose rows differ."""
    with duckdb.connect(config={"threads": 1, "memory_limit": "256MB"}) as connection:
        connection.execute("create table moments (k ubigint, moment varchar, written varchar)")
        while chunk := list(islice(rows, _CHUNK_ROWS)):
            listed = [
                (_digest(key_of(table, one.record)), moment_of(value), None if value is None else str(value))
                for one in chunk
                if isinstance(one.record, dict) and _is_time_or_none(value := one.record.get(column), moment_of)
            ]
            if listed:
                keys, moments, written = zip(*listed, strict=True)
                incoming = pa.table(
                    {"k": pa.array(keys, pa.uint64()), "moment": pa.array(moments, pa.string()), "written": pa.array(written, pa.string())}
                )
                connection.register("incoming", incoming)
                connection.execute("insert into moments from incoming")
                connection.unregister("incoming")
        query = "select k, arg_min(written, (moment, written)) filter (written is not null) from moments group by k"
        differ = "count(distinct written) > 1 or count(written) between 1 and count(*) - 1"
        return dict(connection.execute(f"{query} having {differ}").fetchall())


def _is_time_or_none(value: object, moment_of: MomentOf) -> bool:
    return value is None or moment_of(value) is not None


def _digest(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest())
