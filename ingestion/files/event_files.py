"""Folders of files with one event a line, plain or gzip, as mail services leave them: which files are new, and whether each is whole.

A line-oriented file cut in the middle looks like a shorter one, so a gzip stream without its end or a last line without its own refuses
the whole file (nothing of it is loaded, and it is read again when it has changed).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice

import orjson

from base.config import Source
from base.errors import SourceError
from base.words import counted
from ingestion.files.storage import Storage, StoredFile
from ingestion.http.limits import RunBudget
from ingestion.log.records import LONGEST_LINE, Page, Row, Unusable, batches, unusable_row
from ingestion.protocol.connector import Connector
from ingestion.protocol.finding import WARNING, Finding

_CHUNK = 1 << 20

#: A line of a file -> the rows that it tells.
RowsOfLine = Callable[[bytes], Iterable[Row]]


class EventFiles(Connector):
    """A source's folder (`path`), here or in object storage; every file below it but hidden ones."""

    def __init__(self, source: Source, budget: RunBudget | None = None) -> None:
        self._source = source

    def files(self) -> list[StoredFile]:
        """All event files in the order of their dated folders. Raises ConfigError when there is no such folder, SourceError when it cannot be listed."""
        return Storage(self._source).files(recursive=True)

    def file_pages(self, known_files: Mapping[str, tuple[int, str]], rows_of: RowsOfLine) -> Iterator[Page]:
        """The rows of every file that was not read before. Raises SourceError at the end when files were cut or could not be read."""
        refused: list[str] = []
        for file in self.files():
            try:
                entry = file.fingerprint()
                if known_files.get(entry.path) == (entry.size, entry.checksum):
                    continue
                check_whole(file)
            except SourceError as error:
                refused.append(error.message)
                continue
            rows: Iterator[Row] = _numbered(file, rows_of)
            warnings: tuple[str, ...] = ()
            if self.sample and self.sample.cuts(file.size):
                rows, warnings = islice(rows, self.sample.rows), (self.sample.notice_of_file(file.name, file.size),)
            for batch in batches(rows):
                yield Page(batch, None, place=file.name)
            yield Page([], None, place=file.name, files=(entry,), warnings=warnings)
        if refused:
            raise SourceError(
                f"{self._source.name}: {counted(len(refused), 'event file is', 'event files are')} incomplete and not loaded; the first: {refused[0]}",
                remedy="Copy them again, whole, or move them out of the folder; all other files are loaded.",
            )

    def ignored(self) -> list[str]:
        return [str(entry) for entry in Storage(self._source).skipped(recursive=True)] if self._source.path else []

    def file_times(self) -> list[datetime]:
        return [time for file in (self.files() if self._source.path else []) if (time := file.modified_at)]

    def preflight(self) -> list[Finding]:
        """Whether there is anything to read."""
        if self.files():
            return []
        return [Finding(WARNING, "events", "the folder contains no event file yet", "Have the mail service deliver its files there.", 0)]


def _numbered(file: StoredFile, rows_of: RowsOfLine) -> Iterator[Row]:
    """The rows of every line, each with the line's number."""
    for number, line in enumerate(read_lines(file), start=1):
        if len(line) > LONGEST_LINE:
            yield unusable_row(Unusable(f"{file.name}:{number}", "oversized"))._replace(line=number)
            continue
        for row in rows_of(line):
            yield row._replace(line=number)


def check_whole(file: StoredFile) -> None:
    """Raises SourceError when the file ends before its gzip stream or its last line does. Reads it once, in bounded memory."""
    tail = b""
    for line in read_lines(file):
        tail = line
    if tail and not tail.endswith(b"\n"):
        try:
            orjson.loads(tail)
        except orjson.JSONDecodeError as error:
            raise SourceError(f"{file.name} ends in the middle of a line") from error


def read_lines(file: StoredFile) -> Iterator[bytes]:
    """Lines of a plain or gzip file with their line ends; of one longer than LONGEST_LINE, that it is longer and how it ends.

    Raises SourceError on a damaged or unfinished gzip stream.
    """
    rest = b""
    for chunk in _chunks(file):
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        if len(rest) > 2 * LONGEST_LINE:
            rest = rest[: LONGEST_LINE + 1]
        for line in lines:
            yield line + b"\n"
    if rest:
        yield rest


def _chunks(file: StoredFile) -> Iterator[bytes]:
    with file.open() as handle:
        is_gzip = handle.read(2) == b"\x1f\x8b"
        handle.seek(0)
        if not is_gzip:
            if file.suffix == ".gz":
                raise SourceError(f"{file.name} is named .gz but is not a gzip file")
            yield from iter(lambda: handle.read(_CHUNK), b"")
            return
        inflater = zlib.decompressobj(wbits=31)
        try:
            for raw in iter(lambda: handle.read(_CHUNK), b""):
                data = raw
                while data:
                    if inflater.eof:
                        inflater = zlib.decompressobj(wbits=31)
                    yield inflater.decompress(data, _CHUNK * 4)
                    data = inflater.unconsumed_tail or inflater.unused_data
            while not inflater.eof and (more := inflater.decompress(b"", _CHUNK * 4)):
                yield more
        except zlib.error as error:
            raise SourceError(f"{file.name} is a damaged gzip file") from error
        if not inflater.eof:
            raise SourceError(f"{file.name} is a gzip file that was cut off")
