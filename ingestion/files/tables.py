"""Files that hold a table each (CSV, JSON lines, Parquet): how they are read and paged."""

from __future__ import annotations

import csv
import io
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count, islice
from typing import IO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from base.errors import SourceError
from ingestion.files.storage import StoredFile
from ingestion.log.records import Numbered, Page, Row, SourceFile
from ingestion.protocol.connector import Connector, Window

SUFFIXES = (".csv", ".jsonl", ".parquet")
PAGE_ROWS = 2000

csv.field_size_limit(16 * 1024 * 1024)


class TableFolder(Connector):
    """A folder of tables. A file is read when its fingerprint is new; one that changes while it is read is refused."""

    @abstractmethod
    def tables(self) -> list[tuple[str, StoredFile]]:
        """(stream, file) for every stream that a file of the folder feeds. Raises ConfigError when there is no such folder."""

    @abstractmethod
    def rows(self, stream: str, file: StoredFile) -> Iterator[Row]:
        """The rows that the file gives its stream. Raises SourceError."""

    @abstractmethod
    def odd_columns(self, stream: str, file: StoredFile) -> list[str]:
        """Sentences about columns that are unknown or missing. Raises SourceError."""

    def entry(self, stream: str, file: StoredFile) -> SourceFile:
        """What the ledger remembers of the file."""
        return file.fingerprint()

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        for number, file in enumerate(file for found, file in self.tables() if found == stream):
            entry = self.entry(stream, file)
            if known_files.get(entry.path) == (entry.size, entry.checksum):
                continue
            rows, warnings = self.rows(stream, file), self.odd_columns(stream, file)
            if self.sample and self.sample.cuts(file.size):
                rows = islice(rows, self.sample.rows)
                warnings = [*warnings, self.sample.notice_of_file(file.name, file.size)]
            yield from _pages(file, entry, rows, number, warnings)

    def file_times(self) -> list[datetime]:
        return [time for _, file in self.tables() if (time := file.modified_at)]


def read_records(file: StoredFile) -> Iterator[Numbered]:
    """The records of one file, each with its line (of Parquet: the number of its row); a line that is no record comes as its text.

    Raises SourceError when the file is none of its kind.
    """
    readers = {".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet}
    with file.open() as handle:
        yield from readers[file.suffix](handle, file.name)


def _pages(file: StoredFile, entry: SourceFile, rows: Iterator[Row], number: int, warnings: Sequence[str]) -> Iterator[Page]:
    """The rows of one file, the `number`th of its stream, then its ledger `entry`. Raises SourceError when it changes while it is read."""
    pending = tuple(warnings)
    while batch := list(islice(rows, PAGE_ROWS)):
        if file.is_local:
            # Before its rows are handed on: nothing of a file that is being written over gets into the log.
            file.check_unchanged()
        yield Page(batch, None, origin=number, place=file.name, warnings=pending)
        pending = ()
    file.check_unchanged()
    yield Page([], None, origin=number, place=file.name, files=(entry,), warnings=pending)


def read_header(file: StoredFile) -> list[str]:
    """The columns of a file, as written (of .jsonl: those of its first record). Raises SourceError when it cannot be read."""
    with file.open() as handle:
        if file.suffix == ".parquet":
            return [str(name) for name in _parquet(handle, file.name).schema_arrow.names]
        if file.suffix == ".csv":
            return next(_csv_rows(handle, file.name), (1, []))[1]
        first = next((found.record for found in _read_jsonl(handle, file.name)), {})
        return list(first) if isinstance(first, dict) else []


def _read_csv(handle: IO[bytes], name: str) -> Iterator[Numbered]:
    """Records by header name. Empty cells are absent values. A row with more or fewer cells than the header is no record."""
    rows = _csv_rows(handle, name)
    header = [column.strip().lower() for column in next(rows, (1, []))[1]]
    for line, cells in rows:
        if not cells:
            continue
        if len(cells) != len(header):
            yield Numbered(line, ",".join(cells))
            continue
        yield Numbered(line, {column: cell if cell != "" else None for column, cell in zip(header, cells, strict=True)})


def _csv_rows(handle: IO[bytes], name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of a CSV file in UTF-8 (with or without a byte order mark), separated by comma, semicolon or tab, whichever its header uses most.

    Each with the line on which it begins: a quoted value may hold several.
    """
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    try:
        first = text.readline()
        delimiter = max(",;\t", key=first.count)
        text.seek(0)
        rows = csv.reader(text, delimiter=delimiter, strict=True)
        begins = 1
        for cells in rows:
            yield begins, cells
            begins = rows.line_num + 1
    except UnicodeDecodeError as error:
        raise SourceError(f"{name} is not UTF-8 text", remedy="Save it as CSV in UTF-8 and run again.") from error
    except csv.Error as error:
        raise SourceError(
            f"{name} is not readable as CSV ({error})",
            remedy="Check its quotes; a file that was cut off inside a quoted value looks like this.",
        ) from error
    finally:
        text.detach()


def _read_jsonl(handle: IO[bytes], name: str) -> Iterator[Numbered]:
    for number, line in enumerate(handle, start=1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            record = None
        if isinstance(record, dict):
            yield Numbered(number, {str(column).strip().lower(): value for column, value in record.items()})
        else:
            yield Numbered(number, line.decode("utf-8", "replace").strip())


def _read_parquet(handle: IO[bytes], name: str) -> Iterator[Numbered]:
    numbers = count(1)
    for batch in _parquet(handle, name).iter_batches(batch_size=PAGE_ROWS):
        for record in batch.to_pylist():
            yield Numbered(next(numbers), {str(column).strip().lower(): value for column, value in record.items()})


def _parquet(handle: IO[bytes], name: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(handle)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{name} is not readable as Parquet", remedy="Write the complete file again, then run again.") from error
