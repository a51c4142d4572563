"""Small traps of files in canonical shape (tests/golden/worlds/port_traps), every expected row worked out by hand.

Two requisitions that use the same stage ids for other stages, no list of departments, no users, no sources.
"""

from __future__ import annotations

import duckdb
import pytest

pytestmark = [pytest.mark.xdist_group("random_worlds"), pytest.mark.slow]


@pytest.fixture
def world(traps: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    return traps


def text(world: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [" | ".join("" if value is None else f"{value}" for value in row) for row in world.execute(sql).fetchall()]


def current(world: duckdb.DuckDBPyConnection, application: str) -> list[str]:
    return text(world, f"select current_stage_code from core.fct_applications where application_id = '{application}'")


def test_a_deleted_application_is_gone_and_one_deleted_after_as_of_is_not(world) -> None:
    assert text(world, "select application_id from core.fct_applications where application_id in ('gone', 'fresh')") == ["fresh"]
    assert text(world, "select count(*) from core.fct_offers where offer_id = 'o3'") == ["0"]
    visits = (
        "select count(*) from core.fct_stage_visits join core.fct_applications using (application_key) join core.dim_jobs using (job_key)"
    )
    assert text(world, f"{visits} where job_id in ('j1', 'j2')") == ["7"]


def test_a_hire_is_one_when_it_was_made_and_not_when_its_file_was_closed(world) -> None:
    assert text(
        world,
        "select application_id, status_code, hired_at::date, closed_at::date from core.fct_applications "
        "where application_id in ('hire', 'later') order by 1",
    ) == ["hire | hired | 2026-03-18 | 2026-03-18", "later | active |  | "]


def test_a_stage_id_means_what_the_applications_own_job_calls_it(world) -> None:
    assert current(world, "told") == ["recruiter_screen"]
    assert current(world, "later") == ["recruiter_screen"]
    assert current(world, "nearly") == ["hired"]


def test_who_is_in_process_without_any_stage_sits_in_applied(world) -> None:
    assert current(world, "fresh") == ["applied"]


def test_the_reason_says_whose_act_a_declined_offer_was_and_no_reason_leaves_it_a_decline(world) -> None:
    assert text(
        world,
        "select application_id, o.status_code, decline_reason_code, decline_reason_source_name, is_reason_specific "
        "from core.fct_offers as o join core.fct_applications using (application_key) where o.status_code <> 'accepted' and application_id in ('nobody', 'shrug', 'silent', 'taken') order by 1",
    ) == [
        "nobody | declined | unmapped | Said little | False",
        "shrug | declined | unknown | Other | False",
        "silent | declined | unknown |  | False",
        "taken | rescinded |  |  | ",
    ]


def test_departments_that_nobody_lists_are_one_slice_named_by_their_number(world) -> None:
    """Six applications of d9, in the adversarial world ten of dx, in settled_rules 27 of crafts."""
    expected = ["Not recorded | none | 4", "Unknown (3 ids not found) | unknown | 43"]
    for slice_type in ("department", "department_tree"):
        assert (
            text(
                world,
                "select slice_name, slice_key, reached_count from marts.funnel_passthrough where cohort_code = 'trailing_12m' "
                f"and stage_code = 'applied' and slice_type = '{slice_type}' order by 1",
            )
            == expected
        )


def test_a_stage_known_only_by_the_sources_word_or_called_hired_does_not_break_the_forecasts_chain(world) -> None:
    """Engineer: of 4 at applied 2 advanced, of 2 at onsite 2, of 2 at offer 1; onsite took 5 and 3 days, offer 10."""
    assert text(
        world,
        "select slice_name, stage_code, active_count, cumulative_rate, stage_days, expected_hires, total_expected_hires "
        "from marts.forecast_expected_hires where slice_type = 'job' and slice_name in ('Engineer', 'Writer') order by 1, stage_order",
    ) == [
        "Engineer | applied | 1 | 0.25 |  | 0.25 | 0",
        "Engineer | onsite | 0 | 0.5 | 4.0 | 0.0 | 0",
        "Engineer | reference_check | 1 |  |  |  | 0",
        "Engineer | offer | 0 | 0.5 | 10.0 | 0.0 | 0",
        "Writer | applied | 0 | 0.0 |  | 0.0 | 1",
        "Writer | recruiter_screen | 2 | 0.0 |  | 0.0 | 1",
        "Writer | hired | 1 | 1.0 |  | 1.0 | 1",
    ]


def test_blanks_capitals_and_instants_without_seconds_are_read_as_meant(world) -> None:
    query = "select application_id, applied_at, status_code from core.fct_applications where application_id in ('fresh', 'told') order by 1"
    assert text(world, query) == ["fresh | 2026-03-01 00:00:00 | active", "told | 2026-03-01 00:00:00 | active"]


def test_every_row_of_both_worlds_is_in_core_or_left_out_for_a_reason(world) -> None:
    assert text(world, "select table_name, unexplained_count from marts.row_conservation where unexplained_count <> 0") == []
    assert text(
        world,
        "select table_name, row_count, core_count, parentless_count, set_aside_count from marts.row_conservation "
        "where row_count <> core_count order by 1",
    )
