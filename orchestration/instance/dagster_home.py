"""Dagster's instance in the home: its settings, and runs of it that died.

Telemetry off; one writing run at a time (pool `warehouse`, counted per run); a run that hangs is ended; a run whose process is gone is
marked failed by the next one, because the default launcher cannot see that.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from base.home import Home, set_aside
from base.personal_data import Place

if TYPE_CHECKING:
    from dagster import DagsterInstance

DAILY, REPORTS = "daily", "reports"

_SETTINGS = """\
# Written by funnelcast at each start; edit a copy elsewhere and set DAGSTER_HOME to it if you need other storage.
event_log_storage:
  module: orchestration.instance.event_storage
  class: OpenEventLogStorage
  config:
    base_dir: {events}
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
    granularity: run
  runs:
    max_concurrent_runs: 2
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
  max_runtime_seconds: 28800
  free_slots_after_run_end_seconds: 60
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days: {{skipped: 7, failure: 30, success: 90}}
"""

PLACES = (
    Place(
        "Dagster's history",
        "counts, names of assets and run configurations; but the stack trace of a bug may quote a value",
        holds=("payloads",),
        erasure="delete",
        format="SQLite, text",
        files=("dagster/**",),
    ),
)


def prepare_instance(home: Home) -> None:
    """Write dagster.yaml and point DAGSTER_HOME at it; no telemetry from any dependency."""
    home.prepare()
    path = home.dagster / "dagster.yaml"
    settings = _SETTINGS.format(events=json.dumps(str(home.dagster / "history" / "runs")))
    if not path.exists() or path.read_text(encoding="utf-8") != settings:
        path.write_text(settings, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")


def open_instance(home: Home) -> DagsterInstance:
    """The home's instance. A history that is damaged is set aside and begun anew: nothing but Dagster's UI reads it."""
    if _is_damaged(home.dagster):
        logging.getLogger("funnelcast").warning("Dagster's history was damaged; it is in %s now", set_aside(home, home.dagster))
    prepare_instance(home)
    from dagster import DagsterInstance

    return DagsterInstance.from_config(str(home.dagster))


def _is_damaged(folder: Path) -> bool:
    """Whether one of the databases that every run opens is no sound SQLite file (each run's own events lie in a file of its own)."""
    shared = [folder / "history" / "runs.db", folder / "history" / "runs" / "index.db", folder / "schedules" / "schedules.db"]
    for path in (path for path in shared if path.exists()):
        try:
            with closing(sqlite3.connect(path)) as connection:
                if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                    return True
        except sqlite3.DatabaseError as error:
            if "locked" not in str(error):
                return True
    return False


def fail_dead_runs(instance: DagsterInstance, *, but: str | None = None) -> list[str]:
    """Mark unfinished daily runs other than `but` as failed. Call it holding the run lock: whoever held it before is gone."""
    from dagster import DagsterRunStatus, RunsFilter

    unfinished = RunsFilter(job_name=DAILY, statuses=[DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.CANCELING])
    dead = [run for run in instance.get_runs(filters=unfinished) if run.run_id != but]
    for run in dead:
        instance.report_run_failed(run, message="The process of this run ended early; the next run took over.")
    return [run.run_id for run in dead]
