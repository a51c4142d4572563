"""Faults C1 to C5, C8, C11, C15 and C16: figures of files whose records are incomplete or contradict each other.

One company (tests/golden/worlds/settled_rules), as of 1 April 2026, every expected row worked out by hand; the marts' cells against the oracle are
in tests/golden/test_adversarial.py. Three requisitions: the mason's candidates, and the potter and the weaver, which were reopened.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from base.home import DBT_PROJECT_DIR

pytestmark = [pytest.mark.xdist_group("random_worlds"), pytest.mark.slow]

MASON = "join core.dim_jobs using (job_key) where job_id = 'mason'"


def rows(world: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    """Rows as 'a | b | c': instants of midnight as dates, whole numbers without a point, nothing for null."""

    def cell(value: object) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, float):
            return f"{value:.3f}".rstrip("0").rstrip(".")
        return "" if value is None else str(value).replace(" 00:00:00", "")

    return [" | ".join(map(cell, row)).strip() for row in world.execute(sql).fetchall()]


def applications(world: duckdb.DuckDBPyConnection, columns: str, *ids: str) -> list[str]:
    listed = ", ".join(f"'{id}'" for id in ids)
    return rows(world, f"select application_id, {columns} from core.fct_applications where application_id in ({listed}) order by 1")


def stage(world: duckdb.DuckDBPyConnection, application: str, code: str, columns: str) -> list[str]:
    return rows(
        world,
        f"select {columns} from core.fct_application_stages as s join core.fct_applications using (application_key) "
        f"where application_id = '{application}' and s.stage_code = '{code}'",
    )


def covered(world: duckdb.DuckDBPyConnection, table: str, *kinds: str) -> list[str]:
    columns = ", ".join(f"{kind}_count" for kind in kinds)
    return rows(world, f"select {columns} from marts.data_coverage where table_name = '{table}'")


def test_c1_a_seat_is_filled_by_the_earliest_acceptance_that_stands_and_not_by_the_highest_id(traps) -> None:
    """seat-a: 99 accepted first and withdrew, 100 accepted later and was hired. seat-b: the source names 99."""
    assert rows(
        traps,
        "select application_id, o.filled_at, o.days_to_fill from core.fct_openings as o "
        "left join core.fct_applications as a on a.application_key = o.filled_application_key "
        "join core.dim_jobs as j on j.job_key = o.job_key where job_id = 'mason' and o.closed_at = timestamp '2026-02-16' order by 1",
    ) == ["100 | 2026-02-15 | 45", "|  |"]


def test_c2_an_open_offer_on_an_application_that_ended_is_settled_by_that_end_and_says_so(traps) -> None:
    assert rows(
        traps,
        f"select offer_id, o.status_code, resolved_at, is_resolution_inferred, decline_reason_code, days_to_resolve from core.fct_offers as o {MASON} "
        "and offer_id in ('o-hired', 'o-withdrew', 'o-rejected', 'o-active') order by 1",
    ) == [
        "o-active | open |  | no |  |",
        "o-hired | accepted | 2026-03-01 | yes |  |",
        "o-rejected | rescinded | 2026-03-06 | yes |  |",
        "o-withdrew | declined | 2026-03-05 | yes | comp_base |",
    ]
    assert covered(traps, "offers", "inferred") == ["3"]


def test_c2_what_is_inferred_is_in_cohort_rates_and_in_no_activity_alert_or_follow_up(traps) -> None:
    """Of 11 offers of the quarter 7 were accepted and 1 declined; recorded in it: 6 acceptances and no decline."""
    mason = "slice_type = 'job' and slice_name = 'Mason'"
    assert rows(
        traps,
        "select extended_count, open_count, accepted_count, declined_count, expired_count, rescinded_count, inferred_count, undated_count, "
        f"accepted_in_period_count, declined_in_period_count from marts.offer_acceptance where {mason}",
    ) == ["11 | 2 | 7 | 1 | 0 | 1 | 3 | 1 | 6 | 0"]
    assert rows(traps, f"select acceptance_rate, answered_acceptance_rate from marts.offer_acceptance where {mason}") == ["0.875 | 0.875"]
    assert rows(traps, f"select * from marts.offer_decline_reasons where {mason}") == []
    assert rows(traps, f"select offer_key from marts.offer_decline_followups {MASON}") == []
    assert rows(
        traps, "select offers_open_count from marts.requisition_health join core.dim_jobs using (job_key) where job_id = 'mason'"
    ) == ["2"]


def test_c3_the_newest_version_speaks_though_it_has_no_date_of_extension(traps) -> None:
    offers = "select offer_id, o.status_code, extended_at, cohort_at, is_extension_inferred from core.fct_offers as o"
    assert rows(traps, f"{offers} {MASON} and offer_id in ('o-twice1', 'o-twice2', 'o-undated') order by 1") == [
        "o-twice2 | accepted | 2026-02-01 | 2026-02-01 | no",
        "o-undated | accepted |  | 2026-01-07 | yes",
    ]
    assert covered(traps, "offers", "undated") == ["1"]


def test_c4_what_ends_before_it_starts_is_counted_and_has_no_duration(traps) -> None:
    """Hired on the 5th, applied on the 10th; a seat opened after it was filled; a visit left before it was entered."""
    assert applications(traps, "status_code, days_to_hire", "early", "sameday") == ["early | hired |", "sameday | hired | 0"]
    assert rows(
        traps, "select filled_at, days_to_fill, gross_days_to_fill from core.fct_openings where opened_at = timestamp '2026-03-20'"
    ) == ["2026-02-10 |  |"]
    assert rows(
        traps,
        "select application_id, v.is_open, is_exit_reversed, v.days_in_stage from core.fct_stage_visits as v "
        "join core.fct_applications using (application_key) where application_id in ('swapped', 'sameday') order by 1",
    ) == ["sameday | no | no | 0", "swapped | yes | yes | 71"]
    for table in ("applications", "openings", "stage_visits"):
        assert covered(traps, table, "out_of_order") == ["1"]
    for mart, column in (("time_to_hire", "median_days"), ("time_to_fill", "median_days"), ("time_in_stage", "median_days")):
        assert rows(traps, f"select * from marts.{mart} where {column} < 0") == []


def test_c4_where_either_end_is_a_date_dates_are_compared(traps) -> None:
    """Applied on the 10th at 14:00 and hired on the 10th; applied on the 10th and hired on the 20th at 15:00; both with a time."""
    assert applications(traps, "days_to_hire", "sameday", "daylater", "timed") == ["daylater | 10", "sameday | 0", "timed | 10.25"]


def test_c4_every_duration_is_made_by_one_macro() -> None:
    """days_between may count up to as_of, compare planned days, and set events beside each other; nothing else."""
    allowed = {"event_verdicts", "message_twins", "requisition_health", "int_marts__stage_observations"}
    allowed |= {"fct_openings", "int_marts__requisition_facts"}  # days on hold, cut to what they are taken from
    allowed |= {"int_marts__outreach_conversions"}  # within a window of 24-hour days, so that it cannot be reversed
    models = (path for path in (DBT_PROJECT_DIR / "models").rglob("*.sql") if "days_between(" in path.read_text(encoding="utf-8"))
    assert {path.stem for path in models} == allowed
    macros: set[Path] = {
        path for path in (DBT_PROJECT_DIR / "macros").rglob("*.sql") if "days_between(" in path.read_text(encoding="utf-8")
    }
    assert {path.name for path in macros} == {"durations.sql", "time.sql", "working_hours.sql"}


def test_c5_a_hire_is_made_at_its_acceptance_and_a_date_still_to_come_is_the_first_day(traps) -> None:
    """filed has no offer: its close stands. notyet has nothing but the date to come. signing accepts on the 10th of April."""
    assert applications(traps, "status_code, hired_at, starts_on", "start", "filed", "notyet", "signing") == [
        "filed | hired | 2026-02-20 | 2026-05-01",
        "notyet | active |  |",
        "signing | active |  |",
        "start | hired | 2026-02-10 | 2026-05-01",
    ]
    assert applications(traps, "days_to_hire", "start") == ["start | 31"]
    assert covered(traps, "applications", "start_date") == ["2"]


def test_c5_who_accepted_and_is_not_yet_marked_hired_is_counted_apart_and_forecast_as_a_hire(traps) -> None:
    assert applications(traps, "status_code, is_hire_pending", "pending", "oactive") == ["oactive | active | no", "pending | active | yes"]
    assert rows(
        traps,
        "select active_count, hire_pending_count, expected_hires, pooled_expected_hires from marts.forecast_expected_hires "
        "where slice_type = 'job' and slice_name = 'Mason' and stage_code = 'hired'",
    ) == ["1 | 1 | 1 | 1"]
    assert covered(traps, "applications", "hire_pending") == ["1"]


def test_c8_an_end_is_whose_act_its_reason_says_whatever_the_source_calls_it(traps) -> None:
    assert applications(traps, "status_code, close_direction_code", "neutral", "theirs", "ours", "vague") == [
        "neutral | closed | neither",
        "ours | rejected | company",
        "theirs | withdrawn | candidate",
        "vague | withdrawn | candidate",
    ]


def test_c11_a_reopened_requisition_counts_its_present_opening_and_the_total_without_the_time_it_was_closed(traps) -> None:
    """Potter: open 181 days, closed 215, a new seat since 1 February. Weaver: closed on 1 January, and nothing says when it was reopened."""
    assert rows(
        traps,
        "select job_id, reopened_at, days_open, total_days_open from marts.requisition_health join core.dim_jobs using (job_key) "
        "where job_id in ('potter', 'weaver', 'mason') order by 1",
    ) == ["mason |  | 90 | 90", "potter | 2026-02-01 | 59 | 240", "weaver | 2026-01-01 | 90 | 455"]


def test_c15_a_visit_with_an_exit_has_ended_and_who_went_nowhere_is_unplaced_at_the_furthest(traps) -> None:
    assert applications(traps, "current_stage_code, is_unplaced, unplaced_since_at", "left", "moved", "sits") == [
        "left | recruiter_screen | yes | 2026-01-15",
        "moved | onsite | no |",
        "sits | recruiter_screen | no |",
    ]
    columns = "outcome_code, days_in_stage, is_current, is_time_censored"
    assert stage(traps, "left", "recruiter_screen", columns) == ["waiting | 3 | no | no"]
    assert stage(traps, "sits", "recruiter_screen", columns) == ["waiting | 79 | yes | yes"]
    assert covered(traps, "stage_visits", "contradicted_exit") == ["1"]


def test_c15_the_board_the_forecast_and_coverage_say_how_many_are_unplaced(traps) -> None:
    card = (
        "select stage_code, entered_at, is_unplaced from marts.pipeline_board as b join core.fct_applications as a using (application_key)"
    )
    assert rows(traps, f"{card.replace('is_unplaced', 'b.is_unplaced')} where application_id = 'left'") == [
        "recruiter_screen | 2026-01-15 | yes"
    ]
    assert rows(
        traps,
        "select active_count, unplaced_count, expected_hires from marts.forecast_expected_hires "
        "where slice_type = 'job' and slice_name = 'Mason' and stage_code = 'unmapped'",
    ) == ["1 | 1 |"]
    assert covered(traps, "applications", "unplaced") == ["1"]


def test_c16_a_row_without_an_entry_time_puts_its_stage_on_the_ladder_and_is_no_visit(traps) -> None:
    assert rows(traps, f"select stage_code, next_stage_code, is_planned from core.dim_job_stages {MASON} order by stage_order") == [
        "applied | recruiter_screen | no",
        "recruiter_screen | assessment | no",
        "assessment | onsite | yes",
        "onsite | offer | yes",
        "offer | hired | no",
        "hired |  | no",
    ]
    assert rows(traps, "select count(*) from core.fct_stage_visits where stage_code = 'assessment'") == ["0"]
    assert covered(traps, "stage_visits", "plan") == ["2"]


def test_c16_a_stage_reached_at_an_unknown_time_is_reached_and_has_no_times(traps) -> None:
    assert applications(traps, "furthest_stage_code, current_stage_code", "heard") == ["heard | onsite | onsite"]
    assert stage(traps, "heard", "onsite", "entered_at, is_implied, outcome_code, age_days, visit_count") == ["| no | waiting |  | 0"]
    assert stage(traps, "heard", "assessment", "is_implied, outcome_code") == ["yes | advanced"]
