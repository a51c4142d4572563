"""What breaks funnels elsewhere, in one requisition of ten applications (tests/golden/worlds/adversarial); every figure worked out by hand.

    straight   through every stage to its hire
    zigzag     back and forth: seven visits of three stages, and still in process
    screened   hired while it stood in the screen; nobody moved it on
    offered    entered the process at Offer, and declined
    ghost      passed through a stage that was deleted since, to Onsite
    lost       sits in the deleted stage
    first, second   one person under two records that were merged later
    edited     rejected on the 20th, as was known then; withdrawn on the 16th, as was put right a month later (and the older row arrives last)
    timeless   a hire without a time: its offer was accepted on the 30th; no record has an update time

The candidates of lost and timeless have one address, which changed hands. As of 1 April 2026; all in UTC.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import duckdb
import pytest

from tests.support.definitions_compare import MARTS, as_named, differences, of_table
from tests.support.definitions_files import read_tables
from tests.support.definitions_laws import ADDITIVE, LAWS, not_adding_up
from tests.support.definitions_oracle import Company
from tests.support.traps import TRAP_MARTS, TRAP_WORLDS

pytestmark = [pytest.mark.xdist_group("random_worlds"), pytest.mark.slow]
REQUISITION = "slice_type = 'job' and slice_name like 'Tester%'"


@pytest.fixture
def world(traps: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    return traps


@pytest.fixture(scope="module")
def by_definition() -> Company:
    """The rows of all worlds of traps, read by the oracle's own reader."""
    return Company(read_tables(TRAP_WORLDS), datetime.fromisoformat("2026-04-01"))


def rows(world: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(round(value, 3) if isinstance(value, float) else value for value in row) for row in world.execute(sql).fetchall()]


def test_the_funnel_counts_each_application_once_per_stage_whatever_its_way(world) -> None:
    """Furthest: hired straight, screened, timeless; offer offered; onsite ghost; phone zigzag; screen second; applied lost, first, edited."""
    found = rows(
        world,
        "select stage_code, entered_count, reached_count, advanced_count, rejected_count, withdrawn_count, closed_count, waiting_count, "
        f"next_stage_code from marts.funnel_passthrough where {REQUISITION} and cohort_code = 'trailing_12m' order by stage_order",
    )
    assert found == [
        ("applied", 10, 10, 7, 1, 1, 0, 1, "recruiter_screen"),
        ("recruiter_screen", 4, 7, 6, 1, 0, 0, 0, "phone_interview"),
        ("phone_interview", 2, 6, 5, 0, 0, 0, 1, "onsite"),
        ("onsite", 2, 5, 4, 1, 0, 0, 0, "offer"),
        ("offer", 2, 4, 3, 0, 1, 0, 0, "hired"),
        ("hired", 3, 3, 0, 0, 0, 0, 0, None),
    ]


def test_the_three_rates_follow_from_the_same_rows(world) -> None:
    """Adjusted, by hand. applied: ages 0a 2aaaa 2x 6a 6x 18a 87c -> .1 + .9*4/9 + .4*1/4 + .2*1/2; screen 2a 2x 3a 8a; onsite 3x 5a; offer 5a 6x."""
    found = rows(
        world,
        "select stage_code, reached_rate, resolved_rate, adjusted_rate, maturity_rate from marts.funnel_passthrough "
        f"where {REQUISITION} and cohort_code = 'trailing_12m' and stage_code <> 'hired' order by stage_order",
    )
    assert found == [
        ("applied", 0.7, 0.778, 0.7, 0.9),
        ("recruiter_screen", 0.857, 0.857, 0.75, 1.0),
        ("phone_interview", 0.833, 1.0, 0.5, 0.833),
        ("onsite", 0.8, 0.8, 0.5, 1.0),
        ("offer", 0.75, 0.75, 0.5, 1.0),
    ]


def test_time_in_a_stage_is_the_sum_of_its_stays(world) -> None:
    """applied: 2 4 2 2 6 2 2 4 18 (offered never stood there); screen 2 5 8 2; phone 5 and 81 so far; onsite 5 3; offer 5 6."""
    found = rows(
        world,
        "select stage_code, timed_count, leaver_count, waiting_count, median_days, p75_days, p90_days, leaver_mean_days "
        f"from marts.time_in_stage where {REQUISITION} and stage_code <> 'hired' order by stage_order",
    )
    assert found == [
        ("applied", 9, 9, 0, 2.0, 4.0, 18.0, 4.667),
        ("recruiter_screen", 4, 4, 0, 2.0, 5.0, 8.0, 4.25),
        ("phone_interview", 2, 1, 1, 5.0, None, None, 5.0),
        ("onsite", 2, 2, 0, 3.0, 5.0, 5.0, 4.0),
        ("offer", 2, 2, 0, 5.0, 6.0, 6.0, 5.5),
    ]


def test_a_deleted_stage_is_shown_and_never_placed(world) -> None:
    assert rows(
        world, "select application_id, current_stage_code, furthest_stage_code from core.fct_applications where application_id = 'lost'"
    ) == [("lost", "unmapped", "applied")]
    assert rows(
        world,
        "select a.application_id, v.stage_code, v.days_in_stage from core.fct_stage_visits as v "
        "join core.fct_applications as a using (application_key) where application_id = 'ghost' order by v.visit_number",
    ) == [("ghost", "applied", 2.0), ("ghost", "unmapped", 4.0), ("ghost", "onsite", 3.0)]


def test_offers_and_hires_are_dated_by_what_is_known_of_them(world) -> None:
    assert rows(
        world,
        f"select extended_count, accepted_count, declined_count, acceptance_rate from marts.offer_acceptance where {REQUISITION}",
    ) == [(3, 2, 1, 0.667)]
    assert rows(
        world,
        "select application_id, accepted_at::date::text, days_to_hire from core.fct_applications join core.dim_jobs using (job_key) "
        "where job_id = 'x1' and status_code = 'hired' order by 1",
    ) == [("screened", "2026-01-12", 10.0), ("straight", "2026-01-20", 19.0), ("timeless", "2026-01-30", 18.0)]


def test_what_was_put_right_later_replaces_what_was_known_then(world) -> None:
    assert rows(
        world, "select status_code, closed_at::date::text, close_reason_code from core.fct_applications where application_id = 'edited'"
    ) == [("withdrawn", "2026-01-16", "comp_base")]


def test_merged_candidates_are_one_person_and_no_application_is_lost_or_doubled(world) -> None:
    found = rows(
        world, "select application_id, candidate_key from core.fct_applications join core.dim_jobs using (job_key) where job_id = 'x1'"
    )
    keys = dict(found)
    assert len(found) == len(keys) == 10
    assert keys["first"] == keys["second"]
    others = {keys[name] for name in ("straight", "zigzag", "screened", "offered", "ghost", "edited")}
    assert len(others | {keys["first"]}) == 7


@pytest.mark.parametrize("mart", TRAP_MARTS)
def test_every_cell_of_the_worlds_of_traps_follows_the_definitions(world, by_definition: Company, mart: str) -> None:
    found = of_table(world, mart)
    assert len(found) > 2
    assert differences(as_named(mart, MARTS[mart](by_definition)), found) == []


def test_the_laws_of_counting_hold_in_all(world) -> None:
    queries = {**LAWS, **{mart: not_adding_up(mart) for mart in ADDITIVE}}
    about = {law: set(re.findall(r"marts(?:_work)?\.(\w+)", query)) for law, query in queries.items()}
    relevant = [law for law, marts in about.items() if marts <= set(TRAP_MARTS)]
    assert len(relevant) > 25
    assert {law: rows(world, queries[law])[:3] for law in relevant if rows(world, queries[law])} == {}
