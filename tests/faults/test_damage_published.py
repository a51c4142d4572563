"""T6: damaged published files are never served: they are named, with the repair, and publishing again writes them as they were."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from base.errors import DamageError
from base.home import Home
from exports.marts import Marts
from exports.publish.state import current
from orchestration.verification.finding import Subject
from orchestration.verification.published import check
from tests.support.damage import cut, flip
from tests.support.published_sample import publish_sample


def alter_manifest(folder: Path) -> None:
    manifest = folder / "manifest.json"
    data = json.loads(manifest.read_text(encoding="utf-8"))
    data["as_of"] = "2031-01-01T00:00:00Z"
    manifest.chmod(0o600)
    manifest.write_text(json.dumps(data), encoding="utf-8")


def lose_a_table(folder: Path) -> None:
    data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del data["tables"]
    (folder / "manifest.json").chmod(0o600)
    (folder / "manifest.json").write_text(json.dumps(data), encoding="utf-8")


#: What is done to the folder that `current` names.
DAMAGES: dict[str, Callable[[Path], object]] = {
    "a flipped bit": lambda folder: flip(folder / "funnelcast.duckdb", at=0.6),
    "a short file": lambda folder: cut(folder / "funnelcast.duckdb"),
    "a lost file": lambda folder: (folder / "funnelcast.duckdb").unlink(),
    "an altered manifest": alter_manifest,
    "a manifest without its tables": lose_a_table,
    "a manifest that is no JSON": lambda folder: cut(folder / "manifest.json"),
    "a manifest that is nested without end": lambda folder: (folder / "manifest.json").write_text("[" * 100_000, encoding="utf-8"),
    "a lost manifest": lambda folder: (folder / "manifest.json").unlink(),
    "current names nothing": lambda folder: folder.rename(folder.parent.parent / "elsewhere"),
}


@pytest.fixture
def home(published: Home, tmp_path: Path) -> Home:
    shutil.copytree(published.root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_version_is_refused_with_the_repair_and_is_written_again_as_it_was(home: Home, damage: str) -> None:
    state = current(home)
    assert state is not None
    DAMAGES[damage](home.current.resolve())

    with pytest.raises(DamageError) as refused:
        Marts.current(home)

    assert "published" in refused.value.message
    assert "`funnelcast repair published`" in str(refused.value)
    assert {finding.repair for finding in check(Subject(home, None))} == {"published"}
    again = publish_sample(home)
    assert again.content_hash == state.content_hash
    assert [*check(Subject(home, None))] == []
    with Marts.current(home) as marts:
        assert marts.state.version_id == state.version_id


def test_a_damaged_file_that_only_bi_tools_read_is_found_and_written_again(home: Home) -> None:
    parquet = home.current / "parquet" / "core" / "fct_offers.parquet"
    flip(parquet)

    [finding] = check(Subject(home, None))

    assert "parquet/core/fct_offers.parquet is altered" in finding.problem
    publish_sample(home)
    assert [*check(Subject(home, None))] == []


def test_a_folder_in_the_place_of_current_is_set_aside_and_current_is_a_link_again(home: Home) -> None:
    version = home.current.resolve()
    home.current.unlink()
    shutil.copytree(version, home.current)
    [finding] = check(Subject(home, None))
    assert "is a folder instead of a link" in finding.problem

    publish_sample(home)

    assert home.current.is_symlink()
    assert (home.damaged / "published" / "current").is_dir()
