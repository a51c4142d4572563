"""The daily job in this process: session, Dagster job, outcome. What `funnelcast run` and the demo call.

The lock is taken before Dagster is imported, so a busy home answers at once. The job is the one that the schedule launches; Dagster
records it in the home's instance, so the UI shows runs of the command line too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from base.clock import iso
from base.config import Config
from base.errors import FunnelcastError
from base.home import Home
from orchestration.answers.mapping_files import check_mappings
from orchestration.run import runs
from orchestration.run.progress import Progress, quiet
from orchestration.run.session import RunSession, open_session

#: Unmapped names that a run's last line shows; `funnelcast mappings` has all.
SHOWN_NAMES = 3


@dataclass(frozen=True)
class Outcome:
    """What a finished run did. `version` is the published version; `deliveries` counts states of this run's report deliveries.

    `stopped`: one sentence about the sources that it had to go on without; empty when it read all of them. `unmapped`: names without a
    canonical code, most used first.
    """

    run_id: str
    as_of: datetime
    is_current: bool
    version: str
    content_hash: str
    published_to: str
    loaded: dict[str, dict[str, int]]
    deliveries: dict[str, int]
    attempts: int
    stopped: str = ""
    unmapped: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "as_of": iso(self.as_of)}

    def lines(self) -> list[str]:
        """For a person: what was loaded, published and delivered."""
        written = sum(counts["written"] for counts in self.loaded.values())
        fetched = sum(counts["fetched"] for counts in self.loaded.values())
        sent = ", ".join(f"{count} {state}" for state, count in sorted(self.deliveries.items())) or "nothing due"
        where = "current" if self.is_current else "beside current (older than it, so nothing is sent)"
        return [
            f"Loaded     {written:,} new of {fetched:,} records from {len(self.loaded)} source(s)",
            f"Published  version {self.version} as of {iso(self.as_of)}, {where}: {self.published_to}",
            f"Reports    {sent}",
            *([f"Unmapped   {self._unmapped()}"] if self.unmapped else []),
        ]

    def _unmapped(self) -> str:
        more = f" and {len(self.unmapped) - SHOWN_NAMES} more" if len(self.unmapped) > SHOWN_NAMES else ""
        names = ", ".join(self.unmapped[:SHOWN_NAMES])
        return f"{len(self.unmapped)} name(s) without a code: {names}{more} (funnelcast mappings proposes the rows)"


def run_daily(home: Home, config: Config, arguments: runs.Arguments, *, progress: Progress = quiet) -> Outcome:
    """One run of the job. Raises the first step's FunnelcastError; the old published state then stays.

    ConfigError for a mistake in a mapping file or a credential that is not set, BusyError when another run holds the home. Any other exception is a bug and is raised as it is.
    """
    check_mappings(config.mappings)
    _check_credentials(config, arguments)
    with open_session(home, config, arguments, progress=progress) as session:
        if session.run.attempts > 1:
            progress(f"taking up run {session.run.run_id}, which ended early (attempt {session.run.attempts})")
        _execute(session)
        if session.failure is not None:
            raise session.failure
        return _outcome(session)


def _check_credentials(config: Config, arguments: runs.Arguments) -> None:
    """A variable that is not set is told before anything begins; a rebuild of the past asks no source."""
    for source in config.sources:
        if not arguments.known_at and (not arguments.sources or source.name in arguments.sources):
            for role in source.credentials:
                source.secret(role)


def _execute(session: RunSession) -> None:
    from orchestration.instance.dagster_home import open_instance

    instance = open_instance(session.home)
    try:
        session.progress("dagster: definitions")
        from orchestration.definitions import build_definitions
        from orchestration.jobs import kinds_in_use, of_kinds

        job = build_definitions().resolve_job_def("daily")
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            tags={"funnelcast/run_id": session.run.run_id},
            run_config=_run_config(session),
            asset_selection=_rest(session) or of_kinds(job.asset_layer.executable_asset_keys, kinds_in_use(session.home, session.config)),
        )
    finally:
        instance.dispose()
    if not result.success and session.failure is None:
        session.fail(FunnelcastError("The job failed", remedy=f"See its run {result.run_id} in funnelcast dev."), during="job")


def _rest(session: RunSession) -> list[Any] | None:
    """What is left to do of a run whose earlier attempt had published. None: everything.

    The reports; and publishing itself, which is then done already and only finished, when the attempt ended before it could note that.
    """
    from exports.publish.state import current

    state = current(session.home)
    if state is None:
        return None
    run = session.run
    is_finished = state.version_id == run.published_version
    # By this run, and with what it is configured with now: a mapping may have been mended between the attempts.
    built_with = (state.run_id, state.config_digest, state.mappings_digest, state.lock_digest, state.git_version)
    if not is_finished and built_with != (run.run_id, run.config_digest, run.mappings_digest, run.lock_digest, run.code_version):
        return None
    from orchestration.assets.keys import PUBLISHED, report_key
    from orchestration.assets.reports import EDITIONS

    reports = [report_key(edition) for edition in EDITIONS]
    session.progress(f"version {state.version_id} is published already; the reports are left")
    if not is_finished:
        return [PUBLISHED, *reports]
    session.notes.update(version=state.version_id, content_hash=state.content_hash, published_to=str(state.path), is_current=True)
    return reports


def _run_config(session: RunSession) -> dict[str, Any]:
    """The run's arguments, so that the UI shows them; Dagster's own log lines stay out of the terminal."""
    asked = session.run.arguments.as_json()
    config = {"as_of": asked["as_of"] or "", "known_at": asked["known_at"] or "", "sources": asked["sources"]}
    return {"resources": {"session": {"config": config}}, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def _unmapped(session: RunSession) -> tuple[str, ...]:
    """Names without a code in the state that readers see; nothing when the run did not become current."""
    from orchestration.answers.mapping_proposals import proposals

    if not session.notes.get("is_current", True):
        return ()
    return tuple(f"{one.kind} '{one.name}' ({one.source_system}, used {one.use_count:,} times)" for one in proposals(session.home))


def _outcome(session: RunSession) -> Outcome:
    notes = session.notes
    assert session.run.as_of is not None
    return Outcome(
        run_id=session.run.run_id,
        as_of=session.run.as_of,
        is_current=bool(notes.get("is_current", True)),
        version=str(notes.get("version", "")),
        content_hash=str(notes.get("content_hash", "")),
        published_to=str(notes.get("published_to", "")),
        loaded=notes.get("loaded", {}),  # type: ignore[arg-type]
        deliveries=notes.get("deliveries", {}),  # type: ignore[arg-type]
        attempts=session.run.attempts,
        stopped=session.stopped_sentence(),
        unmapped=_unmapped(session),
    )
