"""The resource `session` in jobs of one or two steps: when it opens a run, where, and how that run ends."""

# No `from __future__ import annotations` here: Dagster reads the annotations of these functions as types.

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from base.home import Home
from base.ops import engine
from orchestration.checked_config import load_config
from orchestration.resources import SessionResource, holding
from orchestration.run import runs
from orchestration.run.request import RunRequest
from orchestration.run.session import open_session
from orchestration.sensors import sentence_of


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.yml").write_text("sources: []\n")
    return Home(tmp_path / "home")


def of(home: Home, **asked: Any) -> SessionResource:
    return SessionResource(home=str(home.root), config=str(home.root.parent / "config"), **asked)


def execute(resource: SessionResource, *steps: Callable[[SessionResource], object]) -> dg.ExecuteInProcessResult:
    """A job of these steps, one after the other."""

    def op(number: int, step: Callable[[SessionResource], object]) -> dg.OpDefinition:
        after = {"before": dg.In(dg.Nothing)} if number else {}

        @dg.op(name=f"step_{number}", ins=after, out=dg.Out(dg.Nothing), required_resource_keys={"session"})
        def run(context: dg.OpExecutionContext) -> None:
            step(context.resources.session)

        return run

    @dg.job(resource_defs={"session": resource})
    def job() -> None:
        before: Any = None
        for number, step in enumerate(steps):
            before = op(number, step)(before) if number else op(number, step)()

    return job.execute_in_process(raise_on_error=False)


def rows(home: Home) -> list[Any]:
    ops = engine(home)
    try:
        return runs.history(ops, home)
    finally:
        ops.dispose()


def test_the_first_step_that_asks_opens_a_run_in_the_resources_home(home: Home) -> None:
    result = execute(of(home, sweep=True), lambda resource: resource.session, lambda resource: resource.session)
    [row] = rows(home)
    assert (row.status, row.arguments["sweep"], row.dagster_run_id) == (runs.SUCCEEDED, True, result.run_id)


def test_a_step_that_fails_outside_the_session_fails_the_run(home: Home) -> None:
    def fail(_: SessionResource) -> None:
        raise RuntimeError("outside")

    assert not execute(of(home), lambda resource: resource.session, fail).success
    [row] = rows(home)
    assert row.status == runs.FAILED
    assert row.error.startswith("Step step_1 failed in Dagster. See run ")


def test_a_job_that_only_reads_opens_no_run(home: Home) -> None:
    seen: list[Any] = []
    assert execute(of(home), lambda resource: seen.append((resource.workspace.home, resource.workspace.run))).success
    assert seen == [(home, None)]
    assert rows(home) == []


def test_a_step_after_the_run_was_opened_works_on_that_run(home: Home) -> None:
    seen: list[Any] = []
    execute(of(home), lambda resource: resource.session, lambda resource: seen.append(resource.workspace.run is resource.session))
    assert seen == [True]


def test_the_run_that_the_command_line_has_opened_is_taken_over_and_left_open(home: Home) -> None:
    config = load_config(home.root.parent / "config")
    seen: list[Any] = []
    with open_session(home, config, RunRequest()) as session:
        assert execute(holding(session), lambda resource: seen.append((resource.workspace.run, resource.session))).success
        assert [row.status for row in rows(home)] == [runs.RUNNING]
    assert seen == [(session, session)]
    assert [row.status for row in rows(home)] == [runs.SUCCEEDED]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"as_of": "tomorrow"}, "resources > session > as_of: 'tomorrow' is not an ISO date or time. Write it like"),
        ({"known_at": "2199-01-01"}, "resources > session > known_at: 2199-01-01T00:00:00Z is in the future"),
        ({"sources": ["acme"]}, "sources.yml has no source 'acme'. Known: none."),
    ],
)
def test_what_a_launchpad_asks_wrongly_fails_the_job_once_in_words_and_opens_no_run(
    home: Home, asked: dict[str, Any], sentence: str
) -> None:
    def step(resource: SessionResource) -> object:
        return resource.session

    result = execute(of(home, **asked), step, step, step)
    failures = [
        event for event in result.all_events if event.event_type in (dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.STEP_FAILURE)
    ]
    [failure] = failures
    assert failure.event_type == dg.DagsterEventType.RUN_FAILURE
    assert sentence in sentence_of(failure)
    assert "Failure:" not in sentence_of(failure)
    assert not home.root.exists()


def test_a_run_that_cannot_begin_is_tried_once_however_many_steps_ask(home: Home) -> None:
    reasons: list[str] = []

    def step(resource: SessionResource) -> None:
        for _ in range(2):
            with pytest.raises(dg.Failure) as refused:
                resource.session  # noqa: B018 - opens the run
            reasons.append(str(refused.value.description))

    assert execute(of(home, known_at="2020-01-01"), step).success
    assert reasons[0].startswith("resources > session > known_at: nothing has been loaded yet")
    assert reasons[1] == "The run did not begin; the first step that failed says why"
