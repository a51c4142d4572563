"""A run at work: the lock held, the ledger row open, the clocks known. Everything the steps of the main job share.

`open_session` is the only way in. The command line opens it before Dagster is imported (a busy home answers at once) and hands it to the job; a run
that Dagster launched opens it through the resource in orchestration/resources.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import Engine

from base import clock
from base.config import Config, Source
from base.environment import home_variables
from base.errors import ConfigError, FunnelcastError, SourceError, is_mistake
from base.failures import explained
from base.home import Home
from base.ops import engine
from base.settings import check_settings
from orchestration.checked_config import load_config
from orchestration.run import last_words, runs, space
from orchestration.run.configurations import keep
from orchestration.run.lock import run_lock
from orchestration.run.logs import start_logging
from orchestration.run.notice import tell_owner, tell_without_ledger
from orchestration.run.progress import Progress, quiet
from orchestration.run.request import RunRequest
from orchestration.run.result import RunResult

if TYPE_CHECKING:
    from ingestion.preflight.clocks import Clocks


@dataclass
class RunSession:
    """The open run. `failure` is the first error seen, `error` its sentence; a session that closes with one is a failed run.

    `stopped`: sources that could not be read and without which the run goes on (on_failure); it publishes, and closes as failed.
    """

    home: Home
    config: Config
    ops: Engine
    run: runs.Run
    progress: Progress = quiet
    failure: BaseException | None = None
    error: str | None = None
    stopped: dict[str, FunnelcastError] = field(default_factory=dict)
    result: RunResult = field(default_factory=RunResult)

    @property
    def sources(self) -> list[Source]:
        """The sources this run loads: those named by --source, else all; none in a rebuild of the past and when the log alone is asked."""
        if self.is_rebuild or self.run.request.from_log:
            return []
        wanted = self.run.request.sources
        return [self.config.source(name) for name in wanted] if wanted else list(self.config.sources)

    @property
    def is_rebuild(self) -> bool:
        """Whether only what was known before the newest load counts (--known-at): what a load would bring now could not."""
        if self.run.known_at is None:
            return False
        from ingestion.log.loads import newest_window_end

        newest = newest_window_end(self.ops)
        return newest is not None and self.run.known_at <= newest

    def window_end(self, source: Source) -> datetime:
        """The end of this run's closed window of `source`: its server's clock when the run first asked, kept over restarts."""
        known = self.run.window_ends.get(source.name)
        if known:
            return known
        from ingestion.preflight.check import server_now

        return runs.remember_window_end(
            self.ops, self.run, source.name, self.clocks.window_end(self.clocks.servers.get(source.name) or server_now(source))
        )

    @cached_property
    def clocks(self) -> Clocks:
        """What time it is by all evidence. Raises ConfigError when this machine's clock is wrong, or an earlier run's was."""
        from ingestion.log.loads import newest_load
        from ingestion.preflight.clocks import gather, judge

        evidence = gather(self.sources, newest_load(self.ops), local=clock.now(), with_files=not clock.is_frozen())
        found = judge(evidence, self.config.company.clock)
        for warning in found.warnings:
            self.progress(f"  {warning}")
        return found

    def as_of(self) -> datetime:
        """The event clock: --as-of, else the end of the newest closed extraction window (call it after the loads)."""
        from ingestion.log.loads import newest_window_end

        newest = newest_window_end(self.ops)
        if newest is None:
            raise FunnelcastError(
                "Nothing has been loaded yet, so there is nothing to compute",
                remedy="Add a source to sources.yml (`funnelcast check` says whether it answers) and run again.",
            )
        if self.run.as_of and self.run.as_of > newest:
            raise ConfigError(
                f"{self.run.request.spelled('as_of')}: {clock.iso(self.run.as_of)} is after what has been loaded, which ends {clock.iso(newest)}",
                remedy="Give an earlier one, or leave it out for the newest.",
            )
        if self.run.as_of:
            return self.run.as_of
        return runs.remember_as_of(self.ops, self.run, newest)

    def go_on_without(self, source: Source, error: FunnelcastError) -> bool:
        """Whether the run goes on although `source` could not be read: it may, and what it would miss was loaded before."""
        from ingestion.log.loads import has_loaded_whole

        was_loaded = has_loaded_whole(self.ops, source.name)
        if source.on_failure == "stop" or not was_loaded or is_mistake(error, was_loaded=was_loaded):
            return False
        self.stopped[source.name] = error
        return True

    def check_sources(self) -> None:
        """Raises the first error when none of the run's sources could be read: then there is nothing to publish that readers do not have."""
        if self.stopped and all(source.name in self.stopped for source in self.sources):
            raise next(iter(self.stopped.values()))

    def stopped_sentence(self) -> str:
        """The message about sources that could not be read, each with the moment since when its rows are stale."""
        from ingestion.log.loads import newest_window_end

        found = []
        for name, error in self.stopped.items():
            since = newest_window_end(self.ops, name)
            found.append(
                f"{name} could not be read; its rows have been stale since {clock.iso(since) if since else 'the first load'} ({str(error).rstrip('.')})"
            )
        return "; ".join(found)

    @contextmanager
    def step(self, name: str, *, writes: str = "") -> Iterator[None]:
        """One step of the job: says its name, remembers the first error. `writes`: what is to fit on the disk (orchestration/run/space.py)."""
        self.progress(name)
        try:
            if writes:
                space.check(self.home, writes)
            yield
        except BaseException as error:
            known = explained(error, self.home)
            self.fail(known or error, during=name)
            if known is None or known is error:
                raise
            logging.getLogger("funnelcast").warning("%s: %s", name, known, exc_info=error)
            raise known from error

    def fail(self, error: BaseException, *, during: str) -> None:
        """Remember the first failure: a FunnelcastError by its sentence, any other only by its kind (its text may hold data)."""
        if self.failure is None:
            self.failure = error
            what = "told to stop" if isinstance(error, KeyboardInterrupt) else f"unexpected {type(error).__name__}"
            self.error = str(error) if isinstance(error, FunnelcastError) else f"{during}: {what}"


@contextmanager
def open_session(
    home: Home, config: Config, request: RunRequest, *, progress: Progress = quiet, result: RunResult | None = None
) -> Iterator[RunSession]:
    """Take the lock, recover what dead runs left, open (or take up) a run; close it as succeeded or failed.

    Raises BusyError when another run holds the home, ConfigError for a request that the configuration or the log cannot answer, for a wrong
    variable and when the operations database cannot be opened.
    """
    asked, request = request, request.resolve(config, now=clock.now())
    check_settings()
    home.prepare()
    start_logging(home, config)
    with run_lock(home):
        with _owner_notified(home, config):
            ops = engine(home)
            keep(home, config)
            runs.recover(ops, home, at=clock.now())
            _recover_loads(home, ops, config, progress)
        _check_knowledge(ops, asked)
        with _owner_notified(home, config):
            run = runs.begin(ops, home, config, request, at=clock.now())
            session = RunSession(home, config, ops, run, progress, result=result or RunResult())
            _tell_last_words(session)
        try:
            if not session.is_rebuild:
                session.clocks  # noqa: B018 - a wrong clock stops the run before anything is asked of a source
            with home_variables(home, config.folder):
                yield session
        except BaseException as error:
            # Dagster's own storage is written between the steps.
            known = explained(error, home)
            session.fail(known or error, during="run")
            if known is None or known is error:
                raise
            logging.getLogger("funnelcast").warning("%s", known, exc_info=error)
            raise known from error
        finally:
            if session.stopped:
                session.fail(SourceError(session.stopped_sentence(), remedy="Everything else was published."), during="load")
            _close(session)
            ops.dispose()


@contextmanager
def _owner_notified(home: Home, config: Config) -> Iterator[None]:
    """While there is no run yet that could fail: the owner hears of a home that no run can be opened in."""
    try:
        yield
    except Exception as error:
        known = explained(error, home)
        if known is None:
            raise
        tell_without_ledger(home, config, sentence=str(known), at=clock.now())
        if known is error:
            raise
        raise known from error


def _tell_last_words(session: RunSession) -> None:
    """Of an earlier run that could not record why it failed."""
    last_words.reserve(session.home)
    words = last_words.take(session.home)
    if words:
        run_id, sentence = words
        tell_owner(session.home, session.config, session.ops, run_id=run_id, sentence=sentence, at=clock.now())
        last_words.clear(session.home)


def _close(session: RunSession) -> None:
    """Record how the run ended, and notify the owner. Where not even that can be written, the owner is notified without, and the next run takes this one up.

    Raises only when nothing else has failed.
    """
    home, failure = session.home, session.failure
    try:
        runs.finish(session.ops, session.run, at=clock.now(), error=session.error)
        if session.error and isinstance(failure, Exception):
            tell_owner(home, session.config, session.ops, run_id=session.run.run_id, sentence=session.error, at=clock.now())
    except Exception as error:
        known = explained(error, home)
        if known is None:
            raise
        session.fail(known, during="closing the run")
        sentence = session.error or str(known)
        last_words.leave(home, session.run.run_id, sentence)
        if tell_without_ledger(home, session.config, sentence=sentence, at=clock.now()):
            last_words.clear(home)
        if failure is None:
            raise known from error


def load(home: str | Path | None, config: str | Path | None) -> tuple[Home, Config]:
    """Home and configuration from options or environment, checked."""
    from base.home import config_dir

    return Home.at(home), load_config(config_dir(config))


def _check_knowledge(ops: Engine, request: RunRequest) -> None:
    """Raises ConfigError for a rebuild of the past before there is any: it would be published, and readers would still have nothing."""
    from ingestion.log.loads import newest_window_end

    if request.known_at and newest_window_end(ops) is None:
        raise ConfigError(
            f"{request.spelled('known_at')}: nothing has been loaded yet, so there is no past to rebuild",
            remedy=f"Run once without {request.spelled('known_at')}.",
        )


def _recover_loads(home: Home, ops: Engine, config: Config, progress: Progress) -> None:
    from ingestion.log.recovery import recover, restore_descriptions

    for name in restore_descriptions(home, ops, config):
        progress(f"lake/{name}/source.json was absent or damaged; it is written again")
    for name in recover(home, ops).set_aside:
        progress(f"lake/{name} was cut short before it counted; it is set aside in {home.damaged}, and its records are read again")
