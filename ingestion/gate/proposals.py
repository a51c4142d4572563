"""What to add to sources.yml so that rows in quarantine become readable: the lines to paste under a table of a source of files or a database.

They come from the rows themselves: columns that none of them has, words that are no code, the format that fits all dates or numbers.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from base.config import Source, TableMapping
from base.source_kinds import shape_of
from ingestion.canonical.streams import SHAPE
from ingestion.canonical.tables import COMMON_COLUMNS, TABLES
from ingestion.gate.profiles import StagingTable
from ingestion.gate.row_values import fit_of
from ingestion.gate.words import is_shown_code

#: Words of one column that are proposed.
_MOST_WORDS = 20
#: How alike a header must be to be proposed for a column.
_OF_NEEDED, _OF_OTHERS = 0.55, 0.7
#: How alike a word must be to be a misspelt code. One that begins otherwise may mean the reverse: inactive is not active, signed not rescinded.
_MISSPELT = 0.8
#: Keys that say how values are written.
FORMATS = frozenset({"date_format", "decimal"})
#: Stands where only the company knows the code.
CODE = "CODE"


def proposal(connection: duckdb.DuckDBPyConnection, lake: Path, source: Source, table: str, files: Sequence[str]) -> dict[str, Any]:
    """Keys of `tables.<table>` with what to add there, given the load `files` (below the lake); empty where nothing can be said."""
    paths = [str(lake / file) for file in files if (lake / file).exists()]
    if shape_of(source.kind) != SHAPE or not paths:
        return {}
    mapping = source.tables.get(table) or TableMapping()
    broken = connection.execute(
        "select distinct rule, column_names from quality.quarantine where source_system = ? and stream = ? and load_file in (select unnest(?))",
        [source.name, table, list(files)],
    ).fetchall()
    found: dict[str, Any] = {}
    if columns := _columns(connection, table, mapping, paths):
        found["columns"] = columns
    unread = sorted({column for rule, names in broken if rule == "parse" for column in (names or "").split(",")})
    found |= _formats(connection, table, unread, paths)
    coded = [column for column, facts in TABLES[table].columns.items() if facts.codes]
    if codes := {column: words for column in coded if (words := _words(connection, source, table, column, files))}:
        found["codes"] = codes
    return found


def _columns(connection: duckdb.DuckDBPyConnection, table: str, mapping: TableMapping, paths: Sequence[str]) -> dict[str, str]:
    """Columns that no row has -> the header that may be meant: those that a table needs, and, where no column is mapped yet, those spelled like a header."""
    present = {
        name
        for (name,) in connection.execute(
            "select distinct unnest(json_keys(payload)) from (select payload from read_parquet(?) limit 100) where json_type(payload) = 'OBJECT'",
            [list(paths)],
        ).fetchall()
    }
    known = (*TABLES[table].columns, *COMMON_COLUMNS)
    spare = sorted(present - set(known))
    absent = [column for column in known if column not in present]
    needed = {*TABLES[table].needed, *mapping.columns}
    found = {}
    for column in sorted(absent, key=lambda column: column not in needed):
        meant = mapping.columns.get(column, column).strip().lower()
        likeness = _OF_NEEDED if column in needed else _OF_OTHERS
        if (column in needed or not mapping.columns) and (near := difflib.get_close_matches(meant, spare, n=1, cutoff=likeness)):
            found[column] = near[0]
            spare.remove(near[0])
    return found


def _formats(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], paths: Sequence[str]) -> dict[str, str]:
    """The stated formats of the columns that did not parse: each fits every row that any format fits; none where two would."""
    types = {name: kind for name, kind, *_ in connection.execute(f"describe {StagingTable(SHAPE, table).name}").fetchall()}
    fits = [fit for column in columns if (fit := fit_of(connection, paths, column, types.get(column, "")))]
    found: dict[str, set[str]] = {}
    for fit in fits:
        options = set(fit.options) if fit.rows == fit.total or fit.can_be_stated else set[str]()
        found[fit.key] = found.get(fit.key, options) & options
    return {key: next(iter(options)) for key, options in sorted(found.items()) if len(options) == 1}


def _words(connection: duckdb.DuckDBPyConnection, source: Source, table: str, column: str, files: Sequence[str]) -> dict[str, str]:
    """Words of a column that are no code -> the code that is spelled like it, else CODE."""
    codes = TABLES[table].columns[column].codes
    rows = connection.execute(
        f'select "{column}", count(*) from {StagingTable(SHAPE, table).name} where source_system = ? and load_file in (select unnest(?))'
        f' and "{column}" is not null and "{column}" not in (select unnest(?)) group by 1 order by 2 desc, 1 limit {_MOST_WORDS}',
        [source.name, list(files), list(codes)],
    ).fetchall()
    return {word: misspelt(word, codes) or CODE for word, _ in rows if is_shown_code(word)}


def misspelt(word: str, codes: Sequence[str]) -> str | None:
    """The code that `word` is a misspelling of. Pasted unread, a code that only looks like it would count people as what they are not."""
    alike = [code for code in codes if code[:1] == word[:1].lower()]
    return next(iter(difflib.get_close_matches(word.lower(), alike, n=1, cutoff=_MISSPELT)), None)
