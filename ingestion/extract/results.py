"""What a run did for each stream and source, and who hears of it meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from base.errors import ConfigError, SourceError
from base.words import counted
from ingestion.log.loads import COMPLETE, REFUSED


@dataclass(frozen=True)
class StreamLoad:
    """What one run did for one stream: counts of this run (a resumed load's earlier parts are not in them).

    `is_misconfigured`: the error is one of sources.yml. `earlier_load_ids`: loads that an earlier run had begun and this one has completed before its own.
    """

    source: str
    stream: str
    status: str
    load_id: str
    window_start: datetime | None
    window_end: datetime
    fetched: int
    written: int
    duplicates: int
    files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str | None = None
    is_misconfigured: bool = False
    earlier_load_ids: tuple[str, ...] = ()

    @property
    def load_ids(self) -> tuple[str, ...]:
        return (*self.earlier_load_ids, self.load_id)


@dataclass(frozen=True)
class SourceLoad:
    """One run over one source. `ignored`: files that lie there and are not read, each with why."""

    source: str
    streams: list[StreamLoad]
    ignored: tuple[str, ...] = ()

    @property
    def written(self) -> int:
        return sum(load.written for load in self.streams)

    @property
    def failed(self) -> list[StreamLoad]:
        return [load for load in self.streams if load.status not in (COMPLETE, REFUSED)]


class ExtractionError(SourceError):
    """At least one stream did not complete. `load` says what the others did."""

    def __init__(self, message: str, *, load: SourceLoad, remedy: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.load = load


class StreamProgress(Protocol):
    """Hears of each stream's course; called from several threads."""

    def started(self, source: str, stream: str) -> None: ...

    def advanced(self, source: str, stream: str, fetched: int, written: int) -> None: ...

    def finished(self, source: str, stream: str, status: str, fetched: int, written: int) -> None: ...


class Silent:
    """Nobody listens: tests and programs."""

    def started(self, source: str, stream: str) -> None:
        pass

    def advanced(self, source: str, stream: str, fetched: int, written: int) -> None:
        pass

    def finished(self, source: str, stream: str, status: str, fetched: int, written: int) -> None:
        pass


def joined(first: StreamLoad | None, second: StreamLoad) -> StreamLoad:
    """Two passes of one stream in one run as one result: the later window, the counts of both."""
    if first is None:
        return second
    return StreamLoad(
        **{
            **second.__dict__,
            "fetched": first.fetched + second.fetched,
            "written": first.written + second.written,
            "duplicates": first.duplicates + second.duplicates,
            "files": first.files + second.files,
            "warnings": first.warnings + second.warnings,
            "earlier_load_ids": first.load_ids,
        }
    )


def failure(result: SourceLoad) -> ExtractionError:
    first = result.failed[0]
    others = f" ({counted(len(result.failed) - 1, 'more stream')} failed)" if len(result.failed) > 1 else ""
    error = ExtractionError(f"{first.stream}: {first.error}{others}", load=result)
    if all(load.is_misconfigured for load in result.failed):
        error.exit_code = ConfigError.exit_code
    return error
