"""`funnelcast rediscover` over a published sample: filters, order, files for the owner alone, and no names without the door."""

from __future__ import annotations

import csv
import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from base.home import Home
from exports.marts import Marts
from exports.questions.rediscovery import Filters, past_candidates, write_csv
from orchestration.cli import run_cli
from tests.support.published_sample import AS_OF, at, publish_sample, sample_rows

FOUND = {"job_family": "Sales", "furthest_stage_code": "onsite", "furthest_stage_order": 100, "is_silver_medalist": True}


def past(number: int, **more: Any) -> dict[str, Any]:
    """A past candidate of the sample's application `number`, in all respects plain but for `more`."""
    plain = {
        "candidate_key": f"c{number:03}",
        "last_application_key": f"a{number:03}",
        "job_family": "Sales",
        "furthest_stage_code": "phone_interview",
        "furthest_stage_order": 80,
        "is_silver_medalist": False,
        "has_clicked_without_reply": False,
        "is_contactable": True,
        "last_closed_at": at(100 + number),
        "as_of": AS_OF.replace(tzinfo=None),
    }
    return plain | more


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("rediscover") / "home")
    pool = [
        past(1, **FOUND, best_rating_code="yes", last_contact_at=at(20), last_contact_by_key="u0"),
        past(2, **FOUND, best_rating_code="strong_yes", close_reason_code="comp_base"),
        past(3),
        past(4, **FOUND, is_contactable=False, contact_hindrance_code="do_not_contact"),
        past(5, job_family="Legal", has_clicked_without_reply=True),
    ]
    publish_sample(home, rows=sample_rows() | {"marts.rediscovery_pool": pool})
    return home


def asked(home: Home, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """The keys that the command gives, in its order."""
    assert run_cli(["rediscover", "--home", str(home.root), "--json", *options]) == 0
    return [row["candidate_key"] for row in json.loads(capsys.readouterr().out)]


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ([], ["c001", "c002", "c003", "c005"]),
        (["--job-family", "Sales", "--stage", "onsite"], ["c001", "c002"]),
        (["--silver", "--all"], ["c001", "c002", "c004"]),
        (["--rating", "strong_yes", "--rating", "yes"], ["c001", "c002"]),
        (["--reason", "comp_base"], ["c002"]),
        (["--clicked"], ["c005"]),
        (["--silver", "--quiet-days", "30"], ["c002"]),
    ],
)
def test_filters_choose_and_the_latest_ended_comes_first(
    home: Home, capsys: pytest.CaptureFixture[str], options: list[str], keys: list[str]
) -> None:
    assert asked(home, capsys, *options) == keys


def test_people_are_named_by_key_and_the_source_s_id(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["rediscover", "--home", str(home.root), "--silver", "--all"]) == 0
    out = capsys.readouterr().out
    assert "c001  acme application 1  Sales  reached onsite" in out
    assert "by Rosa Recruiter  [silver medalist]" in out
    assert "[not now: do_not_contact]" in out
    assert "Past candidates: 3. Keys and ids only" in out


def test_names_stay_closed_without_the_restricted_file(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "found.csv"
    assert run_cli(["rediscover", "--home", str(home.root), "--names", "--csv", str(target)]) == 1
    assert "No names: there is no restricted file" in capsys.readouterr().err
    assert not target.exists()


def test_a_file_is_for_its_owner_alone(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "found.csv"
    assert run_cli(["rediscover", "--home", str(home.root), "--job-family", "Legal", "--csv", str(target)]) == 0
    with target.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["candidate_key"] for row in rows] == ["c005"]
    assert "candidate_name" not in rows[0]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_an_unknown_family_or_stage_is_named_with_those_that_are_there(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["rediscover", "--home", str(home.root), "--job-family", "Slaes"]) == 2
    assert "job family 'Slaes'. Did you mean 'Sales'?" in capsys.readouterr().err
    assert run_cli(["rediscover", "--home", str(home.root), "--stage", "lunch"]) == 2
    assert "stage 'lunch'. Known: applied, recruiter_screen, phone_interview, onsite, offer, hired." in capsys.readouterr().err


def test_no_cell_of_the_file_is_a_formula(home: Home, tmp_path: Path) -> None:
    """E: whoever applies chooses the name; a source or a team, the job family."""
    with Marts.current(home) as marts:
        found = [replace(row, job_family="=1+1", application_id="@7") for row in past_candidates(marts, Filters(("Legal",)))]
    write_csv(tmp_path / "found.csv", found, {"c005": "=HYPERLINK(1)"})
    with (tmp_path / "found.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["candidate_name"], row["job_family"], row["application_id"]) == ("'=HYPERLINK(1)", "'=1+1", "'@7")
