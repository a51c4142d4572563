"""Models of kinds without a source are built once and then left alone; anything in doubt is built again."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from base.config import SHAPES, SOURCE_KINDS
from base.home import Home
from orchestration import dbt, idle


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home").prepare()
    with duckdb.connect(str(made.warehouse)) as connection:
        connection.execute("create schema quality")
    _add_source(made, "ats", "greenhouse")
    return made


def without(*present: str) -> list[str]:
    return [kind for kind in SOURCE_KINDS if kind not in present and kind not in SHAPES]


def _add_source(home: Home, name: str, kind: str) -> None:
    folder = home.lake / name
    folder.mkdir()
    (folder / "source.json").write_text(json.dumps({"name": name, "kind": kind}), encoding="utf-8")


def test_before_a_whole_build_nothing_is_left_alone(home: Home) -> None:
    assert idle.idle_kinds(home) == []


def test_after_a_whole_build_kinds_without_a_source_are_left_alone(home: Home) -> None:
    idle.remember_idle(home, [])
    assert idle.idle_kinds(home) == without("greenhouse")


def test_a_kind_that_gets_a_source_is_built_again(home: Home) -> None:
    idle.remember_idle(home, [])
    _add_source(home, "crm", "gem")
    assert idle.idle_kinds(home) == without("greenhouse", "gem")


def test_changed_code_builds_everything_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    idle.remember_idle(home, [])
    monkeypatch.setattr(idle, "project_digest", lambda: "another version")
    assert idle.idle_kinds(home) == []


def test_a_lost_build_file_builds_everything_again(home: Home) -> None:
    idle.remember_idle(home, [])
    home.warehouse.unlink()
    assert idle.idle_kinds(home) == []


def test_the_digest_follows_models_and_macros_but_not_what_dbt_writes(tmp_path: Path) -> None:
    model = tmp_path / "models" / "core" / "a.sql"
    model.parent.mkdir(parents=True)
    model.write_text("select 1", encoding="utf-8")
    first = idle.project_digest(tmp_path)
    written = tmp_path / "target" / "compiled.sql"
    written.parent.mkdir()
    written.write_text("select 2", encoding="utf-8")
    assert idle.project_digest(tmp_path) == first
    model.write_text("select 3", encoding="utf-8")
    assert idle.project_digest(tmp_path) != first


def test_staging_and_canonical_shape_of_a_kind_are_told_apart() -> None:
    def node(name: str, *folders: str) -> SimpleNamespace:
        return SimpleNamespace(resource_type="model", name=name, fqn=["funnelcast", *folders, name])

    nodes = {
        "model.a": node("stg_gem__users", "staging", "gem"),
        "model.b": node("int_gem__users", "staging", "gem"),
        "model.c": node("stg_greenhouse__users", "staging", "greenhouse"),
        "model.d": node("users", "canonical"),
    }
    assert idle.models(nodes, ["gem"], staging=True) == ["model.a"]
    assert idle.models(nodes, ["gem"], staging=False) == ["model.b"]


def test_models_left_alone_are_reported_after_their_parents_and_before_their_children() -> None:
    def result(unique_id: str) -> dbt.NodeResult:
        return dbt.NodeResult(unique_id, "model", "success", 0.0, 0, "")

    parents = {"stg": [], "int": ["stg", "clock"], "clock": [], "table": ["int", "clock"], "mart": ["table"]}
    nodes = {unique_id: SimpleNamespace(depends_on=SimpleNamespace(nodes=above)) for unique_id, above in parents.items()}
    built = [result(unique_id) for unique_id in ("clock", "table", "mart")]
    ordered = dbt._in_order(built, [result("int"), result("stg")], nodes)
    assert [one.unique_id for one in ordered] == ["stg", "clock", "int", "table", "mart"]
