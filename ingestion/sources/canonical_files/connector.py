"""Kind `canonical_files`: a folder of `<table>.csv`, `.jsonl` or `.parquet` in the canonical shape, or under names that sources.yml maps.

Each file feeds one canonical table (or several, if the mapping says so). A file whose content was read before is not read again; a changed
one is read whole, and only what changed in it becomes a new version. CSV values stay text; types are staging's concern. The folder may lie
in object storage (ingestion/files/storage.py).
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import IO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from base.config import Source
from base.errors import SourceError
from ingestion.canonical.rows import Names, Parsed, names_of, near, row_of
from ingestion.contracts.canonical_tables import TABLES
from ingestion.files.storage import Storage, StoredFile, matches
from ingestion.http.client import RunBudget
from ingestion.log.records import Page, Row, SourceFile
from ingestion.sources.base import Window

SUFFIXES = (".csv", ".jsonl", ".parquet")
PAGE_ROWS = 2000

csv.field_size_limit(16 * 1024 * 1024)


class CanonicalFiles:
    """One folder. Streams are the canonical tables it holds a file of."""

    windowed: frozenset[str] = frozenset()

    def __init__(self, source: Source, budget: RunBudget | None = None) -> None:
        self._names = names_of(source)
        self._storage = Storage(source)
        self._patterns = {table: mapping.file for table, mapping in source.tables.items() if mapping.file}

    def streams(self) -> tuple[str, ...]:
        found = {table for table, _ in self.tables()}
        return tuple(table for table in TABLES if table in found)

    def tables(self) -> list[tuple[str, StoredFile]]:
        """(table, file) for every table that a file of the folder feeds, by file. Raises ConfigError when there is no such folder."""
        files = [file for file in self._files() if file.suffix in SUFFIXES]
        return [(table, file) for file in files for table in TABLES if self._feeds(file, table)]

    def odd_columns(self, table: str, file: StoredFile) -> list[str]:
        """Columns of the file that are not canonical, each with the name it may have been meant to have. Raises SourceError."""
        return self._names[table].warnings(file.name, read_header(file))

    def ignored(self) -> list[str]:
        """Files of the folder that feed no table, and patterns that meet no file."""
        found: list[str] = []
        files = self._files()
        for file in files:
            if file.suffix in SUFFIXES and not any(self._feeds(file, table) for table in TABLES):
                found.append(f"{file.name} is not read: no canonical table has this name{near(file.stem, TABLES)}")
            elif file.suffix not in SUFFIXES and file.stem in TABLES:
                found.append(f"{file.name} is not read: tables are read as {', '.join(SUFFIXES)}")
        for table, pattern in self._patterns.items():
            if not any(self._feeds(file, table) for file in files):
                found.append(f"no file matches {pattern}, to which {table} is mapped{near(pattern, (file.name for file in files))}")
        return found

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        names = self._names[stream]
        for number, file in enumerate(file for table, file in self.tables() if table == stream):
            entry = self._ledger_entry(file, names)
            if known_files.get(entry.path) == (entry.size, entry.checksum):
                continue
            yield from pages_of_file(file, entry, read_rows(file, names), number, self.odd_columns(stream, file))

    def server_now(self) -> datetime | None:
        return None

    def close(self) -> None:
        pass

    def count(self, table: str, file: StoredFile) -> Iterator[Row]:
        """The rows that the file would give its table (for the preflight). Raises SourceError."""
        return read_rows(file, self._names[table])

    def _files(self) -> list[StoredFile]:
        return self._storage.files(recursive=any("/" in pattern for pattern in self._patterns.values()))

    def _feeds(self, file: StoredFile, table: str) -> bool:
        pattern = self._patterns.get(table)
        return matches(file.name, pattern) if pattern else file.name == f"{table}{file.suffix}"

    def _ledger_entry(self, file: StoredFile, names: Names) -> SourceFile:
        entry = file.fingerprint()
        if not names.digest:
            return entry
        return entry._replace(checksum=hashlib.sha256((entry.checksum + names.digest).encode()).hexdigest())


def read_rows(file: StoredFile, names: Names) -> Iterator[Row]:
    """The rows of one file under their table's key, those without a usable one under a mark (records.BROKEN_IDS). Raises SourceError."""
    table = TABLES[names.table]
    return (row_of(table, record if isinstance(record, str) else names.record(record)) for record in read_records(file))


def read_records(file: StoredFile) -> Iterator[Parsed]:
    """The records of one file; a line that is no record comes as its text. Raises SourceError when the file is none of its kind."""
    readers = {".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet}
    with file.open() as handle:
        yield from readers[file.suffix](handle, file.name)


def pages_of_file(file: StoredFile, entry: SourceFile, rows: Iterator[Row], number: int, warnings: Sequence[str]) -> Iterator[Page]:
    """The rows of one file, which is the `number`th, then its ledger `entry`. Raises SourceError when it changes while it is read."""
    said = tuple(warnings)
    while batch := list(islice(rows, PAGE_ROWS)):
        if file.is_local:
            # Before its rows are handed on: nothing of a file that is being written over gets into the log.
            file.check_unchanged()
        yield Page(batch, None, origin=number, warnings=said)
        said = ()
    file.check_unchanged()
    yield Page([], None, origin=number, files=(entry,), warnings=said)


def read_header(file: StoredFile) -> list[str]:
    """The columns of a file, as written (of .jsonl: those of its first record). Raises SourceError when it cannot be read."""
    with file.open() as handle:
        if file.suffix == ".parquet":
            return [str(name) for name in _parquet(handle, file.name).schema_arrow.names]
        if file.suffix == ".csv":
            return next(_csv_rows(handle, file.name), [])
        first = next(_read_jsonl(handle, file.name), {})
        return list(first) if isinstance(first, dict) else []


def _read_csv(handle: IO[bytes], name: str) -> Iterator[Parsed]:
    """Records by header name. Empty cells are absent values. A row with more or fewer cells than the header is no record."""
    rows = _csv_rows(handle, name)
    header = [column.strip().lower() for column in next(rows, [])]
    for cells in rows:
        if not cells:
            continue
        if len(cells) != len(header):
            yield ",".join(cells)
            continue
        yield {column: cell if cell != "" else None for column, cell in zip(header, cells, strict=True)}


def _csv_rows(handle: IO[bytes], name: str) -> Iterator[list[str]]:
    """Rows of a CSV file in UTF-8 (with or without a byte order mark), separated by comma, semicolon or tab, whichever its header uses most."""
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    try:
        first = text.readline()
        delimiter = max(",;\t", key=first.count)
        text.seek(0)
        yield from csv.reader(text, delimiter=delimiter, strict=True)
    except UnicodeDecodeError as error:
        raise SourceError(f"{name} is not UTF-8 text", remedy="Save it as CSV in UTF-8 and run again.") from error
    except csv.Error as error:
        raise SourceError(
            f"{name} is not readable as CSV ({error})",
            remedy="Check its quotes; a file that was cut off inside a quoted value looks like this.",
        ) from error
    finally:
        text.detach()


def _read_jsonl(handle: IO[bytes], name: str) -> Iterator[Parsed]:
    for line in handle:
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            record = None
        if isinstance(record, dict):
            yield {str(column).strip().lower(): value for column, value in record.items()}
        else:
            yield line.decode("utf-8", "replace").strip()


def _read_parquet(handle: IO[bytes], name: str) -> Iterator[Parsed]:
    for batch in _parquet(handle, name).iter_batches(batch_size=PAGE_ROWS):
        for record in batch.to_pylist():
            yield {str(column).strip().lower(): value for column, value in record.items()}


def _parquet(handle: IO[bytes], name: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(handle)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{name} is not readable as Parquet", remedy="Write the complete file again, then run again.") from error
