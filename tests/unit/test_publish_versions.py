"""Publishing: whole or not at all, the same content under the same name, and readers never disturbed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from base.errors import PublishError
from base.home import PROJECT_ROOT, Home
from exports.marts import Marts
from exports.publish import compact, current, publish
from tests.support.published_sample import AS_OF, Declared, facts, publish_sample, sample_rows, write_manifest, write_warehouse

#: Two tables are enough to see what publishing does.
SMALL = tuple(
    Declared(
        schema,
        name,
        f"One row per {name}.",
        {"key": {"data_type": "varchar", "description": "Key."}, "code": {"data_type": "text"}, "value": {"data_type": "double"}},
        ("key",),
    )
    for schema, name in (("core", "fct_things"), ("marts", "thing_counts"))
)
ROWS: list[dict[str, Any]] = [{"key": f"k{i}", "code": "ab"[i % 2], "value": i / 7} for i in range(30)]


def publish_small(home: Home, rows: list[dict[str, Any]] | None = None, **changes: Any) -> Any:
    home.prepare()
    publishing = {name: changes.pop(name) for name in ("make_current", "keep") if name in changes}
    write_warehouse(home.warehouse, {"core.fct_things": ROWS if rows is None else rows, "marts.thing_counts": ROWS[:3]}, SMALL)
    return publish(home, manifest_path=write_manifest(home.root / "manifest.json", SMALL), facts=facts(**changes), **publishing)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_a_version_holds_every_table_its_counts_and_the_checksums_of_its_files(home: Home) -> None:
    state = publish_sample(home)
    manifest = json.loads((home.current / "manifest.json").read_text())
    assert state.row_counts["core.fct_applications"] == 62
    assert manifest["version_id"] == state.version_id == f"20260629T060000Z-{state.content_hash[:12]}"
    assert manifest["git_version"] == "abc1234"
    for name, file in manifest["files"].items():
        assert hashlib.sha256((home.current / name).read_bytes()).hexdigest() == file["sha256"]
    with duckdb.connect() as reader:
        for table in manifest["tables"]:
            counted = reader.execute(f"select count(*) from '{home.current / table['parquet']}'").fetchone()
            assert counted == (table["row_count"],)


def test_nothing_but_core_and_marts_is_published(home: Home) -> None:
    publish_sample(home)
    with duckdb.connect(str(home.current / "funnelcast.duckdb"), read_only=True) as reader:
        schemas = {row[0] for row in reader.execute("select distinct schema_name from duckdb_tables()").fetchall()}
        comment = reader.execute(
            "select comment from duckdb_columns() where table_name = 'dim_users' and column_name = 'user_name'"
        ).fetchone()
        assert reader.execute("select count(*) from marts.funnel_passthrough").fetchone() == (6,)
    assert schemas == {"core", "marts"}
    assert comment == ("The employee's name.",)
    assert b"a candidate's name" not in (home.current / "funnelcast.duckdb").read_bytes()


def test_the_content_hash_ignores_the_order_of_rows_and_the_last_bits_of_floats_and_nothing_else(home: Home, tmp_path: Path) -> None:
    plain = publish_small(home)
    shuffled = [{**row, "value": row["value"] * (1 + 2e-16)} for row in reversed(ROWS)]
    again = publish_small(Home(tmp_path / "other"), shuffled)
    assert again.content_hash == plain.content_hash
    parquet = "parquet/core/fct_things.parquet"
    assert (again.path / parquet).read_bytes() == (plain.path / parquet).read_bytes()
    for number, changed in enumerate(
        ([{**ROWS[0], "value": 1e-9}, *ROWS[1:]], ROWS[1:], [*ROWS, ROWS[0]], [{**ROWS[0], "code": None}, *ROWS[1:]])
    ):
        assert publish_small(Home(tmp_path / f"changed{number}"), changed).content_hash != plain.content_hash


def test_the_same_state_is_published_once(home: Home) -> None:
    first = publish_small(home)
    written = (first.path / "funnelcast.duckdb").stat().st_mtime_ns
    second = publish_small(home, run_id="run-2")
    assert (first.is_new, second.is_new, second.is_current) == (True, False, True)
    assert second.path == first.path
    assert (first.path / "funnelcast.duckdb").stat().st_mtime_ns == written


def test_a_reader_keeps_the_version_it_opened_while_current_moves_on(home: Home) -> None:
    publish_small(home)
    with Marts.current(home) as reader:
        publish_small(home, ROWS[:5], as_of=AS_OF + timedelta(days=1), keep=1)
        old = reader._connection.execute("select count(*) from core.fct_things").fetchone()
        with Marts.current(home) as fresh:
            new = fresh._connection.execute("select count(*) from core.fct_things").fetchone()
    assert (old, new) == ((30,), (5,))


def test_a_rebuild_of_the_past_gets_its_own_folder_and_leaves_current(home: Home) -> None:
    now = publish_small(home)
    asked = publish_small(home, ROWS[:9], as_of=AS_OF - timedelta(days=30), make_current=False)
    older = publish_small(home, ROWS[:8], as_of=AS_OF - timedelta(days=31), published_at=AS_OF + timedelta(hours=1))
    state = current(home)
    assert state and state.version_id == now.version_id
    assert [version.is_current for version in (asked, older)] == [False, False]
    assert asked.path.exists()


def test_T1_a_version_as_of_2031_does_not_keep_todays_from_the_readers(home: Home) -> None:
    publish_small(home, as_of=AS_OF + timedelta(days=365 * 5))
    today = publish_small(home, ROWS[:9])
    assert today.is_current


def test_old_versions_go_and_the_current_one_never(home: Home) -> None:
    states = [publish_small(home, ROWS[: 10 + day], as_of=AS_OF + timedelta(days=day), keep=3) for day in range(5)]
    assert [version.path.exists() for version in states] == [False, False, True, True, True]
    assert not list((home.published / "versions").glob(".tmp-*"))


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        ("drop table core.fct_things", "core.fct_things is not built"),
        ("alter table core.fct_things drop column code", "has no column code"),
        ("alter table core.fct_things alter value type varchar", "core.fct_things.value is VARCHAR, the contract says DOUBLE"),
    ],
)
def test_a_build_that_breaks_its_contract_is_not_published_and_readers_keep_the_old_one(home: Home, break_it: str, words: str) -> None:
    good = publish_small(home)
    with duckdb.connect(str(home.warehouse)) as build:
        build.execute(break_it)
    with pytest.raises(PublishError, match=words):
        publish(home, manifest_path=home.root / "manifest.json", facts=facts(as_of=AS_OF + timedelta(days=1)))
    state = current(home)
    assert state and state.version_id == good.version_id


def test_large_tables_are_stored_compactly_and_read_the_same(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = publish_small(home)
    monkeypatch.setattr("exports.publish.folder.LARGE_ROW_COUNT", 10)
    large = publish_small(Home(tmp_path / "large"))
    assert large.content_hash == plain.content_hash
    read = []
    for state in (plain, large):
        with duckdb.connect(str(state.path / "funnelcast.duckdb"), read_only=True) as reader:
            described = reader.execute("describe core.fct_things").fetchall()
            read.append((described, reader.execute("select * from core.fct_things").fetchall()))
            types = dict(reader.execute("select column_name, data_type from duckdb_columns() where schema_name = 'stored'").fetchall())
        with duckdb.connect() as reader:
            read[-1] += (reader.execute(f"select * from '{state.path}/parquet/core/fct_things.parquet'").fetchall(),)
    assert read[0] == read[1]
    assert types["code"] == "ENUM('a', 'b')" and types["value"] == "DOUBLE"
    assert compact.LARGE_ROW_COUNT == 20_000


@pytest.mark.parametrize(("fault", "flipped"), [("publish.before_flip", False), ("publish.after_flip", True)])
def test_a_publish_killed_at_the_flip_leaves_one_whole_state_and_ends_the_same_when_repeated(home: Home, fault: str, flipped: bool) -> None:
    first = publish_small(home)
    script = (
        "from tests.unit.test_publish_versions import *\n"
        f"publish_small(Home(Path({str(home.root)!r})), ROWS[:7], as_of=AS_OF + timedelta(days=1))"
    )
    environment = {**os.environ, "FUNNELCAST_FAULT": fault, "PYTHONPATH": str(PROJECT_ROOT)}
    assert subprocess.run([sys.executable, "-c", script], env=environment, cwd=PROJECT_ROOT, check=False).returncode == -9
    state = current(home)
    assert state and (state.version_id != first.version_id) is flipped
    again = publish_small(home, ROWS[:7], as_of=AS_OF + timedelta(days=1))
    state = current(home)
    assert state and state.version_id == again.version_id
    assert not again.is_new
    assert not list(home.published.rglob(".tmp-*"))


def test_the_sample_company_fits_the_contracts_of_the_project(home: Home) -> None:
    state = publish_sample(home)
    assert {relation for relation, count in state.row_counts.items() if count} == {
        relation for relation, rows in sample_rows().items() if rows
    }
