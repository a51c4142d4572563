"""Kind `canonical_files`: a folder of `<table>.csv`, `.jsonl` or `.parquet` in the canonical shape (docs/canonical.md).

Each file is one canonical table. A file whose content was read before is not read again; a changed one is read whole, and only what
changed in it becomes a new version. CSV values stay text; types are staging's concern.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from base.config import Source
from base.errors import ConfigError, SourceError
from ingestion.contracts.canonical_tables import COMMON_COLUMNS, TABLES, Table
from ingestion.http import RunBudget
from ingestion.lake import file_checksum
from ingestion.records import Page, Row, SourceFile, broken_id, encode
from ingestion.sources.base import Window

SUFFIXES = (".csv", ".jsonl", ".parquet")
PAGE_ROWS = 2000

#: A record, or the text of a line that is none.
Parsed = dict[str, Any] | str

csv.field_size_limit(16 * 1024 * 1024)


class CanonicalFiles:
    """One folder. Streams are the canonical tables it holds a file of."""

    windowed: frozenset[str] = frozenset()

    def __init__(self, source: Source, budget: RunBudget | None = None) -> None:
        self._source = source
        self._folder = Path(source.path or "")

    def streams(self) -> tuple[str, ...]:
        found = {path.stem for path in self.tables()}
        return tuple(table for table in TABLES if table in found)

    def tables(self) -> list[Path]:
        """The files of the folder that are canonical tables, in order. Raises ConfigError when there is no such folder."""
        return [path for path in self._all_files() if path.suffix in SUFFIXES and path.stem in TABLES]

    def warnings(self) -> list[str]:
        """Files and columns that are not canonical, each with the name it may have been meant to have."""
        found: list[str] = []
        for path in self._all_files():
            if path.suffix in SUFFIXES and path.stem not in TABLES:
                found.append(f"{path.name} is not read: no canonical table has this name{_near(path.stem, TABLES)}")
            elif path.stem in TABLES and path.suffix not in SUFFIXES:
                found.append(f"{path.name} is not read: tables are read as {', '.join(SUFFIXES)}")
        for path in self.tables():
            found += header_warnings(path.name, TABLES[path.stem], read_header(path))
        return found

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        table = TABLES[stream]
        for number, path in enumerate(path for path in self.tables() if path.stem == stream):
            file = SourceFile(path.name, path.stat().st_size, file_checksum(path))
            if known_files.get(file.path) == (file.size, file.checksum):
                continue
            warnings = tuple(header_warnings(path.name, table, read_header(path)))
            rows = read_rows(path)
            while batch := list(islice(rows, PAGE_ROWS)):
                yield Page(batch, None, origin=number, warnings=warnings)
                warnings = ()
            yield Page([], None, origin=number, files=(file,))

    def server_now(self) -> datetime | None:
        return None

    def close(self) -> None:
        pass

    def _all_files(self) -> list[Path]:
        if not self._folder.is_dir():
            raise ConfigError(
                f"sources.yml: source '{self._source.name}' reads the folder {self._source.path}, which does not exist",
                remedy="Correct its 'path' (relative to where the command runs, or to the configuration folder).",
            )
        return sorted(path for path in self._folder.iterdir() if path.is_file() and not path.name.startswith("."))


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of one file under their table's key, those without a usable one under a mark (records.BROKEN_IDS). Raises SourceError."""
    table = TABLES[path.stem]
    return (_row(table, record) for record in read_records(path))


def read_records(path: Path) -> Iterator[Parsed]:
    """The records of one file; a line that is no record comes as its text. Raises SourceError when the file is none of its kind."""
    readers = {".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet}
    return readers[path.suffix](path)


def read_header(path: Path) -> list[str]:
    """The columns of a file, as written (of .jsonl: those of its first record). Raises SourceError when it cannot be read."""
    if path.suffix == ".parquet":
        return [str(name) for name in _parquet(path).schema_arrow.names]
    if path.suffix == ".csv":
        return next(_csv_rows(path), [])
    first = next(_read_jsonl(path), {})
    return list(first) if isinstance(first, dict) else []


def header_warnings(name: str, table: Table, header: Sequence[str]) -> list[str]:
    """What is unexpected or missing in a header. An empty header means an empty file: nothing to say."""
    if not header:
        return []
    known = (*table.columns, *COMMON_COLUMNS)
    columns = [column.strip().lower() for column in header]
    found = [
        f"{name}: column '{column}' is not canonical and is kept unread{_near(column, known)}" for column in columns if column not in known
    ]
    found += [f"{name}: column '{column}' is missing" for column in table.required if column not in columns]
    found += [f"{name}: column '{column}' is there twice" for column in sorted({c for c in columns if columns.count(c) > 1})]
    return found


def _row(table: Table, record: Parsed) -> Row:
    if isinstance(record, str):
        payload = encode({"malformed": record})
        return Row(broken_id("malformed", payload), payload)
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
    parts += [_key_text(record.get(column)) for column in table.optional_key]
    return Row("|".join(part.replace("|", "\\|") for part in parts), payload, observed_at)


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


def _read_csv(path: Path) -> Iterator[Parsed]:
    """Records by header name. Empty cells are absent values. A row with more or fewer cells than the header is no record."""
    rows = _csv_rows(path)
    header = [column.strip().lower() for column in next(rows, [])]
    for cells in rows:
        if not cells:
            continue
        if len(cells) != len(header):
            yield ",".join(cells)
            continue
        yield {column: cell if cell != "" else None for column, cell in zip(header, cells, strict=True)}


def _csv_rows(path: Path) -> Iterator[list[str]]:
    """Rows of a CSV file in UTF-8 (with or without a byte order mark), separated by comma, semicolon or tab, whichever its header uses most."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            first = handle.readline()
            delimiter = max(",;\t", key=first.count)
            handle.seek(0)
            yield from csv.reader(handle, delimiter=delimiter, strict=True)
    except UnicodeDecodeError as error:
        raise SourceError(f"{path.name} is not UTF-8 text", remedy="Save it as CSV in UTF-8 and run again.") from error
    except csv.Error as error:
        raise SourceError(
            f"{path.name} is not readable as CSV ({error})", remedy="Check its quotes; a file cut off within a quote ends so."
        ) from error


def _read_jsonl(path: Path) -> Iterator[Parsed]:
    with path.open("rb") as handle:
        for line in handle:
            if not line.strip():
                continue
            try:
                record = orjson.loads(line)
            except orjson.JSONDecodeError:
                record = None
            yield record if isinstance(record, dict) else line.decode("utf-8", "replace").strip()


def _read_parquet(path: Path) -> Iterator[Parsed]:
    for batch in _parquet(path).iter_batches(batch_size=PAGE_ROWS):
        for record in batch.to_pylist():
            yield {str(column).strip().lower(): value for column, value in record.items()}


def _parquet(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{path.name} is not readable as Parquet", remedy="Write it again, whole, and run again.") from error


def _near(name: str, known: Sequence[str] | Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""
