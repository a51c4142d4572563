"""What the log has nothing for is not built; what it has nothing new for is left as it is; both are reported as if they had been built."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest

from base.config import Source
from base.home import Home
from base.source_kinds import shapes
from orchestration.assets.keys import of_kinds
from orchestration.build import dbt, idle
from orchestration.build.arguments import STAGING
from orchestration.build.node_results import NodeResult, in_order
from tests.support.ingestion import config_of


def node(name: str, *folders: str) -> SimpleNamespace:
    """A model as dbt's manifest has it; staging says which stream it parses."""
    meta = {"kind": folders[1], "stream": name.split("__")[1], "columns": {}} if folders[0] == "staging" else {}
    return SimpleNamespace(resource_type="model", name=name, fqn=["funnelcast", *folders, name], config=SimpleNamespace(meta=meta))


NODES = {
    "model.a": node("stg_gem__users", "staging", "gem"),
    "model.b": node("int_gem__users", "intermediate", "gem"),
    "model.c": node("stg_greenhouse__users", "staging", "greenhouse"),
    "model.d": node("users", "canonical"),
    "model.e": node("stg_canonical_files__users", "staging", "canonical_files"),
    "model.f": node("stg_canonical_files__jobs", "staging", "canonical_files"),
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").prepare()
    _add_source(home, "ats", "greenhouse")
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create schema quality; create schema staging; create table staging.stg_greenhouse__users (id varchar)")
    return home


def without(*present: str) -> list[str]:
    return [kind for kind in shapes() if kind not in present]


def _add_source(home: Home, name: str, kind: str) -> None:
    folder = home.lake / name
    folder.mkdir()
    (folder / "source.json").write_text(json.dumps({"name": name, "kind": kind}), encoding="utf-8")


def _add_file(home: Home, source: str, stream: str, name: str) -> None:
    path = home.lake / source / stream / "load_date=2026-01-01" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")


def test_kinds_without_a_source_are_idle(home: Home) -> None:
    assert idle.without_source(home, NODES) == without("greenhouse")
    _add_source(home, "crm", "gem")
    assert idle.without_source(home, NODES) == without("greenhouse", "gem")


@pytest.mark.parametrize("kind", ["canonical_files", "canonical_database"])
def test_of_files_and_databases_each_table_that_no_source_has_is_idle(home: Home, kind: str) -> None:
    _add_source(home, "one", kind)
    _add_source(home, "two", kind)
    _add_file(home, "two", "jobs", "a.parquet")
    assert idle.without_source(home, NODES) == [*without("greenhouse", "canonical_files"), "canonical_files__users"]


def test_what_is_left_alone_are_the_idle_models_of_the_selection() -> None:
    found = idle.models(NODES, ["gem", "canonical_files__users"])
    assert found == {"stg_gem__users": "model.a", "int_gem__users": "model.b", "stg_canonical_files__users": "model.e"}
    parsing_the_log = [name for name, unique_id in found.items() if dbt._is_selected(NODES[unique_id], [STAGING], [])]
    the_rest = [name for name, unique_id in found.items() if dbt._is_selected(NODES[unique_id], [], [STAGING])]
    assert (parsing_the_log, the_rest) == (["stg_gem__users", "stg_canonical_files__users"], ["int_gem__users"])
    assert dbt._is_selected(NODES["model.b"], ["int_gem__users"], [])
    assert not dbt._is_selected(NODES["model.a"], ["int_gem__users"], [])


def test_a_staging_table_is_left_alone_while_its_files_and_its_code_are_the_same(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    _add_file(home, "ats", "users", "a.parquet")
    before = idle.StagedLog.read(home, NODES)
    assert list(before.files) == ["stg_greenhouse__users"]
    assert before.unchanged() == []
    before.remember()
    after = idle.StagedLog.read(home, NODES)
    assert after.unchanged() == ["stg_greenhouse__users"]
    assert not after.is_parsed_otherwise()

    _add_file(home, "ats", "users", "b.parquet")
    assert idle.StagedLog.read(home, NODES).unchanged() == []

    after.remember()
    monkeypatch.setattr(idle, "parser_digest", lambda: "another version")
    assert idle.StagedLog.read(home, NODES).unchanged() == []
    assert idle.StagedLog.read(home, NODES).is_parsed_otherwise()


def test_a_lost_table_or_build_file_is_built_again(home: Home) -> None:
    idle.StagedLog.read(home, NODES).remember()
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("drop table staging.stg_greenhouse__users")
    assert idle.StagedLog.read(home, NODES).unchanged() == []
    home.warehouse.unlink()
    assert idle.StagedLog.read(home, NODES).unchanged() == []


def test_the_digest_follows_what_parses_and_not_what_dbt_writes(tmp_path: Path) -> None:
    model = tmp_path / "models" / "staging" / "gem" / "stg_gem__users.sql"
    model.parent.mkdir(parents=True)
    model.write_text("select 1", encoding="utf-8")
    first = idle.parser_digest(tmp_path)
    for other in ("target/stg_gem__users.sql", "models/marts/board/pipeline_board.sql"):
        path = tmp_path / other
        path.parent.mkdir(parents=True)
        path.write_text("select 2", encoding="utf-8")
    assert idle.parser_digest(tmp_path) == first
    model.write_text("select 3", encoding="utf-8")
    assert idle.parser_digest(tmp_path) != first


def test_a_run_asks_for_everything_but_kinds_that_are_neither_configured_nor_in_the_log(home: Home) -> None:
    unused = next(kind for kind in shapes() if kind not in ("gem", "greenhouse"))
    of_unused = {f"raw/{unused}__users", f"staging/stg_{unused}__users", f"intermediate/int_{unused}__users"}
    names = ("raw/gem__users", "raw/greenhouse__jobs", "staging/stg_gem__users", *of_unused)
    others = ("staging/stg_config__stages", "run/run_clock", "canonical/users", "marts/pipeline_board", "reports/weekly_funnel")
    keys = [dg.AssetKey(name.split("/")) for name in (*names, *others)]
    config = config_of(Source(name="crm", kind="gem"))
    found = {"/".join(key.path) for key in of_kinds(keys, idle.kinds_in_use(home, config))}
    assert found == {*names, *others} - of_unused


def test_models_left_alone_are_reported_after_their_parents_and_before_their_children() -> None:
    def result(unique_id: str) -> NodeResult:
        return NodeResult(unique_id, "model", "success", 0.0, 0, "")

    parents = {"stg": [], "int": ["stg", "clock"], "clock": [], "table": ["int", "clock"], "mart": ["table"]}
    nodes = {unique_id: SimpleNamespace(depends_on=SimpleNamespace(nodes=above)) for unique_id, above in parents.items()}
    built = [result(unique_id) for unique_id in ("clock", "table", "mart")]
    ordered = in_order(built, [result("int"), result("stg")], nodes)
    assert [one.unique_id for one in ordered] == ["stg", "clock", "int", "table", "mart"]
