"""Reads the build file, read-only: holds it against the contracts, hashes it, and writes one table to where a publisher wants it.

Content hash of a table: an order-independent digest of its rows (columns by name, floats at 12 significant digits), so that neither
the order of rows nor the last bits of a parallel sum count. Two 64-bit row hashes of the engine, one over the columns by name and one
over them in reverse, are summed and xor-ed; measured on 5 M rows of 20 columns: 1.3 CPU s, against 7.5 for md5 over text. The
engine's hash belongs to its version, so hashes compare within one lock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import duckdb

from base.errors import PublishError
from base.threads import thread_count
from exports.publish.table_contracts import ColumnContract, TableContract

FLOATS = ("DOUBLE", "FLOAT")
#: Buffers that are used again cost less than fresh ones (a twentieth of the CPU); a sort that needs more spills to a folder beside the build
#: file. At 1 M applications a fifth of it cost a tenth more CPU, so 5 M need no more.
MEMORY = "1GB"
Done = TypeVar("Done")
#: A float at 12 significant digits, so that parallel sums of equal rows are equal. By arithmetic in the usual range (five times cheaper; most floats
#: are rates and days), by way of text elsewhere; -0.0 becomes 0.0.
ROUNDED = """(
    case when abs({column}) between 1e-6 and 1e9 then round({column}, cast(11 - floor(log10(abs({column}))) as integer))
         when {column} = 0 then 0.0
         else format('{{:.11e}}', {column})::double end
)"""


@dataclass(frozen=True)
class TableDigest:
    row_count: int
    content_hash: str


@dataclass(frozen=True)
class Snapshot:
    """The build file, opened read-only in `connection` under the name `build`: its public tables and the digest of each."""

    connection: duckdb.DuckDBPyConnection
    tables: tuple[TableContract, ...]
    digests: dict[str, TableDigest]

    @property
    def content_hash(self) -> str:
        whole = hashlib.sha256()
        for relation in sorted(self.digests):
            whole.update(f"{relation}={self.digests[relation].content_hash}\n".encode())
        return whole.hexdigest()


@contextmanager
def open_snapshot(warehouse: Path, contracts: tuple[TableContract, ...]) -> Iterator[Snapshot]:
    """Open, verify and hash. Raises PublishError naming each table that is absent or not as its contract says."""
    if not warehouse.exists():
        raise PublishError(f"There is no build file at {warehouse}", remedy="Run `funnelcast run` (or `dbt build`) first.")
    connection = duckdb.connect(config={"threads": 1, "memory_limit": MEMORY, "temp_directory": f"{warehouse}.tmp"})
    try:
        connection.execute("set global TimeZone = 'UTC'")
        try:
            connection.execute(f"attach {literal(str(warehouse))} as build (read_only)")
        except duckdb.IOException as error:
            raise PublishError(f"The build file {warehouse} is held by another process", remedy="Wait for the other run to end.") from error
        tables = verify(connection, contracts)
        digests = side_by_side(connection, tables, _digest)
        yield Snapshot(connection, tables, {table.relation: digest for table, digest in zip(tables, digests, strict=True)})
    finally:
        connection.close()


def side_by_side(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[TableContract], work: Callable[[duckdb.DuckDBPyConnection, TableContract], Done]
) -> list[Done]:
    """`work(cursor, table)` for each table, begun in their order, each in a thread and with a cursor of its own.

    The connection itself has one thread: while another thread does the last piece of a query, the engine's calling thread asks for work
    without rest (duckdb issue 22178), which was a tenth of the CPU of publishing.
    """

    def run(table: TableContract) -> Done:
        with connection.cursor() as cursor:
            return work(cursor, table)

    with ThreadPoolExecutor(thread_count()) as lanes:
        return list(lanes.map(run, tables))


def verify(connection: duckdb.DuckDBPyConnection, contracts: tuple[TableContract, ...]) -> tuple[TableContract, ...]:
    """The contracts with types in the engine's spelling (`text` -> VARCHAR), if every table is there with its columns and types.

    Raises PublishError that names the mismatches at once.
    """
    first_of_type = {column.data_type: column for table in contracts for column in table.columns}
    types = {written: canonical_type(connection, column) for written, column in first_of_type.items()}
    contracts = tuple(replace(table, columns=tuple(replace(c, data_type=types[c.data_type]) for c in table.columns)) for table in contracts)
    rows = connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() where database_name = 'build'"
    ).fetchall()
    actual: dict[str, dict[str, str]] = {}
    for relation, column, data_type in rows:
        actual.setdefault(relation, {})[column] = data_type
    problems = [problem for table in contracts if (problem := _mismatch(table, actual.get(table.relation)))]
    if problems:
        raise PublishError(
            "The build breaks its contracts: " + "; ".join(problems[:5]),
            remedy="Build the whole project (`funnelcast run`), or correct the contract in the model's YAML.",
        )
    return contracts


def _mismatch(table: TableContract, actual: dict[str, str] | None) -> str | None:
    if actual is None:
        return f"{table.relation} is not built"
    for column in table.columns:
        if column.name not in actual:
            return f"{table.relation} has no column {column.name}"
        if actual[column.name] != column.data_type:
            return f"{table.relation}.{column.name} is {actual[column.name]}, the contract says {column.data_type}"
    return None


def canonical_type(connection: duckdb.DuckDBPyConnection, column: ColumnContract) -> str:
    """The engine's own spelling of a contract's type (`text` -> VARCHAR)."""
    try:
        row = connection.execute(f"select typeof(cast(null as {column.data_type}))").fetchone()
    except duckdb.Error as error:
        raise PublishError(
            f"'{column.data_type}' of column {column.name} is not a type", remedy="Correct data_type in the YAML."
        ) from error
    return str(row[0]) if row else ""


def _digest(connection: duckdb.DuckDBPyConnection, table: TableContract) -> TableDigest:
    by_name = [rounded(column) for column in sorted(table.columns, key=lambda c: c.name)]
    forward, backward = ", ".join(by_name), ", ".join(reversed(by_name))
    row = connection.execute(
        f"""
        select count(*), coalesce(sum(one), 0), coalesce(sum(other), 0), coalesce(bit_xor(one), 0), coalesce(bit_xor(other), 0)
        from (select hash({forward}) as one, hash('other', {backward}) as other from build.{table.relation})
        """
    ).fetchone()
    assert row is not None
    shape = ",".join(f"{column.name} {column.data_type}" for column in sorted(table.columns, key=lambda c: c.name))
    text = "|".join([shape, *(str(value) for value in row)])
    return TableDigest(row_count=int(row[0]), content_hash=hashlib.sha256(text.encode()).hexdigest())


def rounded(column: ColumnContract) -> str:
    """SQL for the column's published value."""
    name = quoted(column.name)
    return ROUNDED.format(column=name) if column.data_type in FLOATS else name


def published_rows(table: TableContract, *, coded: dict[str, str] | None = None) -> str:
    """SQL for the table's published rows: columns in contract order, floats rounded, rows by key. `coded`: column -> enum type."""
    coded = coded or {}
    columns = ", ".join(
        f"{rounded(column)}{'::' + coded[column.name] if column.name in coded else ''} as {quoted(column.name)}" for column in table.columns
    )
    order = ", ".join(quoted(name) for name in table.primary_key)
    return f"select {columns} from build.{table.relation} order by {order}"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
