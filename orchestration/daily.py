"""The daily job in this process: session, Dagster job, outcome. What `funnelcast run` and the demo call.

The lock is taken before Dagster is imported, so a busy home answers at once. The job is the one that the schedule launches; Dagster
records it in the home's instance, so the UI shows runs of the command line too.
"""

from __future__ import annotations

from typing import Any

from base.config import Config
from base.errors import FunnelcastError
from base.home import Home
from base.words import counted
from orchestration.readiness import check_ready
from orchestration.run.progress import Progress, quiet
from orchestration.run.request import RunRequest
from orchestration.run.result import Outcome, Publication, RunResult
from orchestration.run.session import RunSession, open_session


def run_daily(home: Home, config: Config, request: RunRequest, *, progress: Progress = quiet, result: RunResult | None = None) -> Outcome:
    """One run of the job. Raises the first step's FunnelcastError; the old published state then stays, and `result` holds what was done before.

    ConfigError for what orchestration.readiness finds, BusyError when another run holds the home. Any other exception is a bug
    and is raised as it is.
    """
    check_ready(home, config, request)
    with open_session(home, config, request, progress=progress, result=result) as session:
        if session.run.attempts > 1:
            progress(f"resuming run {session.run.run_id}, which ended early (attempt {session.run.attempts})")
        _execute(session)
        if session.failure is not None:
            raise session.failure
        return _outcome(session)


def _execute(session: RunSession) -> None:
    from orchestration.instance.dagster_home import open_instance

    instance = open_instance(session.home)
    try:
        session.progress("dagster: definitions")
        from orchestration.assets.keys import of_kinds
        from orchestration.build.idle import kinds_in_use
        from orchestration.definitions import build_definitions

        job = build_definitions(session=session).resolve_job_def("daily")
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
        session.fail(FunnelcastError("The job failed", remedy=f"See run {result.run_id} in funnelcast dev."), during="job")


def _rest(session: RunSession) -> list[Any] | None:
    """What is left to do of a run whose earlier attempt had published. None: everything.

    The reports; and publishing itself, which is then done already and only finished, when the attempt ended before it could note that.
    """
    from exports.publish.state import readable_current

    state = readable_current(session.home)
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
    session.progress(f"version {state.version_id} is already published; the reports remain")
    if not is_finished:
        return [PUBLISHED, *reports]
    session.result.publication = Publication(state.version_id, state.content_hash, str(state.path), is_current=True)
    return reports


def _run_config(session: RunSession) -> dict[str, Any]:
    """The request, so that the UI shows it; Dagster's own log lines stay out of the terminal."""
    return {
        "resources": {"session": {"config": session.run.request.model_dump()}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }


def _outcome(session: RunSession) -> Outcome:
    publication = session.result.publication
    assert session.run.as_of is not None
    assert publication is not None
    return Outcome(
        run_id=session.run.run_id,
        as_of=session.run.as_of,
        attempts=session.run.attempts,
        result=session.result,
        publication=publication,
        stopped=session.stopped_sentence(),
        unmapped=_unmapped(session.home) if publication.is_current else (),
    )


def _unmapped(home: Home) -> tuple[str, ...]:
    """Names without a code in the state that readers see."""
    from orchestration.answers.mapping_proposals import proposals

    return tuple(f"{one.kind} '{one.name}' ({one.source_system}, used {counted(one.use_count, 'time')})" for one in proposals(home))
