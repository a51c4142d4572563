"""Broken exports: what people send, made from a small healthy world by the breaks that exports show in practice.

A `Break` changes the tables as texts; `exports` is the hypothesis strategy of a few of them, one after the other, and of how the files are
then written. What holds of every one of them is `broken_invariants`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import duckdb
from hypothesis import strategies as st

from ingestion.canonical.tables import TABLES
from tests.support.worlds import WORLDS

Row = dict[str, str]
Tables = dict[str, list[Row]]

#: The world that is broken: of the worlds of tests, the one whose company fills most tables.
HEALTHY = WORLDS / "core_rules"
NEEDED = "applications"


@dataclass
class Export:
    """Files as they are sent. `dropped`: tables that are not sent at all; `steps`: what was done, for whoever reads a failure."""

    tables: Tables
    encodings: dict[str, str] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    steps: list[str] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        for table, rows in self.tables.items():
            text = io.StringIO()
            columns = list(dict.fromkeys(column for row in rows for column in row))
            writer = csv.DictWriter(text, columns, lineterminator="\r\n")
            writer.writeheader()
            writer.writerows(rows)
            (folder / f"{table}.csv").write_bytes(text.getvalue().encode(self.encodings.get(table, "utf-8"), errors="replace"))

    def __repr__(self) -> str:
        return f"Export({'; '.join(self.steps)})"


def healthy() -> Export:
    tables = {}
    for path in sorted(HEALTHY.glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return Export(tables)


#: What a break does to the export. It draws by `random`, so that a case is repeated by its seed.
Break = Callable[[Export, Random], str | None]


def _rows(export: Export, random: Random) -> tuple[str, list[Row]]:
    table = random.choice(sorted(table for table, rows in export.tables.items() if rows))
    return table, export.tables[table]


def _column(table: str, rows: list[Row], random: Random, types: tuple[str, ...] = ()) -> str | None:
    known = TABLES[table].columns
    named = [column for column in rows[0] if not types or (column in known and known[column].type in types)]
    return random.choice(sorted(named)) if named else None


def _ids(table: str, rows: list[Row]) -> list[str]:
    known = TABLES[table].columns
    return sorted(column for column in rows[0] if column in known and (known[column].references or known[column].entity))


def _change(rows: list[Row], column: str, random: Random, change: Callable[[str], str], share: float = 1.0) -> None:
    for row in rows:
        if row.get(column) and random.random() < share:
            row[column] = change(row[column])


def drop_table(export: Export, random: Random) -> str | None:
    table = random.choice(sorted(set(export.tables) - {NEEDED}) or [""])
    if not table:
        return None
    del export.tables[table]
    export.dropped.add(table)
    return f"{table} is not sent"


def empty_table(export: Export, random: Random) -> str | None:
    table, rows = _rows(export, random)
    if table == NEEDED:
        return None
    export.tables[table] = []
    del export.tables[table]
    export.dropped.add(table)
    return f"{table} has no row and no header ({len(rows)} before)"


def drop_column(export: Export, random: Random) -> str | None:
    table, rows = _rows(export, random)
    column = _column(table, rows, random)
    if column is None or len(rows[0]) < 2:
        return None
    for row in rows:
        row.pop(column, None)
    return f"{table}.{column} is not sent"


def drop_rows(export: Export, random: Random) -> str:
    table, rows = _rows(export, random)
    export.tables[table] = [row for row in rows if random.random() < 0.6] or rows[:1]
    return f"{table} lacks {len(rows) - len(export.tables[table])} rows"


def duplicate_rows(export: Export, random: Random) -> str:
    table, rows = _rows(export, random)
    export.tables[table] = [*rows, *(dict(row) for row in rows if random.random() < 0.5)]
    return f"{table} repeats {len(export.tables[table]) - len(rows)} rows"


def number_ids(export: Export, random: Random) -> str:
    """Every id becomes a number, consistently, and one column of them a float, as in a sheet with an empty cell."""
    numbers: dict[str, str] = {}
    for table, rows in sorted(export.tables.items()):
        for row in rows:
            for column in _ids(table, rows) if rows else []:
                if row.get(column):
                    row[column] = numbers.setdefault(row[column], str(101 + len(numbers)))
    table, rows = _rows(export, random)
    column = random.choice(_ids(table, rows) or [""])
    if column:
        _change(rows, column, random, lambda value: f"{value}.0")
    return f"ids are numbers, {table}.{column} floats"


def text_in_numbers(export: Export, random: Random) -> str | None:
    table, rows = _rows(export, random)
    column = _column(table, rows, random, ("integer", "double", "date", "timestamp", "boolean"))
    if column is None:
        return None
    _change(rows, column, random, lambda _: random.choice(["soon", "n.a.", "1,5", "-7", "03/01/2026", "yes?"]), 0.3)
    return f"{table}.{column} holds words"


def orphan_ids(export: Export, random: Random) -> str | None:
    table, rows = _rows(export, random)
    columns = [column for column in _ids(table, rows) if TABLES[table].columns[column].references]
    if not columns:
        return None
    column = random.choice(columns)
    _change(rows, column, random, lambda value: f"{value}-gone", 0.5)
    return f"{table}.{column} names rows that are not there"


def reorder(export: Export, random: Random) -> str:
    table, rows = _rows(export, random)
    order = sorted(rows[0])
    random.shuffle(order)
    random.shuffle(rows)
    export.tables[table] = [{column: row.get(column, "") for column in order} for row in rows]
    return f"{table} in another order"


def dates_only(export: Export, random: Random) -> str | None:
    table, rows = _rows(export, random)
    column = _column(table, rows, random, ("timestamp",))
    if column is None:
        return None
    _change(rows, column, random, lambda value: value[:10])
    return f"{table}.{column} are dates"


def ends_before_begins(export: Export, random: Random) -> str | None:
    table, rows = _rows(export, random)
    column = _column(table, rows, random, ("timestamp", "date"))
    if column is None:
        return None
    _change(rows, column, random, lambda _: random.choice(["2019-01-01T00:00:00Z", "2031-01-01T00:00:00Z", "0001-01-01", "infinity"]), 0.3)
    return f"{table}.{column} is out of order"


def words_for_nothing(export: Export, random: Random) -> str | None:
    table, rows = _rows(export, random)
    column = _column(table, rows, random)
    if column is None:
        return None
    word = random.choice(["NULL", "nan", "N/A", "\\N", "None", "-", " "])
    for row in rows:
        if random.random() < 0.5:
            row[column] = word
    return f"{table}.{column} says {word!r} for nothing"


def odd_case_and_blanks(export: Export, random: Random) -> str | None:
    table, rows = _rows(export, random)
    column = random.choice(_ids(table, rows) or [""])
    if not column:
        return None
    change = random.choice([str.upper, str.title, lambda value: f" {value} ", lambda value: f"{value}\u00a0", lambda value: f"00{value}"])
    _change(rows, column, random, change, 0.5)
    return f"{table}.{column} in another spelling"


def encode(export: Export, random: Random) -> str:
    table, rows = _rows(export, random)
    export.encodings[table] = random.choice(["cp1252", "utf-16", "utf-8-sig", "latin-1"])
    rows[0][sorted(rows[0])[-1]] += "é"
    return f"{table} in {export.encodings[table]}"


BREAKS: tuple[Break, ...] = (
    *(drop_table, empty_table, drop_column, drop_rows, duplicate_rows, number_ids, text_in_numbers, orphan_ids, reorder),
    *(dates_only, ends_before_begins, words_for_nothing, odd_case_and_blanks, encode),
)


@st.composite
def exports(draw: st.DrawFn) -> Export:
    """A healthy world with two to six breaks."""
    export = healthy()
    for kind in draw(st.lists(st.sampled_from(BREAKS), min_size=2, max_size=6)):
        step = kind(export, Random(draw(st.integers(0, 2**16))))
        if step:
            export.steps.append(step)
    return export


def several_breaks() -> Export:
    """One export with most of what is seen in practice, always the same: two tables missing, ids as numbers and floats, rows twice and lost ones."""
    export, random = healthy(), Random(13)
    for table in ("users", "offers"):
        del export.tables[table]
        export.dropped.add(table)
        export.steps.append(f"{table} is not sent")
    for kind in (number_ids, *(duplicate_rows, orphan_ids, odd_case_and_blanks, dates_only, words_for_nothing, reorder) * 2):
        step = kind(export, random)
        if step:
            export.steps.append(step)
    return export


def broken_invariants(warehouse: duckdb.DuckDBPyConnection, export: Export) -> list[str]:
    """What does not hold of the built warehouse, in sentences: nothing lost, nothing invented, no phantom, no table loaded that was not sent."""

    def number(sql: str) -> int:
        row = warehouse.execute(sql).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    wrong = []
    for table in export.tables:
        staged = number(f"select count(*) from staging.stg_canonical_files__{table}") if _has(warehouse, table) else 0
        counts = f"from quality.load_counts where stream = '{table}'"
        fetched, written, duplicates = (number(f"select sum({name}_count) {counts}") for name in ("fetched", "written", "duplicate"))
        quarantined = number(f"select count(*) from quality.quarantine where stream = '{table}'")
        if fetched != written + duplicates or written != staged or quarantined > staged:
            wrong.append(
                f"{table}: {fetched} received, {written} written, {duplicates} duplicates, {staged} parsed, {quarantined} in quarantine"
            )
        if fetched < len(export.tables[table]) and table not in export.encodings:
            wrong.append(f"{table}: {len(export.tables[table])} rows sent, {fetched} received")
    applications = number("select count(*) from canonical.applications")
    in_funnel = number("select count(*) from core.fct_application_stages where stage_code = 'applied'")
    prospects = number("select count(*) from core.fct_applications where is_prospect")
    if applications != in_funnel + prospects:
        wrong.append(f"{applications} applications, {in_funnel} in the funnel, {prospects} prospects")
    wrong += [f"{row[0]}: {row[1]} rows are nowhere in core" for row in warehouse.execute(_UNEXPLAINED).fetchall()]
    wrong += [f"a slice of {row[0]} is named by the key {row[1]}" for row in warehouse.execute(_NAMED_BY_A_HASH).fetchall()]
    loaded = {row[0] for row in warehouse.execute("select distinct table_name from marts.data_coverage where is_loaded").fetchall()}
    wrong += [f"{table} was not sent and counts as loaded" for table in sorted(loaded & export.dropped)]
    return wrong


def _has(warehouse: duckdb.DuckDBPyConnection, table: str) -> bool:
    name = f"stg_canonical_files__{table}"
    return bool(warehouse.execute("from duckdb_tables() where schema_name = 'staging' and table_name = ?", [name]).fetchall())


_UNEXPLAINED = "select table_name, unexplained_count from marts.row_conservation where unexplained_count <> 0"
_KEYS: Mapping[str, Any] = {
    "core.fct_applications": ("job_key", "recruiter_key", "hiring_manager_key", "source_key", "office_key", "department_key"),
    "core.dim_jobs": ("job_key", "department_key", "office_key", "recruiter_key", "hiring_manager_key"),
}
_NAMED_BY_A_HASH = (
    "select slice_type, slice_name from marts_work.int_marts__slices where slice_name in ("
    + " union ".join(f"select {column} from {table}" for table, columns in _KEYS.items() for column in columns)
    + ")"
)
