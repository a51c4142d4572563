"""Core on a small company: sixteen applications of two jobs (tests/golden/worlds/core_rules), every expected row worked out by hand.

What the marts make of it follows the definitions, as in the worlds of traps (test_adversarial.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.golden.conftest import CORE_RULES_AS_OF, CORE_RULES_MARTS
from tests.support.definitions_compare import MARTS, as_named, differences, of_table
from tests.support.definitions_files import read_tables
from tests.support.definitions_oracle import Company
from tests.support.worlds import WORLDS, build_world, run_unit_tests

pytestmark = pytest.mark.xdist_group("core_rules")


@pytest.fixture
def world(core_rules_home) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = build_world(WORLDS / "core_rules", core_rules_home, as_of=CORE_RULES_AS_OF)
    yield connection
    connection.close()


def text(world: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    """Rows as 'a | b | c'; instants of midnight as dates, whole numbers without a point, nothing for null."""

    def cell(value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, float):
            return f"{value:.2f}".rstrip("0").rstrip(".")
        return str(value).replace(" 00:00:00", "").replace("True", "yes").replace("False", "no")

    return [" | ".join(cell(value) for value in row).strip() for row in world.execute(sql).fetchall()]


def stages_of(world: duckdb.DuckDBPyConnection, application: str) -> list[str]:
    return text(
        world,
        f"""select s.stage_code, s.entered_at, s.outcome_code, s.outcome_at, s.age_days, s.days_in_stage
        from core.fct_application_stages s join core.fct_applications using (application_key)
        where application_id = '{application}' order by s.stage_order""",
    )


@pytest.fixture(scope="module")
def by_definition() -> Company:
    return Company(read_tables([WORLDS / "core_rules"]), CORE_RULES_AS_OF.replace(tzinfo=None))


@pytest.mark.parametrize("mart", CORE_RULES_MARTS)
def test_every_cell_of_the_marts_follows_the_definitions(world, by_definition: Company, mart: str) -> None:
    expected = as_named(mart, MARTS[mart](by_definition))
    assert differences(expected, of_table(world, mart)) == []
    assert expected or mart == "offer_decline_followups"


def test_every_unit_test_of_core_holds(core_rules_home) -> None:
    results = run_unit_tests(core_rules_home, "path:models/core")
    assert len(results) >= 11
    assert [result for result in results if result[1] != "pass"] == []


def test_a_hire_passes_every_stage_of_the_ladder_and_enters_hired_when_hired(world) -> None:
    assert stages_of(world, "hire") == [
        "applied | 2026-01-01 | advanced | 2026-01-05 | 4 | 4",
        "recruiter_screen | 2026-01-05 | advanced | 2026-01-10 | 5 | 4",
        "phone_interview |  | advanced | 2026-01-10 |  |",
        "onsite | 2026-01-10 | advanced | 2026-01-15 | 5 | 5",
        "offer | 2026-01-15 | advanced | 2026-01-20 | 5 | 7",
        "hired | 2026-01-20 | hired | 2026-01-20 | 0 |",
    ]


def test_moving_back_changes_visits_and_never_a_rate(world) -> None:
    assert stages_of(world, "back") == [
        "applied | 2026-01-01 | advanced | 2026-01-03 | 2 | 2",
        "recruiter_screen | 2026-01-03 | advanced | 2026-01-05 | 2 | 85",
        "phone_interview |  | advanced | 2026-01-05 |  |",
        "onsite | 2026-01-05 | waiting |  | 86 | 3",
    ]
    assert text(
        world,
        """select s.stage_code from core.fct_application_stages s join core.fct_applications using (application_key)
        where application_id = 'back' and is_current and is_time_censored""",
    ) == ["recruiter_screen"]


def test_a_stage_entered_after_a_higher_one_was_advanced_from_at_age_zero(world) -> None:
    assert stages_of(world, "above") == [
        "applied | 2026-01-01 | advanced | 2026-01-05 | 4 | 4",
        "recruiter_screen |  | advanced | 2026-01-05 |  |",
        "phone_interview | 2026-01-07 | advanced | 2026-01-07 | 0 | 2",
        "onsite | 2026-01-05 | rejected | 2026-01-09 | 4 | 2",
    ]


def test_an_unmapped_stage_ends_the_visit_before_it_and_is_waited_in_at_the_furthest(world) -> None:
    assert stages_of(world, "hall") == [
        "applied | 2026-01-01 | advanced | 2026-01-04 | 3 | 3",
        "recruiter_screen | 2026-01-04 | waiting |  | 87 | 2",
    ]
    assert text(world, "select current_stage_code, current_source_stage_name from core.fct_applications where application_id = 'hall'") == [
        "unmapped | Hallway"
    ]


def test_a_visit_after_the_close_stays_no_time_but_was_reached(world) -> None:
    assert stages_of(world, "late") == [
        "applied | 2026-01-01 | advanced | 2026-01-05 | 4 | 4",
        "recruiter_screen | 2026-01-05 | advanced | 2026-01-12 | 7 | 5",
        "phone_interview |  | advanced | 2026-01-12 |  |",
        "onsite | 2026-01-12 | rejected | 2026-01-10 | 0 | 0",
    ]


def test_a_visit_to_hired_makes_no_hire_and_a_prospect_has_no_funnel(world) -> None:
    assert [row.split(" | ")[0] for row in stages_of(world, "nothire")] == ["applied", "recruiter_screen"]
    assert stages_of(world, "pool") == []


def test_a_hire_without_visits_is_implied_up_to_hired_and_one_without_times_has_no_duration(world) -> None:
    assert stages_of(world, "plain") == [
        "applied | 2026-01-10 | advanced | 2026-02-10 | 31 |",
        "recruiter_screen |  | advanced | 2026-02-10 |  |",
        "hired | 2026-02-10 | hired | 2026-02-10 | 0 |",
    ]
    assert text(world, "select application_id, days_to_hire from core.fct_applications where status_code = 'hired' order by 1") == [
        "blank |",
        "hire | 19",
        "plain | 31",
    ]


def test_applied_is_entered_at_the_first_visit_to_it_when_that_is_earlier(world) -> None:
    assert stages_of(world, "early") == ["applied | 2026-01-08 | waiting |  | 83 | 83"]


def test_what_closes_after_as_of_and_what_was_reopened_is_active(world) -> None:
    rows = text(
        world,
        "select application_id, status_code, closed_at from core.fct_applications where application_id in ('later', 'reopen') order by 1",
    )
    assert rows == ["later | active |", "reopen | active |"]
    assert stages_of(world, "reopen")[-1] == "recruiter_screen | 2026-01-02 | waiting |  | 89 | 89"


def test_the_position_closing_is_neither_a_rejection_nor_the_end_of_the_clock(world) -> None:
    assert stages_of(world, "full")[-1] == "recruiter_screen | 2026-01-03 | closed | 2026-01-09 | 6 | 6"
    assert text(
        world,
        """select is_time_censored, close_direction_code from core.fct_application_stages s join core.fct_applications a using (application_key)
        where application_id = 'full' and s.stage_code = 'recruiter_screen'""",
    ) == ["yes | neither"]


def test_credit_is_the_applications_own_else_the_teams_at_its_close(world) -> None:
    rows = text(
        world,
        """select application_id, r.user_id, m.user_id from core.fct_applications a
        join core.dim_users r on r.user_key = a.recruiter_key join core.dim_users m on m.user_key = a.hiring_manager_key
        where application_id in ('hire', 'full', 'late', 'back', 'early') order by 1""",
    )
    assert rows == ["back | u2 | u9", "early | u3 | u8", "full | u1 | u9", "hire | u3 | u9", "late | u2 | u9"]


def test_an_offer_is_its_latest_version_in_the_cohort_of_its_first(world) -> None:
    rows = text(
        world,
        """select offer_id, extended_at, last_extended_at, resolved_at, status_code, version_count, decline_reason_code, is_reason_specific,
        days_to_resolve from core.fct_offers order by 1""",
    )
    assert rows == [
        "d2 | 2026-02-01 | 2026-02-05 | 2026-02-08 | declined | 2 | competing_offer | yes | 7",
        "e1 | 2026-02-01 | 2026-02-01 | 2026-02-08 | rescinded | 1 |  |  | 7",
        "h1 | 2026-01-16 | 2026-01-16 | 2026-01-20 | accepted | 1 |  |  | 4",
        "n2 | 2026-02-20 | 2026-02-26 |  | open | 2 |  |  |",
    ]


def test_time_to_fill_subtracts_overlapping_holds_once(world) -> None:
    assert text(world, "select is_open, filled_at, hold_days, days_to_fill, gross_days_to_fill from core.fct_openings order by 1") == [
        "no | 2026-01-20 | 6 | 24 | 30",
        "yes |  | 8 |  |",
    ]


def test_ladders_hold_plan_and_visits_and_leave_the_tenants_list_out(world) -> None:
    rows = text(
        world,
        """select job_id, stage_code, next_stage_code, source_stage_names, is_planned
        from core.dim_job_stages join core.dim_jobs using (job_key) order by 1, stage_order""",
    )
    assert rows == [
        "j1 | applied | recruiter_screen | Application Review | yes",
        "j1 | recruiter_screen | phone_interview | Recruiter Screen | yes",
        "j1 | phone_interview | onsite | Phone Interview | yes",
        "j1 | onsite | offer | Onsite / Onsite with team | yes",
        "j1 | offer | hired | Offer | yes",
        "j1 | hired |  | Hired | yes",
        "j2 | applied | recruiter_screen | Application Review | yes",
        "j2 | recruiter_screen | hired | Screen | yes",
        "j2 | hired |  |  | no",
    ]


def test_feedback_is_overdue_by_business_hours_of_the_jobs_agreement_else_the_default(world) -> None:
    # i1: 16:00 to 12:00 next day is 1 + 3 business hours, of 4 agreed for that day. i2: Friday 16:00 to Tuesday 12:00 is 1 + 8 + 3, of 8.
    rows = text(
        world,
        """select date_trunc('day', starts_at), status_code, stage_code, feedback_hours, feedback_due_hours, is_feedback_overdue, rating_code
        from core.fct_interviews order by starts_at, status_code""",
    )
    assert rows == [
        "2026-01-06 | cancelled | onsite |  | 8 |  |",
        "2026-01-06 | complete | onsite |  | 8 | yes |",
        "2026-01-09 | complete |  | 92 | 8 | yes | yes",
        "2026-01-12 | complete | onsite | 20 | 4 | no | strong_yes",
    ]


def test_messages_know_their_job_at_sending_and_both_figures_of_what_came_back(world) -> None:
    rows = text(
        world,
        """select step_number, j.job_id, is_first_touch, is_first_in_sequence, is_delivered, is_opened, is_opened_human, is_clicked,
        is_clicked_human, is_replied, reply_class_code from core.fct_outreach_messages m join core.dim_jobs j using (job_key)
        order by m.sent_at, m.step_number""",
    )
    assert rows == [
        "1 | j2 | yes | yes | yes | yes | no | yes | yes | yes | interested",
        "1 | j1 | yes | yes | no | no | no | no | no | no |",
        "2 | j1 | no | no |  | no | no | no | no | no | auto",
        "2 | j1 | no | no |  | no | no | yes | no | no |",
    ]


def test_links_are_folded_and_a_mail_address_is_none(world) -> None:
    assert text(world, "select link_url, link_host, is_known_from_body from core.fct_outreach_message_links order by 1") == [
        "example.com/Jobs | example.com | yes",
        "example.com/Team | example.com | yes",
        "other.example.org | other.example.org | no",
    ]
    assert text(world, "select link_url, first_clicked_at, is_human from core.fct_outreach_clicks order by 1") == [
        "example.com/Jobs | 2026-01-03 | yes",
        "other.example.org | 2026-01-07 00:00:05 | no",
    ]


def test_people_are_counted_once_also_when_only_an_address_is_known(world) -> None:
    assert text(world, "select count(*), sum(application_count), count(*) filter (where has_do_not_contact) from core.dim_candidates") == [
        "16 | 15 | 1"
    ]
    assert text(world, "select count(distinct candidate_key) from core.fct_outreach_messages") == ["2"]


def test_no_name_and_no_address_of_a_candidate_is_in_core(world) -> None:
    tables = [row[0] for row in world.execute("select table_name from information_schema.tables where table_schema = 'core'").fetchall()]
    for table in tables:
        held = world.execute(f"select count(*) from core.{table} as t where lower(cast(t as varchar)) like '%lone.wolf%'").fetchone()
        assert held == (0,), table
