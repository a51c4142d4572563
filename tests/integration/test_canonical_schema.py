"""The JSON Schema of the canonical tables and the models agree: what the schema accepts arrives, what it refuses is unreadable or for the gate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from ingestion.canonical.streams import STREAMS
from ingestion.canonical.tables import TABLES, Column, Table
from tests.support.canonical_schema import refusals, row_schema
from tests.support.worlds import build_world

pytestmark = [pytest.mark.xdist_group("canonical_port"), pytest.mark.slow]

_TYPES = {
    "text": "VARCHAR",
    "code": "VARCHAR",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "boolean": "BOOLEAN",
    "integer": "INTEGER",
    "double": "DOUBLE",
}
#: Two ways to write a value of each type; text differs by row.
_WRITTEN = {
    "timestamp": ("2026-01-05T10:00:00Z", "2026-01-05 11:30:00.5+01:00", "2026-01-05"),
    "date": ("2026-01-05", "2026-01-06", "2026-01-07"),
    "boolean": (True, "true", "false"),
    "integer": (3, "3", "4"),
    "double": (2.5, "2.5", "2"),
}
_UNREADABLE = "no such value"
_DELETIONS = [
    {"entity_code": code, "entity_id": f"office_id {number}", "deleted_at": "2026-01-05"}
    for number, code in enumerate(["Office", "offices", "job"])
]


def good_rows(table: Table) -> Iterator[dict[str, Any]]:
    """Every column filled, in several spellings, and one row with nothing but what a row needs."""
    if table is TABLES["deletions"]:
        yield from _DELETIONS
    for number in range(3):
        yield {name: _value(name, column, number) for name, column in table.columns.items()}
    yield {name: _value(name, table.columns[name], 3) for name in (*table.key, *table.required)} | dict.fromkeys(table.expected, "")


def bad_rows(name: str, table: Table) -> Iterator[tuple[dict[str, Any], str]]:
    """Rows with one mistake each, and the rule of the gate that finds it."""
    contract = STREAMS[name].contract
    for number, (column, facts) in enumerate(table.columns.items(), start=4):
        row = {other: _value(other, others, number) for other, others in table.columns.items()}
        if facts.type not in ("text", "code"):
            yield row | {column: _UNREADABLE}, "parse"
        if column in table.key:
            yield row | {column: None}, "key"
        if column in table.required:
            assert column in contract.required
            yield row | {column: " "}, f"filled:{column}"
        if facts.strict:
            assert contract.coded[column] == facts.codes
            yield row | {column: _UNREADABLE}, f"known:{column}"


def _value(name: str, column: Column, number: int) -> Any:
    if column.codes:
        return column.codes[number % len(column.codes)]
    return f"{name} {number}" if column.type in ("text", "code") else _WRITTEN[column.type][number % 3]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Good rows of every table, and bad ones, as files."""
    folder = tmp_path_factory.mktemp("every_table")
    (folder / "files").mkdir()
    for name, table in TABLES.items():
        rows = [*good_rows(table), *(row for row, _ in bad_rows(name, table))]
        (folder / "files" / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    connection = build_world(
        folder / "files",
        folder / "home",
        as_of=datetime(2026, 6, 1, tzinfo=UTC),
        select=("+path:models/canonical",),
        exclude=("resource_type:test", "resource_type:unit_test"),
    )
    yield connection
    connection.close()


@pytest.mark.parametrize("name", TABLES)
def test_the_relation_has_the_columns_of_the_specification_with_their_types(world: duckdb.DuckDBPyConnection, name: str) -> None:
    table = TABLES[name]
    expected = {column: _TYPES[facts.type] for column, facts in table.columns.items() if not facts.evidence}
    expected |= {"source_system": "VARCHAR", "observed_at": "TIMESTAMP"}
    relation = dict(
        world.execute(
            "select column_name, data_type from duckdb_columns() where schema_name = 'canonical' and table_name = ?", [name]
        ).fetchall()
    )
    assert {column: type_name for column, type_name in relation.items() if column not in table.derived} == expected
    assert set(table.derived) <= set(relation)


@pytest.mark.parametrize("name", TABLES)
def test_a_row_that_the_schema_accepts_is_read_and_one_that_it_refuses_is_found(world: duckdb.DuckDBPyConnection, name: str) -> None:
    table = TABLES[name]
    accepted, refused = list(good_rows(table)), list(bad_rows(name, table))
    assert refusals(name, accepted) == []
    assert [row for row, _ in refused if row_schema(name).is_valid(row)] == []
    found = world.execute(
        f"select count(*) filter (split_part(record_id, ':', 1) = 'keyless'), count(parse_errors), count(*) from staging.stg_canonical_files__{name}"
    ).fetchone()
    rules = [rule for _, rule in refused]
    assert found == (rules.count("key"), rules.count("parse"), len(accepted) + len(refused))


@pytest.mark.parametrize("name", TABLES)
def test_a_row_of_the_relation_is_one_that_the_schema_accepts(world: duckdb.DuckDBPyConnection, name: str) -> None:
    """Of the rows that are well formed: the gate, which this world does without, takes out the others."""
    table = TABLES[name]
    shown = ", ".join(
        f"strftime({column}, '%Y-%m-%dT%H:%M:%SZ') as {column}" if facts.type == "timestamp" else f"cast({column} as varchar) as {column}"
        for column, facts in table.columns.items()
        if not facts.evidence
    )
    needed = " and ".join(f"{column} is not null" for column in (*table.key, *table.required))
    known = "".join(f" and {column} in {facts.codes}" for column, facts in table.columns.items() if facts.strict)
    rows = world.execute(f"select {shown} from canonical.{name} where {needed}{known}")
    names = [column for column, *_ in rows.description or ()]
    found = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    assert found
    assert refusals(name, found) == []


def test_a_deletion_names_a_row_by_its_entity_or_by_its_table_and_none_of_another_table(world: duckdb.DuckDBPyConnection) -> None:
    offices = {office for (office,) in world.execute("select office_id from canonical.offices").fetchall()}
    assert not offices & {"office_id 0", "office_id 1"}
    assert {"office_id 2", "office_id 3"} <= offices
