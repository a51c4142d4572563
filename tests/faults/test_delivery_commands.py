"""A (questions), E (reports): a question that fails says so in words; names are checked; a preview writes nothing into the home."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from base.errors import FunnelcastError
from base.home import Home
from exports.marts import Marts
from exports.questions import registry
from exports.questions.question import answer
from exports.questions.registry import QUESTIONS
from orchestration.cli import run_cli
from tests.support.published_sample import publish_sample
from tests.support.throwing import KINDS, Step, recorded, thrown


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("commands") / "home")
    publish_sample(home)
    return home


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    report = {
        "id": "weekly",
        "edition": "weekly_funnel",
        "cron": "0 8 * * 1",
        "subscribers": [{"id": "lead", "channel": "files", "address": "x"}],
    }
    for name, content in {"sources": {"sources": []}, "company": {"name": "N"}, "reports": {"reports": [report]}}.items():
        (folder / f"{name}.yml").write_text(json.dumps(content))
    return folder


@pytest.fixture
def marts(home: Home, caplog: pytest.LogCaptureFixture) -> Iterator[Marts]:
    caplog.set_level("CRITICAL", "funnelcast")
    with Marts.current(home) as opened:
        yield opened


def files(home: Home) -> dict[str, bytes]:
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in sorted(home.root.rglob("*"))}


def test_an_exception_at_any_step_of_a_question_is_a_sentence_that_names_it(marts: Marts) -> None:
    asked = [
        question for question in QUESTIONS.values() if not question.is_restricted and not any(p.is_required for p in question.parameters)
    ]
    assert len(asked) > 10
    for question in asked:
        steps: dict[Step, None] = {}
        with suppress(FunnelcastError), recorded(steps):
            answer(marts, question, {})
        inside = [step for step in steps if step[2] not in ("answer", "_answer", "contained") and "question.py" in step[0]]
        assert inside
        for number, step in enumerate(inside):
            try:
                with thrown(step, KINDS[number % len(KINDS)]):
                    answer(marts, question, {})
            except FunnelcastError as error:
                assert str(error).startswith(f"ask {question.name}: ") or not error.__cause__, error


def test_a_question_that_fails_ends_with_a_sentence_and_exit_code_1(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any) -> str:
        raise TypeError("a candidate's name")

    name = next(iter(QUESTIONS))
    question = replace(QUESTIONS[name], sql=broken, parameters=(), tables=())
    monkeypatch.setitem(registry.QUESTIONS, name, question)
    assert run_cli(["ask", "--home", str(home.root), name]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"funnelcast: ask {name}: internal error (TypeError in ")
    assert "Traceback" not in printed.err and "candidate's name" not in printed.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["why", "weekyl"], "has no report 'weekyl'. Did you mean 'weekly'?"),
        (["why", "weekly", "--subscriber", "laed"], "has no subscriber 'laed'. Did you mean 'lead'?"),
        (["send", "weekyl"], "has no report 'weekyl'. Did you mean 'weekly'?"),
        (["resend", "weekyl"], "has no report 'weekyl'. Did you mean 'weekly'?"),
        (["settle", "weekyl", "--arrived"], "has no report 'weekyl'. Did you mean 'weekly'?"),
        (["pause", "weekyl"], "has no report 'weekyl'. Did you mean 'weekly'?"),
        (["pause", "weekly", "--subscriber", "laed"], "has no subscriber 'laed'. Did you mean 'lead'?"),
        (["resume", "weekyl"], "has no report 'weekyl'. Did you mean 'weekly'?"),
        (["preview", "offer_decline"], "has no report 'offer_decline', nor is that an edition. Did you mean 'offer_declines'?"),
        (["preview", "weekly", "--subscriber", "laed"], "has no subscriber 'laed'. Did you mean 'lead'?"),
    ],
)
def test_a_name_that_is_not_there_is_refused_with_the_near_one(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run_cli(["reports", "--config", str(config), "--home", str(tmp_path / "home"), *arguments]) == 2
    assert message in capsys.readouterr().err


def test_the_ledger_knows_reports_that_reports_yml_no_longer_has(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["reports", "--config", str(config), "--home", str(tmp_path / "home")]
    assert run_cli([*where, "send", "weekly"]) == 0
    (config / "reports.yml").write_text('{"reports": []}')
    assert run_cli([*where, "why", "weekly"]) == 0
    assert "weekly for lead by files, period " in capsys.readouterr().out
    assert run_cli([*where, "why", "weekly", "--period", "2026-W99"]) == 2
    assert "the ledger has no delivery of 'weekly' for the period '2026-W99'" in capsys.readouterr().err


def test_a_preview_writes_nothing_into_the_home(home: Home, config: Path, tmp_path: Path) -> None:
    before = files(home)
    out = tmp_path / "preview"
    assert run_cli(["reports", "--config", str(config), "--home", str(home.root), "preview", "weekly", "--out", str(out)]) == 0
    assert (out / "weekly.html").exists()
    assert files(home) == before
    assert run_cli(["reports", "--config", str(config), "--home", str(tmp_path / "none"), "preview", "weekly", "--out", str(out)]) == 1
    assert not (tmp_path / "none").exists()
