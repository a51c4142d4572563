"""docs/questions.md: every query runs on published tables, has at most ten lines, and answers what the simulator's truth says."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.support import marts_oracle as oracle
from tests.support.company import Company

pytestmark = [pytest.mark.xdist_group("company"), pytest.mark.slow]

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "questions.md").read_text(encoding="utf-8")
QUERIES = [block.strip() for block in re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)]


def test_the_seven_questions_have_a_query_of_at_most_ten_lines_each_on_published_tables() -> None:
    assert len(QUERIES) == len(re.findall(r"^## \d", TEXT, re.MULTILINE)) == 7
    for number, query in enumerate(QUERIES, 1):
        assert len(query.splitlines()) <= 10
        read = set(re.findall(r"(?:from|join)\s+(\w+)\.", query))
        assert read == {"diversity"} if number == 7 else read <= {"core", "marts"}


def test_question_1_counts_the_recruiters_accepted_offers_of_the_quarter(company: Company) -> None:
    names = {row["user_id"]: row["user_name"] for row in company.ask("select user_id, user_name from core.dim_users")}
    accepted = [
        (a.recruiter_id, oracle.quarter_of(a.offer.resolved_at))
        for a in company.truth.applications
        if a.offer and a.offer.status_code == "accepted" and a.offer.resolved_at
    ]
    recruiter, quarter = max(set(accepted), key=accepted.count)
    query = QUERIES[0].replace("Rosa Recruiter", names[str(recruiter)]).replace("2025-10-01", str(quarter))
    (row,) = company.ask(query)
    assert row["accepted_in_period_count"] == accepted.count((recruiter, quarter)) > 0


def test_question_2_cuts_passthrough_by_role_office_and_time(company: Company) -> None:
    since = int(datetime.fromisoformat("2026-01-01T00:00:00+00:00").timestamp())
    chosen = [a for a in company.truth.applications if a.applied_at >= since and {"phone_interview", "onsite"} <= set(a.ladder)]
    pairs = [(a.job_family, a.office_name) for a in chosen]
    family, office = max(set(pairs), key=pairs.count)
    reached = [oracle.reached_stages(a) for a in chosen if (a.job_family, a.office_name) == (family, office)]
    phone, onsite = sum("phone_interview" in stages for stages in reached), sum("onsite" in stages for stages in reached)
    query = QUERIES[1].replace("Software Engineer", family).replace("Austin", office)
    (row,) = company.ask(query)
    assert (row["reached_phone"], row["reached_onsite"]) == (phone, onsite)
    assert phone > 0 and row["passthrough_rate"] == pytest.approx(onsite / phone)


def test_question_3_counts_people_with_an_open_offer(company: Company) -> None:
    for department in {a.department_name for a in company.truth.applications}:
        people = {
            a.candidate_id
            for a in company.truth.applications
            if a.department_name == department and a.offer and a.offer.status_code == "open"
        }
        (row,) = company.ask(QUERIES[2].replace("'Sales'", f"'{department}'"))
        assert row["candidates"] == len(people), department


def test_question_4_needs_candidates_in_proportion_to_historic_conversion(company: Company) -> None:
    recent = [a for a in company.truth.applications if a.applied_at >= company.now - oracle.TRAILING]
    hires = [a.job_family for a in recent if a.status_code == "hired"]
    family = max(set(hires), key=hires.count)
    rows = company.ask(QUERIES[3].replace("Product Manager", family))
    assert rows[-1]["stage_code"] == "hired" and rows[-1]["candidates_needed"] == 7
    for row in rows:
        stage = row["stage_code"]
        there = [a for a in recent if a.job_family == family and stage in oracle.reached_stages(a)]
        hired = sum(a.status_code == "hired" for a in there)
        assert (row["entrants_count"], row["hired_count"]) == (len(there), hired)
        assert row["candidates_needed"] == int(7 * len(there) / hired + 0.5)


def test_question_5_compares_departments_and_managers_by_whom_they_passed_of_those_they_decided_on(company: Company) -> None:
    recent = [a for a in company.truth.applications if a.applied_at >= company.now - oracle.TRAILING]
    managers = {row["user_name"]: int(row["user_id"]) for row in company.ask("select user_id, user_name from core.dim_users")}
    rows = company.ask(QUERIES[4])
    ratios = [row["selectivity_ratio"] for row in rows]
    assert ratios == sorted(ratios) and ratios[0] < 1 < ratios[-1]
    for row in rows:
        people = [a for a in recent if row["stage_code"] in oracle.reached_stages(a)]
        of_row = [a for a in people if row["name"] == a.department_name or managers.get(row["name"]) == a.hiring_manager_id]
        outcomes = [oracle.outcome_at(a, row["stage_code"]) for a in of_row]
        assert row["n_count"] == sum(outcome in ("advanced", "rejected", "withdrawn") for outcome in outcomes), row
        assert row["selectivity_ratio_low"] < row["selectivity_ratio"] < row["selectivity_ratio_high"]
    assert {managers.get(row["name"]) is None for row in rows} == {True, False}, "managers and departments"


def test_question_6_puts_the_easiest_role_first(company: Company) -> None:
    recent = [a for a in company.truth.applications if a.applied_at >= company.now - oracle.TRAILING]
    ranks = {
        row["job_family"]: row["difficulty_rank"] for row in company.ask("select job_family, difficulty_rank from marts.role_difficulty")
    }
    rows = company.ask(QUERIES[5])
    assert [ranks[row["job_family"]] for row in rows] == list(range(len(rows), 0, -1)) and len(rows) > 2
    for row in rows:
        of_family = [a for a in recent if a.job_family == row["job_family"]]
        hires = sum(a.status_code == "hired" for a in of_family)
        assert row["hires_count"] == hires
        assert row["applications_per_hire"] == (pytest.approx(len(of_family) / hires) if hires else None)


def test_dates_in_the_queries_are_dates(company: Company) -> None:
    for query in QUERIES:
        for text in re.findall(r"date '([^']+)'", query):
            assert date.fromisoformat(text)
