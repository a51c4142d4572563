"""Folders of files with one event a line, plain or gzip, as mail services leave them: which files are new, and whether each is whole.

A line-oriented file cut in the middle looks like a shorter one, so a gzip stream without its end or a last line without its own refuses
the whole file (nothing of it is loaded, and it is read again when it has changed).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path

import orjson

from base.config import Source
from base.errors import ConfigError, SourceError
from ingestion.lake import file_checksum
from ingestion.records import Page, Row, SourceFile

PAGE_ROWS = 2000
_CHUNK = 1 << 20

#: A line of a file -> the rows that it tells.
RowsOfLine = Callable[[bytes], Iterable[Row]]


class EventFiles:
    """A source's folder (`path`); every file below it but hidden ones."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._folder = Path(source.path or "")

    def files(self) -> list[Path]:
        """All event files in the order of their dated folders. Raises ConfigError when there is no such folder."""
        if not self._folder.is_dir():
            raise ConfigError(
                f"sources.yml: source '{self._source.name}' reads the folder {self._source.path}, which does not exist",
                remedy="Correct its 'path' (relative to where the command runs, or to the configuration folder).",
            )
        return sorted(path for path in self._folder.rglob("*") if path.is_file() and not path.name.startswith("."))

    def file_pages(self, known_files: Mapping[str, tuple[int, str]], rows_of: RowsOfLine) -> Iterator[Page]:
        """The rows of every file that was not read before. Raises SourceError at the end when files were cut."""
        refused: list[str] = []
        for path in self.files():
            name = path.relative_to(self._folder).as_posix()
            file = SourceFile(name, path.stat().st_size, file_checksum(path))
            if known_files.get(name) == (file.size, file.checksum):
                continue
            try:
                check_whole(path)
            except SourceError as error:
                refused.append(f"{name} {error.message}")
                continue
            rows = chain.from_iterable(map(rows_of, read_lines(path)))
            while batch := list(islice(rows, PAGE_ROWS)):
                yield Page(batch, None)
            yield Page([], None, files=(file,))
        if refused:
            raise SourceError(
                f"{self._source.name}: {len(refused)} event files are cut and were not loaded, the first: {refused[0]}",
                remedy="Copy them again, whole, or move them out of the folder; all other files are loaded.",
            )


def check_whole(path: Path) -> None:
    """Raises SourceError when the file ends before its gzip stream or its last line does. Reads it once, in bounded memory."""
    tail = b""
    for line in read_lines(path):
        tail = line
    if tail and not tail.endswith(b"\n"):
        try:
            orjson.loads(tail)
        except orjson.JSONDecodeError as error:
            raise SourceError("ends within a line") from error


def read_lines(path: Path) -> Iterator[bytes]:
    """Lines of a plain or gzip file with their line ends. Raises SourceError on a damaged or unfinished gzip stream."""
    rest = b""
    for chunk in _chunks(path):
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield line + b"\n"
    if rest:
        yield rest


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        is_gzip = handle.read(2) == b"\x1f\x8b"
        handle.seek(0)
        if not is_gzip:
            if path.suffix == ".gz":
                raise SourceError("is named .gz and is no gzip file")
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
            raise SourceError("is a damaged gzip file") from error
        if not inflater.eof:
            raise SourceError("is a gzip file that was cut off")
