"""The oracle's cells (definitions_*.py) beside the rows of built tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import duckdb

from tests.support import definitions_activity, definitions_benchmarks, definitions_marts, definitions_outreach, definitions_requisitions
from tests.support.definitions_oracle import Cells, surrogate_key
from tests.support.marts import rows_of

_PARTS = (definitions_marts, definitions_outreach, definitions_activity, definitions_requisitions, definitions_benchmarks)
#: Mart -> the oracle's function of it; the columns that name its rows (`member` stands for slice_key); key column -> the word in its key.
MARTS = {mart: function for part in _PARTS for mart, function in part.MARTS.items()}
KEYS = {mart: columns for part in _PARTS for mart, columns in part.KEYS.items()}
_ENTITIES: Mapping[str, str] = {column: entity for part in _PARTS for column, entity in part.ENTITIES.items()}
#: Slice type -> the word in its key.
_SLICES = {
    **dict.fromkeys(("department", "department_tree"), "department"),
    **dict.fromkeys(("recruiter", "hiring_manager"), "user"),
    **{name: name for name in ("office", "job", "source")},
}


def as_named(mart: str, cells: Cells) -> Cells:
    """The oracle's cells under the names that the table gives its rows."""
    found = {}
    for cells_key, values in cells.items():
        named = dict(zip(KEYS[mart], cells_key, strict=True))
        for name, entity in {**_ENTITIES, "member": _SLICES.get(named.get("slice_type", ""))}.items():
            if entity and named.get(name) not in (None, "all", "none", "unknown"):
                named[name] = surrogate_key(entity, named[name])
        found[tuple(_plain(value) for value in named.values())] = values
    return found


def of_table(connection: duckdb.DuckDBPyConnection, mart: str) -> Cells:
    """The table's rows by the same names; of hires wanted 1 and 7 stand for the twenty."""
    found: Cells = {}
    for row in rows_of(connection, f"select * from marts.{mart}"):
        if row.get("hires_wanted", 1) in (1, 7):
            found[tuple(_plain(row["slice_key" if name == "member" else name]) for name in KEYS[mart])] = row
    return found


def _plain(value: Any) -> Any:
    """Months as the definitions name them."""
    return value.strftime("%Y-%m") if isinstance(value, date) and not isinstance(value, datetime) and value.day == 1 else value


def differences(expected: Cells, found: Cells, leave_out: Sequence[str] = ()) -> list[str]:
    missing = [f"{row}: not in the table" for row in sorted(set(expected) - set(found), key=str)]
    extra = [f"{row}: not by the definitions" for row in sorted(set(found) - set(expected), key=str)]
    cells = [
        f"{row} {column}: {value} by the definitions, {found[row][column]} in the table"
        for row in expected
        if row in found
        for column, value in expected[row].items()
        if column not in leave_out and not _is_same(value, found[row][column])
    ]
    return [*missing, *extra, *cells]


def _is_same(expected: Any, found: Any) -> bool:
    if isinstance(expected, float) and found is not None:
        return math.isclose(expected, found, rel_tol=1e-9, abs_tol=1e-9)
    return bool(expected == found)
