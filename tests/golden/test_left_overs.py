"""What no model makes any more does not stay in the build file."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from base.home import Home
from tests.support.worlds import dbt_alone

pytestmark = pytest.mark.xdist_group("core_rules")


def test_a_build_drops_the_tables_that_no_model_makes_and_leaves_other_schemas_alone(core_rules_home: Path, tmp_path: Path) -> None:
    home = Home(shutil.copytree(core_rules_home, tmp_path / "home"))
    with duckdb.connect(str(home.warehouse)) as build_file:
        build_file.execute("create table staging.int_lever__contacts as select 'Ada Person' as contact_value")
        build_file.execute("create view core.old_names as select 1 as one")
        build_file.execute("create schema own")
        build_file.execute("create table own.notes as select 1 as one")
        before = set(build_file.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall())

    dbt_alone(home.root, "build", "--select", "dim_dates")

    with duckdb.connect(str(home.warehouse), read_only=True) as build_file:
        after = set(build_file.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall())
        views = build_file.execute("select view_name from duckdb_views() where schema_name = 'core'").fetchall()
    assert before - after == {("staging.int_lever__contacts",)}
    assert ("old_names",) not in views
