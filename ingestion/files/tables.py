"""Files that hold a table each (CSV, JSON lines, Parquet): how they are read and paged."""

from __future__ import annotations

import csv
import io
import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count, islice
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from base.errors import SourceError
from base.json_text import NotJson, lowered, parse_record
from ingestion.files.storage import StoredFile
from ingestion.files.text import check_text, line_not_utf8
from ingestion.log.records import LONGEST_LINE, Numbered, Page, Parsed, Row, SourceFile, Unusable, batches
from ingestion.protocol.connector import Connector, Window

SUFFIXES = (".csv", ".jsonl", ".parquet")
#: Columns that a file may have, and files that a folder may.
MOST_COLUMNS = 2000
#: Rows of Parquet that are unpacked at once: a few bytes in the file may be long texts in memory.
_BATCH_ROWS = 200
#: What stands for a line that is too long to be read.
_OVERSIZED = "\ufffd this line is too long \ufffd"

_DELIMITERS = ",;\t|"
#: The line before the header by which Excel is told the delimiter.
_STATED_DELIMITER = re.compile(r"sep=(.)", re.I)
#: A byte order mark. A file that was saved with one twice has two.
_BOM = "\ufeff"
#: Records of a file without a header whose members are taken for its columns.
_HEADER_RECORDS = 100
_WRITE_AGAIN = "Write the complete file again, then run again."

csv.field_size_limit(LONGEST_LINE)


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

    def notices(self, stream: str, file: StoredFile) -> list[str]:
        """Sentences about what was noticed in the rows of the file that was read last."""
        return []

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
            if notices := self.notices(stream, file):
                yield Page([], None, warnings=tuple(notices))

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
    pending, is_empty = tuple(warnings), True
    for batch in batches(rows):
        is_empty = is_empty and not batch
        if file.is_local:
            # Before its rows are handed on: nothing of a file that is being written over gets into the log.
            file.check_unchanged()
        yield Page(batch, None, origin=number, place=file.name, warnings=pending)
        pending = ()
    file.check_unchanged()
    if is_empty:
        pending = (*pending, f"{file.name} holds no row")
    yield Page([], None, origin=number, place=file.name, files=(entry,), warnings=pending)


def read_header(file: StoredFile) -> list[str]:
    """The columns of a file, as written (of .jsonl: those of its first records); behind an object, its members as `job.id`.

    Raises SourceError when it cannot be read.
    """
    with file.open() as handle:
        if file.suffix == ".parquet":
            return [name for field in _parquet(handle, file.name).schema_arrow for name in _field_names(field, "")]
        if file.suffix == ".csv":
            return [column.lstrip(_BOM) for column in next(_csv_rows(handle, file.name), (1, []))[1]]
        records = islice((found.record for found in _read_jsonl(handle, file.name)), _HEADER_RECORDS)
        return list(dict.fromkeys(name for record in records if isinstance(record, dict) for name in _member_names(record, "")))


def _member_names(record: Mapping[str, object], prefix: str) -> Iterator[str]:
    for name, value in record.items():
        yield f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _member_names(value, f"{prefix}{name}.")


def _field_names(field: pa.Field, prefix: str) -> Iterator[str]:
    yield f"{prefix}{field.name}"
    if pa.types.is_struct(field.type):
        for inner in field.type:
            yield from _field_names(inner, f"{prefix}{field.name}.")


def _read_csv(handle: IO[bytes], name: str) -> Iterator[Numbered]:
    """Records by header name. Empty cells are absent values. A row with more or fewer cells than the header is no record."""
    rows = _csv_rows(handle, name)
    header = [column.lstrip(_BOM).strip().lower() for column in next(rows, (1, []))[1]]
    _check_width(header, name)
    is_doubled = len(set(header)) < len(header)
    for line, cells in rows:
        if cells == [_OVERSIZED]:
            yield Numbered(line, Unusable(f"{name}:{line}", "oversized"))
        elif len(cells) != len(header):
            yield Numbered(line, Unusable(",".join(cells)))
        else:
            pairs = [(column, cell if cell != "" else None) for column, cell in zip(header, cells, strict=True)]
            record = dict(pairs)
            if is_doubled and any(record[column] != cell for column, cell in pairs):
                yield Numbered(line, Unusable(",".join(cells), "doubled"))
            else:
                yield Numbered(line, record)


def _csv_rows(handle: IO[bytes], name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of a CSV file in UTF-8 (with or without a byte order mark), separated by comma, semicolon, tab or |, whichever its header uses most.

    Each with the line on which it begins: a quoted value may hold several.
    """
    check_text(handle, name)
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    try:
        first = next((line for line in iter(lambda: text.readline(LONGEST_LINE), "") if line.strip()), "")
        stated = _STATED_DELIMITER.fullmatch(first.lstrip(_BOM).strip("\r\n"))
        delimiter = stated[1] if stated else max(_DELIMITERS, key=first.count)
        text.seek(0)
        rows = csv.reader(_csv_lines(text, name), delimiter=delimiter, strict=True)
        begins = 1
        for cells in rows:
            if cells and stated:
                stated = None
            elif cells:
                yield begins, cells
            begins = rows.line_num + 1
    except UnicodeDecodeError as error:
        line = line_not_utf8(handle)
        raise SourceError(f"{name} is not UTF-8 text (line {line})", remedy="Save it as CSV in UTF-8 and run again.") from error
    except csv.Error as error:
        raise SourceError(
            f"{name} is not readable as CSV ({error}, in the row that begins on line {begins})",
            remedy="Check its quotes; a file that was cut off inside a quoted value looks like this.",
        ) from error
    finally:
        if not handle.closed:
            text.detach()


def _csv_lines(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    """Lines of bounded length. One that is longer is replaced, where it is a row by itself; within a quoted value nobody can say where it ends."""
    is_quoted, number = False, 0
    while line := text.readline(LONGEST_LINE + 1):
        number += 1
        quotes = line.count('"')
        if len(line) > LONGEST_LINE:
            while not line.endswith(("\n", "\r")) and (line := text.readline(LONGEST_LINE)):
                quotes += line.count('"')
            if is_quoted or quotes % 2:
                raise SourceError(
                    f"{name}: line {number} is longer than {LONGEST_LINE:,} characters, inside a quoted value",
                    remedy="Shorten the value, or check its quotes.",
                )
            line, quotes = f"{_OVERSIZED}\n", 0
        is_quoted ^= quotes % 2 == 1
        yield line


def _read_jsonl(handle: IO[bytes], name: str) -> Iterator[Numbered]:
    check_text(handle, name)
    if handle.read(3) != b"\xef\xbb\xbf":
        handle.seek(0)
    for number in count(1):
        line = handle.readline(LONGEST_LINE + 1)
        if not line:
            return
        if len(line) > LONGEST_LINE:
            while not line.endswith(b"\n") and (line := handle.readline(LONGEST_LINE)):
                pass
            yield Numbered(number, Unusable(f"{name}:{number}", "oversized"))
        elif line.strip():
            yield Numbered(number, _json_record(line))


def _json_record(line: bytes) -> Parsed:
    text = line.decode("utf-8", "replace").strip()
    try:
        record = parse_record(line)
        return lowered(record) if isinstance(record, dict) else Unusable(text)
    except NotJson as error:
        return Unusable(text, error.mark)


def _check_width(columns: Sequence[str], name: str) -> None:
    if len(columns) > MOST_COLUMNS:
        raise SourceError(
            f"{name} has {len(columns):,} columns; at most {MOST_COLUMNS:,} are read", remedy="Export only the columns that are needed."
        )


def _read_parquet(handle: IO[bytes], name: str) -> Iterator[Numbered]:
    numbers = count(1)
    file = _parquet(handle, name)
    _check_width(file.schema_arrow.names, name)
    try:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            for record in _parquet_records(batch):
                number = next(numbers)
                try:
                    yield Numbered(number, lowered(record))
                except NotJson as error:
                    yield Numbered(number, Unusable(name, error.mark))
    except (pa.ArrowException, OSError, OverflowError) as error:
        raise SourceError(f"{name} is damaged: a part of it cannot be read as Parquet", remedy=_WRITE_AGAIN) from error


def _parquet_records(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """Times beyond Python's years come as text, so that the gate can name the row."""
    try:
        return batch.to_pylist()
    except (OverflowError, ValueError):
        columns = [
            column.cast(pa.string()) if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type) else column
            for column in batch.columns
        ]
        return pa.RecordBatch.from_arrays(columns, names=batch.schema.names).to_pylist()


def _parquet(handle: IO[bytes], name: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(handle)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{name} is not readable as Parquet", remedy=_WRITE_AGAIN) from error
