"""Orchestration: what Dagster adds to `dbt build` of the same models and tests, in CPU seconds of whole processes, start-up included."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from base.home import DBT_PROJECT_DIR
from benchmarks.measure import Place, StepFailed, run_counted, run_step
from benchmarks.transform import MAPPINGS
from orchestration.build.arguments import NEVER, RESTRICTED
from orchestration.build.dbt import parse
from orchestration.build.idle import without_source

#: Enough rows that every model runs, too few to matter.
APPLICATIONS = 1_000


@dataclass(frozen=True)
class Orchestration:
    """Whole processes: `dbt build` on the command line, and the daily job's dbt assets executed by Dagster in one process."""

    nodes: int
    dbt_cpu: float
    dagster_cpu: float
    dagster_peak_bytes: int

    @property
    def over_dbt(self) -> float:
        return self.dagster_cpu - self.dbt_cpu


def measure_orchestration(work: Path, *, applications: int = APPLICATIONS) -> Orchestration:
    """Build the same home by `dbt build` and by Dagster, each after a first time that does not count, so that dbt's parse is warm for both.

    Each has its parse in a folder of its own: dbt parses all again when its --vars or a variable of the profile have changed.
    """
    config = work / "dagster_config"
    config.mkdir()
    (config / "mappings").symlink_to(MAPPINGS / "mappings")
    (config / "sources.yml").write_text("sources: []\n", encoding="utf-8")
    place = Place.below(work / "home_dagster", config)
    as_of = run_step("write_log", place, applications=applications).facts["window_end"]
    run_step("dagster_build", place, as_of=as_of)
    given, left_out = _of_a_run(place)
    run_counted(_dbt("parse", place, *given), place)
    dbt_cpu, _ = run_counted(_dbt("build", place, *given, *left_out), place)
    dagster = run_step("dagster_build", place, as_of=as_of)
    if not dagster.facts["nodes"]:
        raise StepFailed("Dagster built nothing")
    return Orchestration(dagster.facts["nodes"], dbt_cpu, dagster.cpu, dagster.peak_bytes)


def _dbt(verb: str, place: Place, *arguments: str) -> list[str]:
    """The command a person would type."""
    project, target = str(DBT_PROJECT_DIR), str(place.home.root / "dbt_alone")
    folders = ["--project-dir", project, "--profiles-dir", project, "--target-path", target, "--log-path", target]
    return [str(Path(sys.executable).with_name("dbt")), verb, *folders, "--quiet", *arguments]


def _of_a_run(place: Place) -> tuple[list[str], list[str]]:
    """The arguments that say what a run builds in this home (orchestration/build/idle.py): for parsing too, and for building alone."""
    kinds = without_source(place.home, parse(place.home).nodes)
    left_out = [
        *NEVER,
        RESTRICTED,
        *(f"path:models/{folder}/{kind}" for folder in ("staging", "intermediate") for kind in kinds),
    ]
    return ["--vars", json.dumps({"idle": kinds})], ["--exclude", *left_out]
