"""What is published of the golden worlds and of the simulated company is what was reviewed, to the last row."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from base.home import Home
from tests.support.content import assert_reviewed, content_of, content_of_manifest
from tests.support.runs import FirstRun


def home_of(connection: duckdb.DuckDBPyConnection) -> Home:
    """The home whose warehouse a connection has open."""
    [(path,)] = connection.execute("select path from duckdb_databases() where not internal").fetchall()
    return Home(Path(path).parent)


@pytest.mark.slow
@pytest.mark.xdist_group("random_worlds")
def test_the_worlds_of_traps_hold_what_was_reviewed(traps: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    home = home_of(traps)
    assert_reviewed("traps", content_of(home.warehouse, home.dbt_target / "manifest.json", tmp_path))


@pytest.mark.xdist_group("core_rules")
def test_the_world_of_cores_rules_holds_what_was_reviewed(core_rules_home: Path, tmp_path: Path) -> None:
    home = Home(core_rules_home)
    assert_reviewed("core_rules", content_of(home.warehouse, home.dbt_target / "manifest.json", tmp_path))


@pytest.mark.slow
@pytest.mark.xdist_group("whole_runs")
def test_the_first_run_of_the_simulated_company_publishes_what_was_reviewed(first_run: FirstRun) -> None:
    assert_reviewed("simulated_company", content_of_manifest(first_run.ended["tables"]))
