"""What files and databases in canonical shape share: a company's own names for tables, columns and codes, and the rows they give."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from base.config import Mistake, Source, TableMapping
from base.config.sources import null_texts
from base.names import folded
from base.registry import did_you_mean, near
from ingestion.canonical.tables import COMMON_COLUMNS, TABLES, Table
from ingestion.canonical.values import Values
from ingestion.log.records import Parsed, Row, Unusable, broken_id, encode, own_id, unusable_row

_AS_NAMED = TableMapping()
#: Raised when a file gives other rows than before under the same mapping: files are then read once more.
_READING_RULES = 1


class Names:
    """One table's mapping at work: records under the company's names -> records under the canonical ones."""

    def __init__(self, table: str, mapping: TableMapping | None = None) -> None:
        self.table, self.mapping = table, mapping or _AS_NAMED
        self.columns = {canonical: theirs.strip().lower() for canonical, theirs in self.mapping.columns.items()}
        self._moved = set(self.columns.values()) - set(self.columns)
        self._codes = {column: {folded(word): code for word, code in words.items()} for column, words in self.mapping.codes.items()}
        self._known = frozenset((*TABLES[table].columns, *COMMON_COLUMNS))
        self.values = Values(TABLES[table], self.mapping)

    @property
    def digest(self) -> str:
        """Changes with the mapping and with how values are read, so that a file that was read otherwise is read again."""
        stated = self.mapping.model_dump_json(include={"columns", "codes", "date_format", "decimal", "null_values"})
        return hashlib.sha256(f"{_READING_RULES}{null_texts()}{stated}".encode()).hexdigest()

    def record(self, record: dict[str, Any], *, is_shared: bool = False) -> dict[str, Any]:
        """The record with canonical columns, its values read. Keys are in lower case. Other columns stay as they are (kept unread).

        `is_shared`: the file feeds other tables too. Nothing but the table's own columns is kept then, so that two rows of a sheet that say
        the same of a job are the same.
        """
        found = record
        if self.columns or is_shared:
            found = {}
            for canonical, theirs in self.columns.items():
                value = member(record, theirs)
                if value is not None or theirs in record:
                    found[canonical] = value
            for column, value in record.items():
                if column not in found and column not in self._moved and (column in self._known or not is_shared):
                    found[column] = value
        for column, codes in self._codes.items():
            value = found.get(column)
            if value is not None:
                found[column] = codes.get(folded(str(value)), value)
        self.values.read(found)
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
                if column not in known and not ("." in column and column.partition(".")[0] in lowered)
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


def member(record: dict[str, Any], path: str) -> Any:
    """The column of that name; with dots (`job.id`) the member of the objects on the way, whatever their case. None where there is none."""
    if path in record or "." not in path:
        return record.get(path)
    found: Any = record
    for step in path.split("."):
        if not isinstance(found, dict):
            return None
        found = next((value for name, value in found.items() if str(name).strip().lower() == step), None)
    return found


def row_of(table: Table, record: Parsed, line: int | None = None) -> Row:
    """The record under its table's key; without a usable one, under a mark that the gate quarantines (records.BROKEN_IDS)."""
    if isinstance(record, Unusable):
        return unusable_row(record)._replace(line=line)
    own = record.pop("observed_at", None)
    observed_at = _instant(own)
    if own is not None and observed_at is None:
        record["observed_at"] = own
        payload = encode(record)
        return Row(broken_id("undated", payload), payload, None, line)
    payload = encode(record)
    key = key_of(table, record)
    return Row(own_id(key) if key else broken_id("keyless", payload), payload, observed_at, line)


def key_of(table: Table, record: dict[str, Any]) -> str:
    """The record's key as one text; empty where a column of it is."""
    parts = [_key_text(record.get(column)) for column in table.key]
    if not all(parts):
        return ""
    parts += [_key_text(record.get(column)) for column in table.nullable_key]
    return "|".join(part.replace("|", "\\|") for part in parts)


def moment_of(value: Any) -> str | None:
    """A time as a text that sorts; None for what is none."""
    moment = _instant(value)
    return moment.isoformat() if moment else None


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
    if not isinstance(value, datetime) or not 1 < value.year < 9999:
        # The first and last year of a datetime cannot be moved to UTC, and are no time at which anybody knew anything.
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
