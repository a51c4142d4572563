"""What files and databases in canonical shape share: a company's own names for tables, columns and codes, and the rows they give."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from base.config import Mistake, Source, TableMapping
from base.names import folded
from base.registry import did_you_mean, near
from ingestion.canonical.tables import COMMON_COLUMNS, TABLES, Table
from ingestion.log.records import Parsed, Row, Unusable, broken_id, encode, own_id, unusable_row

_AS_NAMED = TableMapping()


class Names:
    """One table's mapping at work: records under the company's names -> records under the canonical ones."""

    def __init__(self, table: str, mapping: TableMapping | None = None) -> None:
        self.table, self.mapping = table, mapping or _AS_NAMED
        self.columns = {canonical: theirs.strip().lower() for canonical, theirs in self.mapping.columns.items()}
        self._moved = set(self.columns.values()) - set(self.columns)
        self._codes = {column: {folded(word): code for word, code in words.items()} for column, words in self.mapping.codes.items()}
        self._is_plain = not self.columns and not self._codes

    @property
    def digest(self) -> str:
        """Empty for a table under its own names; changes with the mapping, so that a file read under another one is read again."""
        if self._is_plain:
            return ""
        return hashlib.sha256(self.mapping.model_dump_json(include={"columns", "codes"}).encode()).hexdigest()

    def record(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record with canonical columns; its other columns stay as they are (kept unread). Keys are in lower case."""
        if self._is_plain:
            return record
        found = {canonical: record[theirs] for canonical, theirs in self.columns.items() if theirs in record}
        for column, value in record.items():
            if column not in found and column not in self._moved:
                found[column] = value
        for column, codes in self._codes.items():
            value = found.get(column)
            if value is not None:
                found[column] = codes.get(folded(str(value)), value)
        return found

    def header(self, header: Sequence[str]) -> list[str]:
        """The canonical names of a header's columns, the others as they are."""
        lowered = [column.strip().lower() for column in header]
        mapped = [canonical for canonical, theirs in self.columns.items() if theirs in lowered]
        return mapped + [column for column in lowered if column not in self._moved and column not in mapped]

    def warnings(self, place: str, header: Sequence[str]) -> list[str]:
        """What is unexpected or missing in a header. An empty header means an empty file: nothing to say."""
        if not header:
            return []
        table, lowered = TABLES[self.table], [column.strip().lower() for column in header]
        known = (*table.columns, *COMMON_COLUMNS)
        columns = self.header(header)
        found = [
            f"{place}: column '{self.mapping.columns[canonical]}', mapped to {canonical}, does not exist{near(theirs, lowered)}"
            for canonical, theirs in self.columns.items()
            if theirs not in lowered
        ]
        if not self.columns:
            found += [
                f"{place}: column '{column}' is not canonical; it is kept in the log and not used{near(column, known)}"
                for column in columns
                if column not in known
            ]
        found += [f"{place}: column '{column}' is missing" for column in table.needed if column not in (*columns, *self.columns)]
        found += [f"{place}: column '{column}' appears twice" for column in sorted({c for c in lowered if lowered.count(c) > 1})]
        return found


#: Keys of a table's mapping that say where it lies, of files and of databases.
_FILE_KEYS, _DATABASE_KEYS = ("file",), ("table", "query", "updated_column")


def check_tables(source: Source, *, of_files: bool) -> None:
    """Raises Mistake for a table, a column or a key of `tables` that a source of files (or a database) does not have."""
    for name, mapping in source.tables.items():
        if name not in TABLES:
            raise Mistake(f"there is no canonical table '{name}'", "tables", name, remedy=did_you_mean(name, sorted(TABLES)))
        for key in _DATABASE_KEYS if of_files else _FILE_KEYS:
            if key in mapping.model_fields_set:
                other = "a folder of files" if of_files else "a database"
                raise Mistake(f"has no meaning for {other}", "tables", name, key, remedy="Remove it.")
        known = (*TABLES[name].columns, *COMMON_COLUMNS)
        for key, columns in (("columns", mapping.columns), ("codes", mapping.codes)):
            for column in columns:
                if column not in known:
                    remedy = did_you_mean(column, sorted(known))
                    raise Mistake(f"{name} has no column '{column}'", "tables", name, key, column, remedy=remedy)


def names_of(source: Source, *, of_files: bool) -> dict[str, Names]:
    """Every canonical table with its mapping. Raises ConfigError on a table or column that is not canonical."""
    try:
        check_tables(source, of_files=of_files)
    except Mistake as mistake:
        raise source.error(mistake) from None
    return {table: Names(table, source.tables.get(table)) for table in TABLES}


def row_of(table: Table, record: Parsed) -> Row:
    """The record under its table's key; without a usable one, under a mark that the gate quarantines (records.BROKEN_IDS)."""
    if isinstance(record, Unusable):
        return unusable_row(record)
    own = record.pop("observed_at", None)
    observed_at = _instant(own)
    if own is not None and observed_at is None:
        record["observed_at"] = own
        payload = encode(record)
        return Row(broken_id("malformed", payload), payload)
    payload = encode(record)
    parts = [_key_text(record.get(column)) for column in table.key]
    if not all(parts):
        return Row(broken_id("keyless", payload), payload, observed_at)
    parts += [_key_text(record.get(column)) for column in table.nullable_key]
    return Row(own_id("|".join(part.replace("|", "\\|") for part in parts)), payload, observed_at)


def _key_text(value: Any) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else encode({"": value})[4:-1].decode().strip('"')


def _instant(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
