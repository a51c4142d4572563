"""How tables of a quarter of a million rows and more are stored in the published DuckDB file.

Sorting and storing wide text is what publishing costs. Columns with few distinct values (codes, keys of jobs and users) are therefore kept
as enums in the schema `stored`, and the public name is a view that gives them back as the contract's VARCHAR. Measured on 5 M rows of
20 columns, table and Parquet in key order: 9 CPU s instead of 28, and half the file. What text is left is keys of hex digits, each nearly
unique: it is stored as it is (3.5 M rows of three keys: 1.6 CPU s, against 4.0 with DuckDB's search for a compression). Smaller tables
are stored as any other.
"""

from __future__ import annotations

import duckdb

from exports.publish.contracts import TableContract
from exports.publish.warehouse import published_rows, quoted

LARGE_ROW_COUNT = 250_000
#: An enum of more values than this costs more to build than it saves.
FEW_VALUES = 20_000
#: A column with more than FEW_VALUES among its first rows need not be counted further.
FIRST_ROWS = 50_000
STORED_SCHEMA = "stored"


def store_compact(connection: duckdb.DuckDBPyConnection, table: TableContract) -> str:
    """Store the table compactly with a view of its public name; returns the stored relation (for the Parquet copy)."""
    coded = _enums(connection, table)
    stored = f"{STORED_SCHEMA}.{quoted(table.relation)}"
    connection.execute(f"create schema if not exists published.{STORED_SCHEMA}")
    connection.execute("set disabled_compression_methods = 'dictionary,fsst'")
    connection.execute(f"create table published.{stored} as {published_rows(table, coded=coded)}")
    connection.execute("reset disabled_compression_methods")
    columns = ", ".join(f"{quoted(c.name)}::varchar as {quoted(c.name)}" if c.name in coded else quoted(c.name) for c in table.columns)
    # Inside the file the view must not name the catalog: it is called otherwise in each reader.
    connection.execute("use published")
    connection.execute(f"create view {table.relation} as select {columns} from {stored}")
    connection.execute("use memory")
    return f"published.{stored}"


def _enums(connection: duckdb.DuckDBPyConnection, table: TableContract) -> dict[str, str]:
    """Column -> name of a temporary enum type, for text columns of few values."""
    texts = [column.name for column in table.columns if column.data_type == "VARCHAR"]
    coded = {}
    for name in _with_few_values(connection, table, _with_few_values(connection, table, texts, limit=f"limit {FIRST_ROWS}")):
        enum = quoted(f"{table.relation}.{name}")
        connection.execute(
            f"create type {enum} as enum (select distinct {quoted(name)} from build.{table.relation} where {quoted(name)} is not null order by 1)"
        )
        coded[name] = enum
    return coded


def _with_few_values(connection: duckdb.DuckDBPyConnection, table: TableContract, names: list[str], *, limit: str = "") -> list[str]:
    """Of the columns, those with at most FEW_VALUES distinct values; over the whole table, a column of nulls is none of them."""
    if not names:
        return []
    counts = connection.execute(
        f"select {', '.join(f'approx_count_distinct({quoted(name)})' for name in names)} from (from build.{table.relation} {limit})"
    ).fetchone()
    assert counts is not None
    return [name for name, count in zip(names, counts, strict=True) if count <= FEW_VALUES and (limit or count > 0)]
