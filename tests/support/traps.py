"""The worlds of traps in one build, as of 1 April 2026 (fixture `traps`, xdist group "random_worlds"): small companies that share no id."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from tests.support.worlds import WORLDS, build_world

#: Marts built of them.
TRAP_MARTS = (
    *("funnel_passthrough", "funnel_by_age", "time_in_stage", "pipeline_movement", "time_to_hire", "source_of_hire"),
    *("offer_acceptance", "offer_decline_reasons", "offer_decline_followups", "rejection_reasons", "withdrawals"),
    *("forecast_expected_hires", "forecast_required_pipeline", "time_to_fill", "requisition_health", "pipeline_board", "bottlenecks"),
)
#: The worlds of traps: they share no id.
TRAP_WORLDS = tuple(WORLDS / name for name in ("port_traps", "adversarial", "settled_rules"))


def build_traps(folder: Path) -> duckdb.DuckDBPyConnection:
    _united(folder / "files", *TRAP_WORLDS)
    return build_world(
        folder / "files",
        folder / "home",
        as_of=datetime(2026, 4, 1, tzinfo=UTC),
        select=[f"+{name}" for name in (*TRAP_MARTS, "fct_stage_visits", "data_coverage", "row_conservation")],
        exclude=["resource_type:test"],
    )


def _united(folder: Path, *worlds: Path) -> None:
    """One file per table with the rows of all worlds and the columns of any."""
    folder.mkdir()
    for table in sorted({path.name for world in worlds for path in world.glob("*.csv")}):
        rows = [row for world in worlds if (world / table).exists() for row in csv.DictReader((world / table).open(encoding="utf-8"))]
        with (folder / table).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)))
            writer.writeheader()
            writer.writerows(rows)
