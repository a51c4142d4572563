"""Extraction: every stream of a source, one closed window each, from pages into committed parts of the lake.

A pass over a stream goes part by part; after each part its file, its ledger row and the cursor after it are safe, so a killed or failed
pass goes on from there. Streams run side by side within the source's rate limit; one that fails does not stop the others.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from threading import Event
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Engine

from base.config import Config, Source
from base.errors import ConfigError, FunnelcastError, SourceError
from base.faults import fault_point
from base.home import Home
from ingestion.extract.collector import rare_collections
from ingestion.extract.progress import Progress, Silent
from ingestion.http.client import HttpError
from ingestion.http.limits import BudgetSpent, RunBudget
from ingestion.log import parts
from ingestion.log.loads import COMPLETE, FAILED, PAUSED, REFUSED, Ledger, Load, LoadState
from ingestion.log.records import Page, Row, SourceFile
from ingestion.log.recovery import recover
from ingestion.log.versions import Versions
from ingestion.sources.base import (
    Connector,
    CursorExpired,
    Window,
    open_connector,
    optional_streams,
    periodic_streams,
    streams_of,
)
from ingestion.webhooks.spooled import with_spool

#: A part is committed at this many records or payload bytes, whichever comes first.
PART_RECORDS = 10_000
PART_BYTES = 16 * 1024 * 1024

#: How often a pass begins again because the vendor expired its cursor.
MAXIMUM_RESTARTS = 3


@dataclass(frozen=True)
class StreamLoad:
    """What one run did for one stream: counts of this run (a resumed load's earlier parts are not in them)."""

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


def extract(
    config: Config,
    home: Home,
    ops: Engine,
    source: Source,
    *,
    window_end: datetime,
    streams: Sequence[str] | None = None,
    progress: Progress | None = None,
    sweep: bool = False,
) -> SourceLoad:
    """Load what changed in `source` up to `window_end` (the source's clock where it has one) into the lake.

    `streams` (default: those of sources.yml, else all) are passed over in windows that begin `lookback_hours` before the end of their last
    complete one; the first is whole, or from `start_date`. An interrupted pass is finished first. Running it again with the same window
    adds nothing. `config` gives the company's zone, in which `start_date` is a day. `sweep`: list all ids now, whether `sweep_days` have
    passed or not. A stream that the source calls optional and refuses (403) ends as `refused`, with a warning, and fails nothing.

    Raises ExtractionError after all streams have ended when one of them did not complete; ConfigError before anything is asked.
    """
    parts.describe_source(home.lake, source.name, source.kind, source.settings)
    recover(home, ops, source.name)
    budget = RunBudget(source.run_budget_minutes * 60)
    connector = with_spool(open_connector(source, budget), source, home.spool)
    stop = Event()
    try:
        ledger = Ledger(ops)
        chosen = [
            stream
            for stream in _chosen(source, connector, streams)
            if stream not in periodic_streams(connector) or sweep or _is_due(ledger, source, stream, window_end)
        ]
        passes = _Passes(home, ledger, source, connector, config.company.time_zone, window_end, progress or Silent(), stop)
        with rare_collections(), ThreadPoolExecutor(max_workers=source.concurrency, thread_name_prefix=source.name) as pool:
            try:
                results = list(pool.map(passes.run, chosen))
            except BaseException:
                stop.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        # Sources that are folders say what they leave unread.
        ignored: tuple[str, ...] = tuple(getattr(connector, "ignored", tuple)())
    finally:
        connector.close()
    result = SourceLoad(source.name, results, ignored)
    if result.failed:
        raise _failure(result)
    return result


@dataclass
class _Passes:
    """What the passes of one run share."""

    home: Home
    ledger: Ledger
    source: Source
    connector: Connector
    time_zone: str
    window_end: datetime
    progress: Progress
    stop: Event

    def run(self, stream: str) -> StreamLoad:
        """All passes that the stream needs now: the interrupted one if any, then the new window. Never raises a FunnelcastError."""
        self.progress.started(self.source.name, stream)
        done: StreamLoad | None = None
        for load in self._windows(stream):
            done = _joined(done, self._pass(load))
            if done.status != COMPLETE:
                break
        if done is None:
            done = self._nothing_to_do(stream)
        self.progress.finished(self.source.name, stream, done.status, done.fetched, done.written)
        return done

    def _windows(self, stream: str) -> Iterator[Load]:
        interrupted = self.ledger.unfinished(self.source.name, stream)
        if interrupted:
            yield interrupted.load
            if stream in periodic_streams(self.connector):
                return
        newest = self.ledger.newest_complete(self.source.name, stream)
        is_windowed = stream in self.connector.windowed
        if newest and (newest.load.window_end > self.window_end or (is_windowed and newest.load.window_end == self.window_end)):
            return
        start: datetime | None = None
        if is_windowed and newest:
            start = newest.load.window_end - timedelta(hours=self.source.lookback_hours)
        elif is_windowed and self.source.start_date:
            start = datetime.combine(self.source.start_date, time(), ZoneInfo(self.time_zone)).astimezone(UTC)
        yield Load(self.source.name, self.source.kind, stream, start, self.window_end)

    def _pass(self, load: Load) -> StreamLoad:
        state = self.ledger.begin(load)
        work = _Pass(self, load, state)
        try:
            work.run()
        except BudgetSpent as error:
            return work.ended(PAUSED, str(error))
        except HttpError as error:
            if error.status == 403 and load.stream in optional_streams(self.connector):
                return work.refused()
            return work.ended(FAILED, str(error))
        except FunnelcastError as error:
            return work.ended(FAILED, str(error))
        except BaseException as error:
            work.ended(FAILED, f"stopped by {type(error).__name__}")
            raise
        return work.ended(COMPLETE)

    def _nothing_to_do(self, stream: str) -> StreamLoad:
        newest = self.ledger.newest_complete(self.source.name, stream)
        assert newest is not None
        load = newest.load
        return StreamLoad(load.source, stream, COMPLETE, load.load_id, load.window_start, load.window_end, 0, 0, 0)


class _Pass:
    """One pass over one closed window, in one thread."""

    def __init__(self, run: _Passes, load: Load, state: LoadState) -> None:
        self._run, self._load = run, load
        self._state = state
        self._cursor = state.next_cursor
        before = run.ledger.newest_complete(load.source, load.stream)
        self._since = before.next_cursor if before else None
        self._token: str | None = None
        self._part = state.parts
        self._rows: list[Row] = []
        self._origins: list[int | None] = []
        self._files: list[SourceFile] = []
        self._bytes = 0
        self._pages_since_part = 0
        self._written_files: list[str] = []
        self._warnings: list[str] = []
        self._fetched = self._written = self._duplicates = 0
        log = parts.stream_files(run.home.lake, load.source, load.stream)
        self._versions = Versions(log, window_end=load.window_end)

    def run(self) -> None:
        """Read to the last page, begin again when the cursor expires, then hold the counts against the files."""
        restarts = 0
        while True:
            try:
                self._read()
                break
            except CursorExpired as error:
                restarts += 1
                if restarts > MAXIMUM_RESTARTS:
                    raise SourceError(
                        f"{self._load.source}: {self._load.stream}: the vendor expired the page cursor {restarts} times",
                        remedy="Run again at a less busy time.",
                    ) from error
                self._commit(None)
                self._run.ledger.restart(self._load)
                self._cursor = None
        self._check()

    def refused(self) -> StreamLoad:
        """The source does not let us read what is not needed: said, remembered, and asked again next time."""
        told = f"{self._load.stream} was skipped: the credential has no permission to read it (status 403), and it is optional"
        self._warnings.append(told)
        return self.ended(REFUSED, told)

    def ended(self, status: str, error: str | None = None) -> StreamLoad:
        self._versions.close()
        load = self._load
        if self._state.status == COMPLETE and status in (FAILED, PAUSED):
            # A failed re-read does not invalidate a complete window.
            self._run.ledger.finish(load, COMPLETE, error, token=self._state.next_cursor)
        else:
            self._run.ledger.finish(load, status, error, token=self._token)
        return StreamLoad(
            load.source,
            load.stream,
            status,
            load.load_id,
            load.window_start,
            load.window_end,
            self._fetched,
            self._written,
            self._duplicates,
            tuple(self._written_files),
            tuple(self._warnings),
            error,
        )

    def _read(self) -> None:
        load = self._load
        known = self._run.ledger.files(load.source, load.stream)
        window = Window(load.window_start, load.window_end, self._since)
        try:
            for page in self._run.connector.pages(load.stream, window, self._cursor, known):
                self._add(page)
                fault_point("ingestion.after_page")
                if self._run.stop.is_set():
                    raise SourceError(f"{load.source}: {load.stream}: stopped", remedy="Run again; it continues from here.")
                if len(self._rows) >= PART_RECORDS or self._bytes >= PART_BYTES:
                    self._commit(page.cursor)
        except (FunnelcastError, CursorExpired):
            self._commit(self._cursor)
            raise
        self._commit(None)

    def _add(self, page: Page) -> None:
        self._rows += page.rows
        self._origins += [page.origin] * len(page.rows)
        self._files += page.files
        self._bytes += sum(len(row.payload) for row in page.rows)
        self._warnings += page.warnings
        self._cursor, self._token = page.cursor, page.token
        self._fetched += len(page.rows)
        self._run.progress.advanced(self._load.source, self._load.stream, self._fetched, self._written)

    def _commit(self, cursor: str | None) -> None:
        """File first, ledger second: a kill between them leaves a complete file, which recovery adopts."""
        if not self._rows and not self._files:
            return
        run, load = self._run, self._load
        before = self._versions.duplicates
        versions = self._versions.new(self._rows, part=self._part, origins=self._origins)
        duplicates = self._versions.duplicates - before
        part = parts.write_part(
            run.home.lake, load, self._part, versions, fetched=len(self._rows), duplicates=duplicates, cursor=cursor, files=self._files
        )
        fault_point("ingestion.between_file_and_ledger")
        run.ledger.commit_part(load, part, self._files)
        fault_point("ingestion.after_part")
        self._written += part.written
        self._duplicates += part.duplicates
        if part.file:
            self._written_files.append(part.file)
        self._part += 1
        self._rows, self._origins, self._files, self._bytes = [], [], [], 0
        run.progress.advanced(load.source, load.stream, self._fetched, self._written)

    def _check(self) -> None:
        """Fetched = written + duplicates, by three counts that do not know of each other: pages, ledger, and the files' own row counts."""
        state = self._run.ledger.state(self._load)
        assert state is not None
        in_files = parts.rows_in(self._run.home.lake, [part.file for part in self._run.ledger.parts_of(self._load) if part.file])
        if (
            self._fetched != self._written + self._duplicates
            or state.fetched != state.written + state.duplicates
            or in_files != state.written
        ):
            raise SourceError(
                f"{self._load.source}: {self._load.stream}: {state.fetched} records were fetched, but {in_files} are in the lake"
                f" and {state.duplicates} were duplicates",
                remedy="The load is marked as failed and nothing from it is published. This is a bug; please report it with the run's log.",
            )


def _chosen(source: Source, connector: Connector, streams: Sequence[str] | None) -> list[str]:
    """The streams to pass over: those asked for, of those that sources.yml allows, of those that there are. Raises ConfigError."""
    known = tuple(dict.fromkeys((*streams_of(source.kind), *connector.streams())))
    for stream in (*(source.streams or ()), *(streams or ())):
        if stream not in known:
            near = difflib.get_close_matches(stream, known, n=1)
            raise ConfigError(
                f"sources.yml: source '{source.name}' has no stream '{stream}'",
                remedy=f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(known)}.",
            )
    return [
        stream
        for stream in connector.streams()
        if (streams is None or stream in streams) and (source.streams is None or stream in source.streams)
    ]


def _is_due(ledger: Ledger, source: Source, stream: str, window_end: datetime) -> bool:
    """Whether a periodic stream is to be read in this window: `sweep_days` after its last time, else after the source was first loaded."""
    if not source.sweep_days:
        return False
    newest = ledger.newest_complete(source.name, stream)
    since = newest.load.window_end if newest else ledger.first_window_end(source.name)
    return since is not None and window_end >= since + timedelta(days=source.sweep_days)


def _joined(first: StreamLoad | None, second: StreamLoad) -> StreamLoad:
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
        }
    )


def _failure(result: SourceLoad) -> ExtractionError:
    first = result.failed[0]
    others = f" ({len(result.failed) - 1} more streams failed)" if len(result.failed) > 1 else ""
    return ExtractionError(f"{first.stream}: {first.error}{others}", load=result)


__all__ = ["ExtractionError", "SourceLoad", "StreamLoad", "extract", "streams_of"]
