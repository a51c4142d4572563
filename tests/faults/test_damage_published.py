"""T6: damaged published files are never served: they are named, with the repair, and the repair writes them again as they were."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.damage import copy_of, cut, flip
from tests.support.runs import Company, FirstRun

QUESTION = ("ask", "open-offers", "--department", "Sales")


def break_manifest(current: Path) -> None:
    manifest = current / "manifest.json"
    data = json.loads(manifest.read_text(encoding="utf-8"))
    data["as_of"] = "2031-01-01T00:00:00Z"
    manifest.chmod(0o600)
    manifest.write_text(json.dumps(data), encoding="utf-8")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "a flipped bit": lambda current: flip(current / "funnelcast.duckdb", at=0.6),
    "a short file": lambda current: cut(current / "funnelcast.duckdb"),
    "a lost file": lambda current: (current / "funnelcast.duckdb").unlink(),
    "an altered manifest": break_manifest,
    "a manifest that is no JSON": lambda current: cut(current / "manifest.json"),
    "current names nothing": lambda current: current.resolve().rename(current.parent / "elsewhere"),
}


@pytest.fixture(scope="module")
def kept(first_run: FirstRun, tmp_path_factory: pytest.TempPathFactory) -> Company:
    return copy_of(first_run, tmp_path_factory.mktemp("published"))


@pytest.mark.slow
@pytest.mark.xdist_group("whole_runs")
def test_a_damaged_published_state_is_refused_in_words_and_published_again_as_it_was(kept: Company, undisturbed: dict[str, Any]) -> None:
    current = kept.home / "published" / "current"
    sent = (kept.mails(), len(kept.posts()))
    assert kept.funnelcast(*QUESTION).code == 0
    for name, damage in DAMAGES.items():
        shutil.rmtree(kept.home / "copy", ignore_errors=True)
        shutil.copytree(kept.home / "published", kept.home / "copy", symlinks=True)
        damage(current)

        asked = kept.funnelcast(*QUESTION)

        assert asked.code == 1, name
        assert "published" in asked.err, name
        assert "`funnelcast repair published`" in asked.err, name
        shutil.rmtree(kept.home / "published")
        (kept.home / "copy").rename(kept.home / "published")
    flip(current / "funnelcast.duckdb", at=0.6)

    repaired = kept.funnelcast("repair", "published")

    assert repaired.code == 0, repaired.err
    assert kept.manifest()["content_hash"] == undisturbed["content_hash"]
    assert kept.funnelcast(*QUESTION).code == 0
    assert (kept.mails(), len(kept.posts())) == sent


@pytest.mark.slow
@pytest.mark.xdist_group("whole_runs")
def test_a_run_over_damaged_files_and_a_folder_in_the_place_of_current_publishes_again(kept: Company, undisturbed: dict[str, Any]) -> None:
    current = kept.home / "published" / "current"
    version = current.resolve()
    current.unlink()
    shutil.copytree(version, current)
    flip(version / "parquet" / "core" / "fct_offers.parquet")

    again = kept.funnelcast("publish")

    assert again.code == 0, again.err
    assert current.is_symlink()
    assert kept.manifest()["content_hash"] == undisturbed["content_hash"]
    assert [path.name for path in (kept.home / "published" / "versions").iterdir()] == [version.name]
