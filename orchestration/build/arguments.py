"""dbt's command lines, as pure functions: nothing here runs dbt or reads a home.

What a build is given on its command line (threads, vars) does not count for dbt's partial parse; what its profile reads from the environment
does. So the profile names no variable that may differ between two runs of one machine but those that `parse` unsets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from base.clock import iso
from base.config import Company

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: The first selection: what parses the log, by its folder. The gate judges it before anything is built on it.
STAGING = "fqn:funnelcast.staging"

#: What the target `restricted` alone can build, into files of its own (orchestration/build/restricted_files.py).
RESTRICTED = "tag:restricted"

#: What a build need not build (orchestration/build/idle.py); a tag of the manifest in memory only.
IDLE = "tag:idle"

#: Unit tests need no data and belong to development (`make test`), not to a production run; an exposure is a node that dbt visits to do nothing.
NEVER = ("resource_type:unit_test", "resource_type:exposure")

_QUIET = (
    "--quiet",
    "--no-use-colors",
    "--no-print",
    "--log-level",
    "none",
    # Database errors quote values of records; none of them goes to a file.
    "--log-level-file",
    "none",
    "--no-send-anonymous-usage-stats",
    "--no-version-check",
)


def run_variables(company: Company, *, as_of: datetime, known_at: datetime | None) -> dict[str, Any]:
    """dbt's vars of a run: the two clocks and what company.yml says (dbt_project.yml says what each means)."""
    working = company.working_hours
    return {
        "as_of": iso(as_of),
        "known_at": iso(known_at) if known_at else None,
        "time_zone": company.time_zone,
        "working_weekdays": [WEEKDAYS.index(day) + 1 for day in working.days],
        "holidays": [day.isoformat() for day in working.holidays],
        "work_start_hour": working.start.hour + working.start.minute / 60,
        "work_end_hour": working.end.hour + working.end.minute / 60,
        "attribution_window_days": company.outreach.attribution_window_days,
        "retention_days": company.rediscovery.retention_days,
        **{f"diversity_{name}": value for name, value in company.adverse_impact.model_dump(mode="json").items()},
    }


def parse_arguments(project: Path, target_path: Path) -> list[str]:
    """`dbt parse` of the project, writing below `target_path`."""
    return ["parse", *_common(project, target_path)]


def build_arguments(
    project: Path,
    target_path: Path,
    *,
    select: Sequence[str],
    exclude: Sequence[str],
    variables: Mapping[str, Any],
    threads: int,
    target: str | None = None,
    full_refresh: bool = False,
) -> list[str]:
    """`dbt build` of a selection. Without `target` the build file is built, and never what belongs to the restricted files.

    `variables` are dbt vars; None means the project's default.
    """
    given = {name: value for name, value in variables.items() if value is not None}
    return [
        "build",
        *_common(project, target_path),
        "--no-write-json",
        *("--threads", str(threads)),
        *(("--target", target) if target else ()),
        *(("--full-refresh",) if full_refresh else ()),
        *("--vars", json.dumps(given)),
        *("--exclude", *NEVER, IDLE, *exclude, *(() if target else (RESTRICTED,))),
        *(("--select", *select) if select else ()),
    ]


def _common(project: Path, target_path: Path) -> list[str]:
    return [
        *("--project-dir", str(project), "--profiles-dir", str(project)),
        *("--target-path", str(target_path), "--log-path", str(target_path)),
        *_QUIET,
    ]
