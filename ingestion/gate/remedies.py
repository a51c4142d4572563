"""What to do about a record in quarantine, by the rule that it broke: one sentence."""

from __future__ import annotations

from ingestion.canonical.streams import SHAPE
from ingestion.canonical.tables import TABLES

#: Mark of a record that has no key of its own (BROKEN_IDS) -> what to do.
_OF_MARKS = {
    "keyless": "Fill the columns of the key in the row, or remove it",
    "conflict": "Keep one of the rows with this key",
    "malformed": "Give the row as many cells as the header has; of JSON lines, write one object a line",
    "doubled": "Name each column once",
    "oversized": "Shorten the row",
    "nested": "Write the record with fewer levels",
    "untimely": "Correct observed_at, or leave that column out: the row is then known since its load",
    "undated": "Correct observed_at, or leave that column out: the row is then known since its load",
}


def remedy_for(kind: str | None, source: str, table: str, rule: str, columns: str | None, record_id: str = "") -> str:
    """`columns`: what the rule is about, separated by commas."""
    mark = record_id.partition(":")[0]
    name, _, column = rule.partition(":")
    if kind != SHAPE:
        return f"Correct the record in {source}; the next run reads it again."
    place = f"tables.{table} of source '{source}' in sources.yml"
    if name == "parse":
        return f"Correct the value where it comes from{_format_options(table, columns, place)}; then run again."
    if name == "known":
        return f"Say what the word means under codes.{column} in {place}, or correct it where it comes from; then run again."
    if name == "key" and mark in _OF_MARKS:
        return f"{_OF_MARKS[mark]}; then run again."
    return "Correct it where it comes from; then run again."


def _format_options(table: str, columns: str | None, place: str) -> str:
    known = TABLES[table].columns if table in TABLES else {}
    types = {known[column].type for column in (columns or "").split(",") if column in known}
    options = ["date_format"] * bool(types & {"timestamp", "date"}) + ["decimal"] * bool(types & {"integer", "double"})
    return f", or state {' or '.join(options)} under {place}" if options else ""
