"""What is built once per process: the marts' SQL (xdist group "marts"), the simulated company (xdist group "company")."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from base.home import Home
from exports.marts import Marts
from exports.publish import RunFacts, publish
from tests.support.company import Company, build_company
from tests.support.marts import CompiledProject, compile_project
from tests.support.worlds import WORLDS, build_world


@pytest.fixture(scope="session")
def marts_project(tmp_path_factory: pytest.TempPathFactory) -> CompiledProject:
    return compile_project(tmp_path_factory.mktemp("marts_project"), ["path:models/marts"])


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return build_company(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="session")
def published_company(company: Company) -> Home:
    """The company's home, with its state published for readers."""
    home, now = Home(company.home), datetime.fromtimestamp(company.now, UTC)
    facts = RunFacts("ask", now, None, now, config_digest="", mappings_digest="", lock_digest="")
    publish(home, manifest_path=home.dbt_target / "manifest.json", facts=facts)
    return home


@pytest.fixture(scope="module")
def marts(published_company: Home) -> Iterator[Marts]:
    with Marts.current(published_company) as published:
        yield published


#: Marts of the worlds of traps.
TRAP_MARTS = (
    *("funnel_passthrough", "funnel_by_age", "time_in_stage", "pipeline_movement", "time_to_hire", "source_of_hire"),
    *("offer_acceptance", "offer_decline_reasons", "offer_decline_followups", "rejection_reasons", "withdrawals"),
    *("forecast_expected_hires", "forecast_required_pipeline"),
)


CORE_RULES_AS_OF = datetime(2026, 4, 1, tzinfo=UTC)
#: Marts of the world of core's rules: what the definitions recompute of it.
CORE_RULES_MARTS = (
    *TRAP_MARTS,
    *("full_funnel", "outreach_cohorts", "outreach_link_stats", "outreach_sender_stats", "outreach_sequence_stats", "outreach_step_stats"),
)


@pytest.fixture(scope="session")
def core_rules_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the world of core's rules, built once."""
    home = tmp_path_factory.mktemp("core_rules") / "home"
    select = ["+core", *[f"+{mart}" for mart in CORE_RULES_MARTS]]
    build_world(WORLDS / "core_rules", home, as_of=CORE_RULES_AS_OF, select=select).close()
    return home


@pytest.fixture(scope="session")
def traps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two worlds of traps (port_traps, adversarial) in one build, as of 1 April 2026: they share no id."""
    folder = tmp_path_factory.mktemp("traps")
    _united(folder / "files", WORLDS / "port_traps", WORLDS / "adversarial")
    connection = build_world(
        folder / "files",
        folder / "home",
        as_of=datetime(2026, 4, 1, tzinfo=UTC),
        select=[f"+{name}" for name in (*TRAP_MARTS, "fct_stage_visits")],
        exclude=["resource_type:test"],
    )
    yield connection
    connection.close()


def _united(folder: Path, *worlds: Path) -> None:
    """One file per table with the rows of all worlds and the columns of any."""
    folder.mkdir()
    for table in sorted({path.name for world in worlds for path in world.glob("*.csv")}):
        rows = [row for world in worlds if (world / table).exists() for row in csv.DictReader((world / table).open(encoding="utf-8"))]
        with (folder / table).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)))
            writer.writeheader()
            writer.writerows(rows)
