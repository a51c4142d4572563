"""The restricted files of a small company: counts by group against a count in plain Python, and nothing that few people could be read from."""

from __future__ import annotations

import csv
import random
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from base.environment import home_variables
from base.home import Home
from exports.rights.access import RestrictedClosed
from exports.rights.names import names_of
from orchestration.build import restricted_files as restricted
from tests.golden.test_marts_questions import QUERIES
from tests.support.marts import rows_of
from tests.support.worlds import build_world

pytestmark = [pytest.mark.xdist_group("adverse_impact"), pytest.mark.slow]

AS_OF = datetime(2026, 7, 15, tzinfo=UTC)
COUNTED_AT = datetime(2026, 6, 30, tzinfo=UTC)  # the first quarter and 90 days
STAGES = ["applied", "recruiter_screen", "onsite"]
JOBS = {"j1": ("Engineer", "d1"), "j2": ("Engineer", "d2"), "j3": ("Seller", "d2"), "j4": ("Writer", "d3")}


@dataclass(frozen=True)
class Person:
    """One application: what its candidate said, and when it came to each stage, passed or was rejected."""

    id: str
    job: str
    group: str
    entered: tuple[datetime, ...]
    rejected_at: datetime | None


def people() -> list[Person]:
    """900 applications of the first quarter, and 40 of the second; women are rejected more often at the screen."""
    draw, crowd = random.Random(11), []
    for number in range(940):
        start = datetime(2026, 1 if number < 900 else 4, 2, tzinfo=UTC) + timedelta(hours=draw.randrange(80 * 24))
        group = draw.choices(["Female", "Male", "Non-binary", "Decline To Self Identify", ""], [40, 45, 2, 5, 8])[0]
        job = draw.choices(list(JOBS), [50, 30, 17, 3])[0]
        entered = [start]
        rejected_at = None
        for stage in range(3):
            at = entered[-1] + timedelta(days=draw.randrange(5, 45))
            chance = 0.45 if group == "Female" and stage == 1 else 0.7
            if draw.random() < chance and stage < 2:
                entered.append(at)
                continue
            rejected_at = at if draw.random() < 0.8 else None
            break
        crowd.append(Person(f"a{number}", job, group, tuple(entered), rejected_at))
    return crowd


def write(folder: Path, everybody: list[Person]) -> None:
    """The company as canonical files."""

    def table(name: str, columns: list[str], rows: list[list[Any]]) -> None:
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([columns, *rows])

    folder.mkdir()
    table("departments", ["department_id", "department_name"], [["d1", "Platform"], ["d2", "Growth"], ["d3", "Docs"]])
    table(
        "jobs",
        ["job_id", "job_name", "status_code", "job_family", "department_id"],
        [[job, job, "open", family, department] for job, (family, department) in JOBS.items()],
    )
    table("stages", ["stage_id", "job_id", "stage_name", "stage_order"], [[s, job, s, n] for job in JOBS for n, s in enumerate(STAGES)])
    table(
        "applications",
        ["application_id", "candidate_id", "job_id", "applied_at", "status_code", "closed_at"],
        [
            [
                p.id,
                f"c{p.id}",
                p.job,
                p.entered[0].isoformat(),
                "rejected" if p.rejected_at else "active",
                p.rejected_at and p.rejected_at.isoformat(),
            ]
            for p in everybody
        ],
    )
    table(
        "stage_visits",
        ["application_id", "stage_id", "entered_at"],
        [[p.id, STAGES[n], at.isoformat()] for p in everybody for n, at in enumerate(p.entered)],
    )
    # Everybody answered twice, first with another group: the last answer counts, also where the file names it first.
    answers = [
        [p.id, "Gender", group, day]
        for p in everybody
        if p.group
        for group, day in ((p.group, "2026-01-02"), ("Female" if p.group == "Male" else "Male", "2026-01-01"))
    ]
    table("eeo_answers", ["application_id", "attribute_code", "group_code", "answered_at"], answers)
    table("candidates", ["candidate_id", "created_at"], [[f"c{p.id}", p.entered[0].isoformat()] for p in everybody])
    table(
        "candidate_contacts",
        ["candidate_id", "contact_code", "contact_value"],
        [["ca0", "name", "Sim Person"], ["ca0", "email", "sim@example.com"]],
    )


@dataclass(frozen=True)
class Built:
    home: Home
    everybody: list[Person]
    rows: list[dict[str, Any]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    folder, everybody = tmp_path_factory.mktemp("adverse_impact"), people()
    write(folder / "files", everybody)
    models = (
        "+fct_applications",
        "+fct_application_stages",
        "+dim_departments",
        "+eeo_answers",
        "+candidate_contacts",
        "+nonanswers",
        "+adverse_impact_findings",
    )
    build_world(folder / "files", folder / "home", as_of=AS_OF, select=models, exclude=("resource_type:test", "tag:restricted")).close()
    home = Home(folder / "home")
    with home_variables(home, home.root / "config"):
        wording = {"too_few": "Too few of them to say 'yes'"}
        restricted.build(home, {"as_of": AS_OF.strftime("%Y-%m-%d %H:%M:%S"), "diversity_wording": wording | {"reference": "Held beside"}})
    with duckdb.connect(str(home.published / "restricted" / "diversity.duckdb"), read_only=True) as published:
        rows = rows_of(published, "select * from diversity.adverse_impact")
    yield Built(home, everybody, rows)


def counted(everybody: list[Person], slice_type: str, slice_key: str) -> Counter[tuple[str, str, bool]]:
    """(group, stage, passed) -> people of the first quarter who were decided there by the day on which it is counted."""
    found: Counter[tuple[str, str, bool]] = Counter()
    for person in everybody:
        family, department = JOBS[person.job]
        if person.entered[0] >= datetime(2026, 4, 1, tzinfo=UTC) or slice_key not in ("all", family, department):
            continue
        group = person.group if person.group in ("Female", "Male", "Non-binary") else "not_answered"
        for number, stage in enumerate(STAGES):
            later = person.entered[number + 1 :]
            if later and later[0] < COUNTED_AT:
                found[group, stage, True] += 1
            elif number == len(person.entered) - 1 and person.rejected_at and person.rejected_at < COUNTED_AT:
                found[group, stage, False] += 1
        if person.rejected_at and person.rejected_at < COUNTED_AT:
            found[group, "all", False] += 1
    return found


def test_what_is_shown_are_the_people_decided_by_the_day_on_which_the_quarter_is_counted(built: Built) -> None:
    names = {"Platform": "d1", "Growth": "d2", "Docs": "d3"}
    shown = [row for row in built.rows if not row["is_suppressed"]]
    assert {row["period_code"] for row in built.rows} == {"2026-Q1"}, "the second quarter is not old enough"
    assert {(row["slice_type"], row["stage_code"]) for row in shown} >= {
        ("company", "applied"),
        ("company", "recruiter_screen"),
        ("department", "applied"),
    }
    for row in shown:
        expected = counted(built.everybody, row["slice_type"], names.get(row["slice_name"], row["slice_key"]))
        passed, failed = (expected[row["group_code"], row["stage_code"], way] for way in (True, False))
        assert (row["selected_count"], row["n_count"]) == (passed, passed + failed), row
        assert row["selection_rate"] == pytest.approx(passed / (passed + failed))


def test_a_difference_that_was_made_is_seen_and_said_in_the_words_of_the_seed(built: Built) -> None:
    (women,) = [
        row for row in built.rows if (row["slice_type"], row["stage_code"], row["group_code"]) == ("company", "recruiter_screen", "Female")
    ]
    assert women["finding_code"] == "difference_seen" and women["finding"] == "Difference seen"
    assert women["reference_group_code"] == "Male" and women["impact_ratio"] < 0.8
    assert women["p_value_adjusted"] >= women["p_value"] and women["job_odds_ratio"] < 1
    assert {row["finding"] for row in built.rows if row["finding_code"] == "reference"} == {"Held beside"}, "a company's own words"
    assert not any("discriminat" in str(row["finding"]).lower() for row in built.rows)


def test_question_7_of_the_docs_finds_it(built: Built) -> None:
    with duckdb.connect(str(built.home.published / "restricted" / "diversity.duckdb"), read_only=True) as published:
        found = rows_of(published, QUERIES[6])
    assert ("2026-Q1", "Company", "recruiter_screen", "Male") in {
        (row["period_code"], row["slice_name"], row["stage_code"], row["reference_group_code"]) for row in found
    }


def test_small_groups_and_slices_are_hidden_with_every_figure_of_theirs(built: Built) -> None:
    hidden = [row for row in built.rows if row["is_suppressed"]]
    assert {row["slice_name"] for row in hidden if row["slice_type"] == "department"} >= {"Docs"}
    for row in hidden:
        assert all(
            row[name] is None for name in ("n_count", "selected_count", "selection_rate", "impact_ratio", "p_value", "job_odds_ratio")
        )
        assert row["finding_code"] == "suppressed"
    for row in built.rows:
        if not row["is_suppressed"]:
            n, selected = row["n_count"], row["selected_count"]
            assert n >= 10 and not 1 <= selected <= 4 and not 1 <= n - selected <= 4


def test_the_files_are_their_owners_alone_and_the_build_file_holds_none_of_it(built: Built) -> None:
    folder = built.home.root / "restricted"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in [*folder.glob("*.duckdb"), built.home.published / "restricted" / "diversity.duckdb"]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    with duckdb.connect(str(built.home.warehouse), read_only=True) as warehouse:
        schemas = {row[0] for row in warehouse.execute("select distinct table_schema from information_schema.tables").fetchall()}
    assert not schemas & {"people", "eeo", "diversity"}


def test_names_come_through_the_one_door_and_it_is_shut_without_the_file(built: Built, tmp_path: Path) -> None:
    with duckdb.connect(str(built.home.warehouse), read_only=True) as warehouse:
        (key,) = warehouse.execute("select candidate_key from core.fct_applications where application_id = 'a0'").fetchone()  # type: ignore[misc]
    assert names_of(built.home, {key, "unknown"}) == {key: "Sim Person"}
    with pytest.raises(RestrictedClosed, match=r"there is no restricted file .*people\.duckdb"):
        names_of(Home(tmp_path), {key})
