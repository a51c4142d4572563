"""A sample of `make fuzz` (tests/fuzz): whatever a user writes, gives or sends, there is no traceback, no bug, and a mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.home import Home
from tests.fuzz import arguments, configurations, data, requests
from tests.fuzz.__main__ import run_in_fork
from tests.fuzz.case import Case, problems, run_here
from tests.support.mistakes import Output
from tests.support.published_sample import publish_sample
from tests.support.zygote import Zygote

SEED = 20_261_201


def test_configurations_with_one_thing_changed(tmp_path: Path) -> None:
    found = {str(case): run_here(case, tmp_path / str(case.number), tmp_path / "home") for case in configurations.cases(SEED, 80)}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert not (tmp_path / "home").exists(), "something was written before the mistake was found"


def test_arguments_of_every_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_sample(Home(tmp_path / "home").prepare())
    monkeypatch.chdir(tmp_path)
    found = {str(case): run_here(case, tmp_path / str(case.number), tmp_path / "home") for case in arguments.cases(SEED, 12)}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_requests_as_bytes(tmp_path: Path) -> None:
    with requests.receiver(tmp_path / "spool") as (web, errors):
        found = {name: requests.problems(web, errors, sent) for name, sent in requests.requests(SEED, 300)}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.xdist_group("other_runs")
def test_data_files_with_odd_bytes(zygote: Zygote, tmp_path: Path) -> None:
    found = {str(case): run_in_fork(zygote, case, tmp_path / str(case.number), ("check",)) for case in data.cases(SEED, 2)}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_the_fuzzer_knows_what_must_not_be() -> None:
    case = Case("any", 0, (), names="company.yml")
    named = "funnelcast: config/company.yml:1: unknown key 'x'"
    assert list(problems(case, Output(2, "", named))) == []
    for output in (
        Output(0, "", ""),
        Output(1, "", named),
        Output(2, "", "funnelcast: config/sources.yml:1: unknown key 'x'"),
        Output(70, "", named),
        Output(2, "", named + "\nTraceback (most recent call last):"),
        Output(2, "", named + " This is a bug; the details are in x.log"),
    ):
        assert list(problems(case, output)) != []
