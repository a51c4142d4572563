"""Kind `gem_export`: the CSV files of Gem's data export, bound by header name (docs/sources/gem.md; the format:
https://help.gem.com/external/gem-data-export-formatschema).

Gem promises the names of its columns, not their order, and adds new ones at the end. Rows have no ids of their own, so a row is known by
what cannot change in it. Notes (private ones are among them) and custom fields are never read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from base.config import Source
from base.errors import ConfigError
from base.registry import near
from ingestion.files.storage import Storage, StoredFile
from ingestion.files.tables import TableFolder, read_header, read_records
from ingestion.http.client import RunBudget
from ingestion.log.records import Parsed, Row, Unusable, broken_id, encode, own_id, unusable_row
from ingestion.sources.gem_export.streams import STREAMS, Export

#: Files of the export that are left alone, and why.
UNREAD = {
    "notes": "notes are never read, because some are private",
    "custom_field_data": "no table uses candidates' custom fields",
}


class GemExport(TableFolder):
    """A folder with the export's files, wherever it lies; each file may be split or dated (`event_log_2026-06.csv`)."""

    specs = STREAMS

    def __init__(self, source: Source, budget: RunBudget | None = None) -> None:
        self._source = source
        self._storage = Storage(source)

    def streams(self) -> tuple[str, ...]:
        """Raises ConfigError when the folder holds none of the export's files."""
        found = {stream for stream, _ in self.tables()}
        if not found:
            raise ConfigError(
                f"{self._source.place('path')}: source '{self._source.name}': {self._source.path} contains no file of Gem's export",
                remedy=f"Put the export's files there, named as Gem names them: {', '.join(f'{name}.csv' for name in STREAMS)}.",
            )
        return tuple(stream for stream in STREAMS if stream in found)

    def tables(self) -> list[tuple[str, StoredFile]]:
        """(stream, file) of every file that is read, by name."""
        return [(stream, file) for file in self._storage.files(recursive=True) if (stream := _stream(file, tuple(STREAMS)))]

    def ignored(self) -> list[str]:
        """CSV files that are not read, each with why."""
        found = [str(entry) for entry in self._storage.skipped(recursive=True)]
        for file in self._storage.files(recursive=True):
            if file.suffix == ".csv" and not _stream(file, tuple(STREAMS)):
                unread = _stream(file, tuple(UNREAD))
                why = UNREAD[unread] if unread else f"no file of Gem's export has this name{near(file.stem, STREAMS)}"
                found.append(f"{file.name} is not read: {why}")
        return found

    def odd_columns(self, stream: str, file: StoredFile) -> list[str]:
        """Columns that the file does not have. A column that is new is kept and reported by the gate, when rows bring it. Raises SourceError."""
        export, header = STREAMS[stream], [_name(column) for column in read_header(file)]
        return [
            f"{file.name}: column '{column}' is missing{near(column, [name for name in header if name not in export.used + export.keys])}"
            for column in (*export.keys, *export.used)
            if header and column not in header
        ]

    def rows(self, stream: str, file: StoredFile) -> Iterator[Row]:
        return (_row(STREAMS[stream], record)._replace(line=line) for line, record in read_records(file))


def _stream(file: StoredFile, names: tuple[str, ...]) -> str | None:
    """The part of the export that a file is, by the beginning or the end of its name."""
    if file.suffix != ".csv":
        return None
    stem = file.name.rpartition("/")[2].lower().removesuffix(".csv").replace("-", "_").replace(" ", "_")
    return next((name for name in names if stem.startswith(name) or stem.endswith(name)), None)


def _row(export: Export, record: Parsed) -> Row:
    if isinstance(record, Unusable):
        return unusable_row(record)
    named = {_name(column): value for column, value in record.items()}
    payload = encode({column: value for column, value in named.items() if column not in export.drop})
    parts = [str(named.get(key) or "").strip() for key in export.keys]
    # The acting user may be gone from Gem; every other part of the key has a value.
    if not all(part for key, part in zip(export.keys, parts, strict=True) if key != "user_email"):
        return Row(broken_id("keyless", payload), payload)
    if len(parts) < 3:
        return Row(own_id(":".join(parts)), payload)
    return Row(hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32], payload)


def _name(column: str) -> str:
    """`Event Type` and `event_type` are one column."""
    return column.strip().lower().replace(" ", "_")
