"""A folder where a file should be, a place that is not there: named as what it is, with a remedy that helps."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from base.errors import ConfigError, DamageError
from base.home import Home, damaged_folder, discard
from base.ops import OPS_VARIABLE, engine
from orchestration.cli import run_cli
from orchestration.run.runs import runs
from orchestration.verification.finding import Subject
from orchestration.verification.published import check


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


def test_a_folder_in_place_of_the_operations_database_is_damage_and_no_missing_right(home: Home) -> None:
    home.ops_file.mkdir()
    with pytest.raises(DamageError, match=r"is a folder instead of a file.*funnelcast repair ops"):
        engine(home)


def test_an_operations_database_in_a_folder_that_is_not_there_is_a_mistake_of_the_setting(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OPS_VARIABLE, f"sqlite:///{tmp_path}/nowhere/ops.sqlite")
    with pytest.raises(ConfigError, match=rf"nowhere, does not exist.*{OPS_VARIABLE}"):
        engine(home)


def test_a_folder_in_place_of_the_build_file_is_set_aside_whole_and_a_file_is_deleted(home: Home) -> None:
    home.warehouse.mkdir()
    (home.warehouse / "notes.txt").write_text("mine", encoding="utf-8")
    discard(home, home.warehouse)
    assert (home.damaged / home.warehouse.name / "notes.txt").read_text(encoding="utf-8") == "mine"
    home.warehouse.write_text("no database", encoding="utf-8")
    discard(home, home.warehouse)
    assert not home.warehouse.exists()
    assert len(list(home.damaged.iterdir())) == 1


@pytest.mark.parametrize("verb", ["", "ops", "lake", "warehouse", "published", "clock"])
def test_nothing_is_repaired_where_there_is_no_home_and_none_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    assert run_cli(["--home", str(tmp_path / "typo"), "repair", *filter(None, [verb])]) == 2
    assert f"There is no home at {tmp_path / 'typo'}" in capsys.readouterr().err
    assert not (tmp_path / "typo").exists()


def test_what_is_set_aside_may_be_read_by_its_owner_alone(home: Home) -> None:
    assert damaged_folder(home).stat().st_mode & 0o777 == 0o700
    home.damaged.chmod(0o755)
    assert damaged_folder(home).stat().st_mode & 0o777 == 0o700


def test_a_home_that_has_published_and_holds_no_version_is_named(home: Home) -> None:
    ops = engine(home)
    assert list(check(Subject(home, ops))) == []
    instants = dict.fromkeys(("as_of", "known_at", "started_at", "finished_at"), datetime(2026, 6, 1, tzinfo=UTC))
    row = {column.name: "" if isinstance(column.type, sa.String) else 0 for column in runs.columns} | instants
    with ops.begin() as connection:
        connection.execute(runs.insert().values(row | {"published_version": "20260601T060000Z-0123456789ab"}))
    [found] = check(Subject(home, ops))
    assert "holds no version, though runs have published" in found.problem
    assert found.repair == "published"
    ops.dispose()
