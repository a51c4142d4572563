"""The owner (company.yml `owner`) is notified of a failed run, even when its process died before it could do so itself."""

# No `from __future__ import annotations` here: Dagster reads the annotations of these functions as types.

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from base.config import Config
from base.home import Home

FAILURE = f"{dg.Failure.__module__}.{dg.Failure.__qualname__}"


@dg.run_failure_sensor(name="tell_owner_of_failed_run", default_status=dg.DefaultSensorStatus.RUNNING)
def tell_owner_of_failed_run(context: dg.RunFailureSensorContext) -> None:
    """The sentence of the run ledger where the run got that far, else Dagster's."""
    from base.clock import now
    from base.ops import engine
    from orchestration.run import runs
    from orchestration.run.notice import tell_owner

    settings = _settings(context.dagster_run.run_config)
    home = Home.at(settings.get("home"))
    ops = engine(home.prepare())
    try:
        row = runs.by_dagster_run(ops, context.dagster_run.run_id)
        sentence = (row.error if row is not None else None) or sentence_of(context.failure_event) or "its process ended early"
        run_id = row.run_id if row is not None else context.dagster_run.run_id
        config = _configuration(home, row.config_digest if row is not None else None, settings.get("config"))
        tell_owner(home, config, ops, run_id=run_id, sentence=sentence, at=now())
    finally:
        ops.dispose()


def sentence_of(event: dg.DagsterEvent) -> str:
    """What a job that opened no run says of its failure: the innermost cause, without the name of its class."""
    error = getattr(event.event_specific_data, "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return event.message or ""
    return str(error.message).strip().removeprefix(f"{FAILURE}: ")


def _settings(run_config: Any) -> dict[str, str]:
    """What the run's own resource `session` was given as home and config, where it was."""
    found = run_config
    for key in ("resources", "session", "config"):
        found = found.get(key) if isinstance(found, dict) else None
    given = found if isinstance(found, dict) else {}
    return {name: value for name in ("home", "config") if isinstance(value := given.get(name), str) and value}


def _configuration(home: Home, digest: str | None, folder: str | None) -> Config:
    """The configuration that the run read, not this process's; where that cannot be read (it may be why the run failed), the last one that a run read."""
    from base.errors import ConfigError
    from orchestration.checked_config import load_config

    problem: ConfigError | None = None
    for candidate in _folders(home, digest, folder):
        try:
            return load_config(candidate)
        except ConfigError as error:
            problem = problem or error
    assert problem is not None
    raise problem


def _folders(home: Home, digest: str | None, folder: str | None) -> Iterator[Path]:
    from base.home import config_dir
    from orchestration.run.configurations import folder_of, newest_kept

    if digest and folder_of(home, digest).exists():
        yield folder_of(home, digest)
    yield config_dir(folder)
    newest = newest_kept(home)
    if newest is not None:
        yield newest
