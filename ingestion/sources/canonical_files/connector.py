"""a folder of `<table>.csv`, `.jsonl` or `.parquet` in the canonical shape, or under names that sources.yml maps.

Each file feeds one canonical table (or several, if the mapping says so). A file whose content was read before is not read again; a changed
one is read in full, and only what changed in it becomes a new version. CSV values stay text; types are staging's concern. The folder may lie
in object storage (ingestion/files/storage.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from base.config import Source
from base.registry import near
from ingestion.canonical.earliest import with_earliest
from ingestion.canonical.rows import key_of, moment_of, names_of, row_of
from ingestion.canonical.streams import STREAMS
from ingestion.canonical.tables import TABLES
from ingestion.files.storage import Skipped, Storage, StoredFile, matches
from ingestion.files.tables import SUFFIXES, TableFolder, read_header, read_records
from ingestion.http.client import RunBudget
from ingestion.log.records import Numbered, Row, SourceFile, Unusable
from ingestion.protocol.finding import ERROR, WARNING, Finding


class CanonicalFiles(TableFolder):
    """One folder. Streams are the canonical tables it holds a file of."""

    specs = STREAMS

    def __init__(self, source: Source, budget: RunBudget | None = None) -> None:
        self._names = names_of(source, of_files=True)
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
        """What of the folder feeds no table or cannot be read, and patterns that meet no file."""
        found = [str(entry) for entry in self._storage.skipped(recursive=self._is_recursive) if self._is_meant(entry)]
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

    def rows(self, stream: str, file: StoredFile) -> Iterator[Row]:
        """Under their table's key; those without a usable one under a mark (records.BROKEN_IDS)."""
        table, names = TABLES[stream], self._names[stream]
        is_shared = self._is_shared(file)

        def read() -> Iterator[Numbered]:
            for line, record in read_records(file):
                yield Numbered(line, record if isinstance(record, Unusable) else names.record(record, is_shared=is_shared))

        records = read()
        if is_shared and table.earliest:
            records = with_earliest(table, read, key_of, moment_of)
            # What was noticed on the first way through the file is noticed again on the second.
            names.values.nulls.clear()
        return (row_of(table, record, line) for line, record in records)

    def notices(self, stream: str, file: StoredFile) -> list[str]:
        return self._names[stream].values.notices(file.name)

    def preflight(self) -> list[Finding]:
        if self.tables():
            return []
        remedy = "Name files like applications.csv (docs/canonical.md lists the tables)."
        ignored = [Finding(WARNING, None, text) for text in self.ignored()]
        return [Finding(ERROR, None, "the folder contains no canonical table", remedy), *ignored]

    def _files(self) -> list[StoredFile]:
        return self._storage.files(recursive=self._is_recursive)

    @property
    def _is_recursive(self) -> bool:
        return any("/" in pattern for pattern in self._patterns.values())

    def _is_meant(self, entry: Skipped) -> bool:
        """Folders are normal, but not under the name of a table or of a file."""
        name = PurePosixPath(entry.name)
        return not entry.is_folder or name.stem in TABLES or name.suffix.lower() in SUFFIXES

    def _feeds(self, file: StoredFile, table: str) -> bool:
        pattern = self._patterns.get(table)
        return matches(file.name, pattern) if pattern else file.name == f"{table}{file.suffix}"

    def entry(self, stream: str, file: StoredFile) -> SourceFile:
        """A file that is read under another mapping than before, or feeds other tables too, is read again."""
        entry = file.fingerprint()
        digest = f"{entry.checksum}{self._names[stream].digest}{self._is_shared(file)}"
        return entry._replace(checksum=hashlib.sha256(digest.encode()).hexdigest())

    def _is_shared(self, file: StoredFile) -> bool:
        return sum(self._feeds(file, table) for table in TABLES) > 1
