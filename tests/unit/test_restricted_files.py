"""Restricted files open for those who may read them and for nobody else, whatever is asked of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from base.home import Home
from exports.marts import Marts
from exports.rights.access import RestrictedClosed, for_reading
from exports.rights.names import names_of
from orchestration.build import restricted_files
from tests.support.damage import cut, flip
from tests.support.published_sample import publish_sample


def names(home: Home) -> object:
    return names_of(home, {"key"})


@pytest.mark.parametrize(("ask", "message"), [(names, "No names: "), (Marts.with_diversity, "No figures of groups: ")])
def test_what_is_not_there_or_not_yours_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Callable[[Home], object], message: str
) -> None:
    home = Home(tmp_path)
    publish_sample(home)
    with pytest.raises(RestrictedClosed, match=f"^{message}there is no restricted file"):
        ask(home)
    for folder, file in ((home.restricted, "people.duckdb"), (home.published / "restricted", "diversity.duckdb")):
        folder.mkdir(exist_ok=True)
        (folder / file).touch()
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(RestrictedClosed, match=f"^{message}you may not read"):
        ask(home)


def test_a_closed_folder_on_the_way_is_a_missing_right_and_no_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "stat", closed)
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(RestrictedClosed, match="you may not read"):
        for_reading(tmp_path / "people.duckdb", "No names", remedy="")


@pytest.mark.parametrize("damage", [None, "cut short", "with a flipped bit"])
def test_a_restricted_file_is_read_to_its_last_block_whatever_its_schemas_are_called(tmp_path: Path, damage: str | None) -> None:
    home = Home(tmp_path).prepare()
    home.restricted.mkdir()
    path = home.restricted / "people.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as a")
        connection.execute("create schema a.people; create table a.people.names as select md5(range::varchar) as x from range(50000)")
    if damage == "cut short":
        cut(path)
    elif damage:
        flip(path, at=0.5)
    assert restricted_files.damaged(home) == ([path] if damage else [])
