"""Extraction: every stream of a source, one closed window each, from pages into committed parts of the lake.

A pass over a stream goes part by part; after each part its file, its ledger row and the cursor after it are safe, so a killed or failed
pass goes on from there. Streams run side by side within the source's rate limit; one that fails does not stop the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from threading import Event
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Engine

from base.clock import iso
from base.config import Config, Source
from base.errors import ConfigError, FunnelcastError, SourceError, guarded
from base.home import Home
from base.registry import did_you_mean
from ingestion.extract.collector import rare_collections
from ingestion.extract.one_pass import Pass
from ingestion.extract.results import ExtractionError, Silent, SourceLoad, StreamLoad, StreamProgress, failure, joined
from ingestion.http.client import HttpError
from ingestion.http.limits import BudgetSpent, RunBudget
from ingestion.log import parts
from ingestion.log.loads import COMPLETE, FAILED, PAUSED, Ledger, Load, LoadState
from ingestion.log.recovery import recover
from ingestion.protocol.connector import Connector, Sample
from ingestion.sources.registry import KINDS, open_connector, stream_of
from ingestion.webhooks.spooled import with_spool


def extract(
    config: Config,
    home: Home,
    ops: Engine,
    source: Source,
    *,
    window_end: datetime,
    streams: Sequence[str] | None = None,
    progress: StreamProgress | None = None,
    sweep: bool = False,
    sample: Sample | None = None,
) -> SourceLoad:
    """Load what changed in `source` up to `window_end` (the source's clock where it has one) into the lake.

    `streams` (default: those of sources.yml, else all) are passed over in windows that begin `lookback_hours` before the end of their last
    complete one; the first is whole, or from `start_date`. An interrupted pass is finished first. Running it again with the same window
    adds nothing. `config` gives the company's zone, in which `start_date` is a day. `sweep`: list all ids now, whether `sweep_days` have
    passed or not. `sample`: read no more of files and tables than this. A stream that the source calls optional and refuses (403) ends as
    `refused`, with a warning, and fails nothing.

    Raises ExtractionError after all streams have ended when one of them did not complete; ConfigError before anything is asked.
    """
    with guarded(source.name):
        result = _extract(config, home, ops, source, window_end, streams, progress or Silent(), sweep, sample)
    if result.failed:
        raise failure(result)
    return result


def _extract(
    config: Config,
    home: Home,
    ops: Engine,
    source: Source,
    window_end: datetime,
    streams: Sequence[str] | None,
    progress: StreamProgress,
    sweep: bool,
    sample: Sample | None,
) -> SourceLoad:
    parts.describe_source(home.lake, source.name, source.kind, source.settings)
    recover(home, ops, source.name)
    budget = RunBudget(source.run_budget_minutes * 60)
    opened = open_connector(source, budget)
    opened.sample = sample
    connector = with_spool(opened, source, home.spool)
    stop = Event()
    try:
        ledger = Ledger(ops)
        chosen = [
            stream
            for stream in _chosen(source, connector, streams)
            if sweep or not stream_of(source.kind, stream).is_periodic or _is_due(ledger, source, stream, window_end)
        ]
        tolerance = timedelta(minutes=config.company.clock.largest_difference_minutes)
        passes = _Passes(home, ledger, source, connector, config.company.time_zone, window_end, tolerance, progress, stop)
        with rare_collections(), ThreadPoolExecutor(max_workers=source.concurrency, thread_name_prefix=source.name) as pool:
            try:
                running = [(stream, pool.submit(passes.run, stream)) for stream in chosen]
                results = [passes.result(stream, future) for stream, future in running]
            except BaseException:
                stop.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        ignored = _ignored(source, connector)
    finally:
        connector.close()
    return SourceLoad(source.name, results, ignored)


def _ignored(source: Source, connector: Connector) -> tuple[str, ...]:
    """What lies there and is not read; that it cannot be listed is no reason to fail what has been loaded."""
    try:
        with guarded(source.name):
            return tuple(connector.ignored())
    except FunnelcastError as error:
        return (f"what else lies there could not be listed ({error})",)


@dataclass
class _Passes:
    """What the passes of one run share."""

    home: Home
    ledger: Ledger
    source: Source
    connector: Connector
    time_zone: str
    window_end: datetime
    tolerance: timedelta
    progress: StreamProgress
    stop: Event

    def run(self, stream: str) -> StreamLoad:
        """All passes that the stream needs now: the interrupted one if any, then the new window."""
        place = f"{self.source.name}: {stream}"
        done: StreamLoad | None = None
        try:
            with guarded(place):
                self.progress.started(self.source.name, stream)
                for load in self._windows(stream):
                    done = joined(done, self._pass(load))
                    if done.status != COMPLETE:
                        break
                if done is None:
                    done = self._nothing_to_do(stream)
                self.progress.finished(self.source.name, stream, done.status, done.fetched, done.written)
        except FunnelcastError as error:
            return self._failed(stream, done, error)
        return done

    def result(self, stream: str, running: Future[StreamLoad]) -> StreamLoad:
        """What became of the stream. No Exception in its thread reaches the others."""
        try:
            with guarded(f"{self.source.name}: {stream}"):
                return running.result()
        except FunnelcastError as error:
            return self._failed(stream, None, error)

    def _failed(self, stream: str, done: StreamLoad | None, error: FunnelcastError) -> StreamLoad:
        """What is known of a stream that failed outside its passes (the ledger, the listener): what they did counts."""
        if done is not None:
            return replace(done, status=FAILED, error=done.error or str(error))
        return StreamLoad(self.source.name, stream, FAILED, "", None, self.window_end, 0, 0, 0, error=str(error))

    def _windows(self, stream: str) -> Iterator[Load]:
        interrupted = self.ledger.unfinished(self.source.name, stream)
        newest = self.ledger.newest_complete(self.source.name, stream)
        self._check_ends(stream, interrupted, newest)
        if interrupted:
            yield interrupted.load
            if stream_of(self.source.kind, stream).is_periodic:
                return
        newest = self.ledger.newest_complete(self.source.name, stream)  # again: the interrupted one may be complete by now
        is_windowed = self.connector.is_windowed(stream)
        if newest and (newest.load.window_end > self.window_end or (is_windowed and newest.load.window_end == self.window_end)):
            return
        start: datetime | None = None
        if is_windowed and newest:
            start = newest.load.window_end - timedelta(hours=self.source.lookback_hours)
        elif is_windowed and self.source.start_date:
            start = datetime.combine(self.source.start_date, time(), ZoneInfo(self.time_zone)).astimezone(UTC)
        yield Load(self.source.name, self.source.kind, stream, start, self.window_end)

    def _check_ends(self, stream: str, *states: LoadState | None) -> None:
        """Raises SourceError when the ledger is ahead of this run: one of the two had a wrong clock, and nothing may be skipped for it."""
        for state in states:
            if state and state.load.window_end > self.window_end + self.tolerance:
                raise SourceError(
                    f"{self.source.name}: {stream} was loaded up to {iso(state.load.window_end)}, but this run's window ends"
                    f" {iso(self.window_end)}: one of the two clocks was wrong",
                    remedy="Correct the clock that is; if it was the earlier run's, `funnelcast repair clock` closes its window.",
                )

    def _pass(self, load: Load) -> StreamLoad:
        work: Pass | None = None
        try:
            with guarded(f"{load.source}: {load.stream}"):
                work = Pass(self.home, self.ledger, self.connector, load, self.progress, self.stop)
                work.run()
                return work.ended(COMPLETE)
        except FunnelcastError as error:
            if work is None:
                raise
            return self._unfinished(work, load, error)
        except BaseException as error:
            if work is not None:
                work.ended(FAILED, f"stopped by {type(error).__name__}")
            raise

    def _unfinished(self, work: Pass, load: Load, error: FunnelcastError) -> StreamLoad:
        """How a pass ended that did not reach its end. If not even that can be recorded, the load stays open and the next run goes on."""
        with guarded(f"{load.source}: {load.stream}"):
            if isinstance(error, BudgetSpent):
                return work.ended(PAUSED, str(error))
            if isinstance(error, HttpError) and error.status == 403 and stream_of(load.kind, load.stream).is_optional:
                return work.refused()
            return work.ended(FAILED, str(error), is_misconfigured=isinstance(error, ConfigError))

    def _nothing_to_do(self, stream: str) -> StreamLoad:
        newest = self.ledger.newest_complete(self.source.name, stream)
        assert newest is not None
        load = newest.load
        return StreamLoad(load.source, stream, COMPLETE, load.load_id, load.window_start, load.window_end, 0, 0, 0)


def _chosen(source: Source, connector: Connector, streams: Sequence[str] | None) -> list[str]:
    """The streams to pass over: those asked for, of those that sources.yml allows, of those that there are. Raises ConfigError."""
    known = tuple(dict.fromkeys((*KINDS.named(source.kind).streams, *connector.streams())))
    for stream in (*(source.streams or ()), *(streams or ())):
        if stream not in known:
            raise ConfigError(
                f"{source.place('streams')}: source '{source.name}' has no stream '{stream}'", remedy=did_you_mean(stream, sorted(known))
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


__all__ = ["ExtractionError", "SourceLoad", "StreamLoad", "extract"]
