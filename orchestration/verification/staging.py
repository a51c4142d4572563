"""The build file against the log: can it be read, and does each staging table hold exactly the rows of the parts that it parsed."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from base.failures import explained
from ingestion.log.damage import committed_parts
from orchestration.verification.finding import Finding, Subject, repaired_by

NAME = "staging"


def check(subject: Subject) -> Iterator[Finding]:
    warehouse = subject.home.warehouse
    if not warehouse.exists():
        return
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            staged = _rows_of_files(connection)
            if subject.is_deep:
                subject.counts["tables read"] = _read_everything(connection)
    except duckdb.Error as error:
        known = explained(error, subject.home)
        yield repaired_by(NAME, known.message if known else f"{warehouse} cannot be read ({type(error).__name__})", "warehouse")
        return
    subject.counts["parts parsed"] = len(staged)
    if subject.ops is None:
        return
    written = {str(part.file): part.written for _, part in committed_parts(subject.ops)}
    for file, rows in sorted(staged.items()):
        if file not in written:
            yield repaired_by(NAME, f"the build file holds {rows:,} rows of lake/{file}, which the ledger does not know", "warehouse")
        elif rows != written[file]:
            yield repaired_by(NAME, f"the build file holds {rows:,} rows of lake/{file} instead of {written[file]:,}", "warehouse")


def _rows_of_files(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    columns = "select table_name from information_schema.columns where table_schema = 'staging' and column_name = 'load_file'"
    found: dict[str, int] = {}
    for (table,) in connection.execute(columns).fetchall():
        for file, rows in connection.execute(f'select load_file, count(*) from staging."{table}" group by all').fetchall():
            found[file] = found.get(file, 0) + rows
    return found


def _read_everything(connection: duckdb.DuckDBPyConnection) -> int:
    """Every block of every table: the engine holds each against its checksum."""
    tables = connection.execute("select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'").fetchall()
    for schema, table in tables:
        connection.execute(f'select sum(hash(t)) from "{schema}"."{table}" as t').fetchall()
    return len(tables)
