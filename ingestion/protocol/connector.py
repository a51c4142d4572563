"""What every open source offers, whatever its vendor: its streams, and the pages of one stream within one window."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from base.json_text import NotJson
from ingestion.log.records import Page, Row, Unusable, broken_id, encode, own_id, unusable_row
from ingestion.protocol.finding import Finding
from ingestion.protocol.stream import Stream


@dataclass(frozen=True)
class Window:
    """`updated in [start, end]`, both inclusive; no start means everything up to `end`.

    `token`: what the vendor gave at the end of the last complete pass to ask for the changes since, where it works like that.
    """

    start: datetime | None
    end: datetime
    token: str | None = None


@dataclass(frozen=True)
class Sample:
    """How much a rehearsal reads: files up to `whole_bytes` to their end, of larger ones and of a database's tables the first `rows`."""

    whole_bytes: int = 50_000_000
    rows: int = 50_000

    def cuts(self, size: int) -> bool:
        """Whether a file of that many bytes is not read to its end."""
        return size > self.whole_bytes

    def notice(self, place: str) -> str:
        """The sentence about what was read of `place`."""
        return f"{place}: only the first {self.rows:,} rows were checked"

    def notice_of_file(self, name: str, size: int) -> str:
        return self.notice(f"{name} has {size / 1_000_000:,.0f} MB")


class CursorExpired(Exception):
    """The vendor no longer knows the cursor: the pass begins again (what was written is recognised as duplicate)."""


class Connector(ABC):
    """One open source. Its methods are called from several threads, one stream each."""

    #: The streams of the kind, by name (of files and databases: those that it can have).
    specs: Mapping[str, Stream]

    #: Set by a rehearsal: files and databases read no more than this.
    sample: Sample | None = None

    def streams(self) -> tuple[str, ...]:
        """The streams that this source can be asked for now. Raises ConfigError, SourceError."""
        return tuple(name for name, stream in self.specs.items() if not stream.is_pushed)

    def is_windowed(self, stream: str) -> bool:
        """Whether the source is asked for what changed within a window of the stream, instead of for all of it."""
        return self.specs[stream].is_windowed

    @abstractmethod
    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        """The stream's pages from `cursor` on. Raises CursorExpired, SourceError."""

    def ignored(self) -> Sequence[str]:
        """Sentences about what lies there and is not read."""
        return ()

    def server_now(self) -> datetime | None:
        """The source's own clock; None where it has none (files)."""
        return None

    def file_times(self) -> Sequence[datetime]:
        """When the files were written that it would read; none where there are no files. Raises ConfigError, SourceError."""
        return ()

    def preflight(self) -> list[Finding]:
        """What a look before loading finds, beside what every service is asked. Changes nothing. Raises ConfigError, SourceError."""
        return []

    def close(self) -> None:  # noqa: B027 - files hold nothing open
        """Give back what the connector holds."""


class FirstPage(NamedTuple):
    """What a preflight sees of a stream: its first records, whether there are more, and what it should know.

    `parents`: what the records are called where the stream is read once for each of them, so that they are none of its own.
    """

    records: list[dict[str, Any]]
    has_more: bool
    notice: str | None = None
    parents: str | None = None


def keyed_row(record: Mapping[str, object], record_id: object) -> Row:
    """A row under the source's own id; without one, or with an object or a list as one, under a mark that the gate quarantines."""
    try:
        payload = encode(record)
    except NotJson as error:
        return unusable_row(Unusable(str(record_id), error.mark))
    if isinstance(record_id, dict | list | bool):
        return Row(broken_id("keyless", payload), payload)
    if record_id is None or record_id == "":
        return Row(broken_id("keyless", payload), payload)
    return Row(own_id(str(record_id)), payload)
