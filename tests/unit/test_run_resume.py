"""What is left of a run whose earlier attempt had published: never less than what its configuration of today asks for."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orchestration import daily
from orchestration.assets.keys import PUBLISHED
from orchestration.run.result import RunResult

DIGESTS = {"config_digest": "c", "mappings_digest": "m", "lock_digest": "l"}


def rest(monkeypatch: pytest.MonkeyPatch, *, noted: str = "", by: str = "run", **changed: str) -> list[Any] | None:
    """Of run `run`, when version v1 is current, published by `by`; `noted`: the version in the ledger; `changed`: what differs today."""
    state = SimpleNamespace(version_id="v1", run_id=by, content_hash="h", path=Path("v1"), git_version="g", **DIGESTS)
    monkeypatch.setattr("exports.publish.state.current", lambda _: state)
    run = SimpleNamespace(run_id="run", published_version=noted, code_version="g", **DIGESTS)
    vars(run).update(changed)
    return daily._rest(SimpleNamespace(home=None, run=run, progress=lambda _: None, result=RunResult()))  # type: ignore[arg-type]


def test_the_reports_are_left_when_the_version_was_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    left = rest(monkeypatch, noted="v1", by="an earlier run with the same content")
    assert left and PUBLISHED not in left


def test_publishing_is_finished_when_the_attempt_ended_before_it_could_note_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    left = rest(monkeypatch)
    assert left and left[0] == PUBLISHED


@pytest.mark.parametrize("changed", ["config_digest", "mappings_digest", "lock_digest", "code_version"])
def test_everything_is_built_again_when_anything_changed_between_the_attempts(monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    assert rest(monkeypatch, **{changed: "another"}) is None


def test_what_another_run_published_is_not_this_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rest(monkeypatch, by="another") is None
