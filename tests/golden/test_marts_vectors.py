"""The reference figures of docs/concepts.md, through the marts' own SQL on given core rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.marts import AS_OF, CompiledProject, Row, build_marts, rows_of

pytestmark = pytest.mark.xdist_group("marts")

APPLIED = datetime.fromisoformat("2025-06-02T09:00:00")


def application(number: int, job: str = "job", status: str = "active", **more: Any) -> Row:
    return {"application_key": f"a{number}", "job_key": job, "status_code": status, "is_prospect": False, "applied_at": APPLIED, **more}


def reached(number: int, ladder: Sequence[str], furthest: str, outcome: str, job: str = "job") -> Iterator[Row]:
    """The rows of one application: advanced from every stage below its furthest, `outcome` there."""
    orders = {"applied": 50, "recruiter_screen": 60, "phone_interview": 80, "onsite": 100, "offer": 120, "hired": 130}
    for stage, following in pairwise([*ladder, None]):
        if orders[stage] > orders[furthest]:
            return
        is_furthest = stage == furthest
        yield {
            "application_key": f"a{number}",
            "job_key": job,
            "stage_code": stage,
            "stage_order": orders[stage],
            "next_stage_code": following,
            "is_implied": False,
            "is_advanced": not is_furthest,
            "outcome_code": outcome if is_furthest else "advanced",
            "application_status_code": outcome if outcome in ("hired", "rejected") else "active",
            "applied_at": APPLIED,
            "applied_month": APPLIED.date().replace(day=1),
            "age_days": 1.0,
        }


def test_the_backward_calculator_needs_10_5_3_2_1_candidates_for_one_hire(marts_project: CompiledProject, tmp_path: Path) -> None:
    ladder = ["applied", "recruiter_screen", "phone_interview", "onsite", "offer", "hired"]
    cohort = dict(zip(ladder, [124, 62, 31, 28, 14, 12], strict=True))
    applications, stages = [], []
    for number in range(124):
        furthest = [stage for stage in ladder if number < cohort[stage]][-1]
        status = "hired" if furthest == "hired" else "rejected"
        applications.append(application(number, status=status))
        stages += reached(number, ladder, furthest, status)
    given = {"fct_applications": applications, "fct_application_stages": stages}
    connection = build_marts(marts_project, tmp_path, given, ["forecast_required_pipeline", "funnel_passthrough"])

    needed = rows_of(
        connection,
        "select * from marts.forecast_required_pipeline where slice_type = 'company' and hires_wanted = 1 order by stage_order",
    )
    assert [row["stage_code"] for row in needed] == ladder
    assert [row["candidates_needed"] for row in needed] == [10, 5, 3, 2, 1, 1]
    assert [row["entrants_count"] for row in needed] == [124, 62, 31, 28, 14, 12]
    assert [round(100 * row["passthrough_rate"], 1) for row in needed[:-1]] == [50.0, 50.0, 90.3, 50.0, 85.7]
    assert needed[0]["candidates_needed_unrounded"] == pytest.approx(124 / 12)
    seven = rows_of(
        connection,
        "select candidates_needed from marts.forecast_required_pipeline where slice_type = 'job' and hires_wanted = 7 "
        "and stage_code = 'applied'",
    )
    assert seven == [{"candidates_needed": 72}]
    rates = rows_of(
        connection,
        "select stage_code, reached_rate, reached_count from marts.funnel_passthrough "
        "where cohort_code = 'trailing_12m' and slice_type = 'company' order by stage_order",
    )
    assert [row["reached_rate"] for row in rates] == pytest.approx([62 / 124, 31 / 62, 28 / 31, 14 / 28, 12 / 14, None])


def test_the_forward_calculator_expects_8_hires_in_14_days(marts_project: CompiledProject) -> None:
    """The reference gives rates and times, so the calculator's arithmetic gets them as rows (whole percents need a cohort of two million)."""
    names = ["applied", "recruiter_screen", "phone_interview", "onsite", "offer"]
    rates, days, active = [8, 64, 33, 40, 65], [8, 4, 8, 6, 5], [494, 30, 29, 16, 6]
    connection = duckdb.connect()
    values = ", ".join(
        f"(1, {order}, '{name}', {count}, {rate / 100}, {length}.0)"
        for order, (name, count, rate, length) in enumerate(zip(names, active, rates, days, strict=True))
    )
    connection.execute(
        "create table stages as select * from (values " + values + ") as t(group_no, stage_order, stage_code, active_count, "
        "passthrough_rate, stage_days)"
    )
    forward = marts_project.render("{{ classic_forward('stages', 14) }}")
    rows = rows_of(connection, f"select * from ({forward}) order by stage_order")
    assert [row["days_late"] for row in rows] == [17, 9, 5, -3, -9]
    assert [round(row["expected_hires_undated"]) for row in rows] == [2, 2, 2, 4, 4]
    assert [round(row["expected_hires"]) for row in rows] == [0, 0, 0, 4, 4]
    assert [row["cumulative_rate"] for row in rows] == pytest.approx([0.004393, 0.054912, 0.0858, 0.26, 0.65], rel=1e-3)
    assert round(sum(row["expected_hires"] for row in rows)) == 8
    assert sum(row["expected_hires_undated"] for row in rows) == pytest.approx(14.37, abs=0.005)
    assert sum(row["active_count"] for row in rows) == 575


WAITING_COHORT = "2a 3a 3x 5a 8c 9x 12a 15c 20c 30c"


def censored_world() -> dict[str, list[Row]]:
    """Days and outcome of ten candidates, one application each: a = advanced, x = rejected, c = waiting."""
    outcomes = {"a": "advanced", "x": "rejected", "c": "waiting"}
    applications, stages = [], []
    for number, word in enumerate(WAITING_COHORT.split()):
        days, outcome = float(word[:-1]), outcomes[word[-1]]
        applications.append(application(number))
        stages.append(
            {
                "application_key": f"a{number}",
                "stage_code": "onsite",
                "stage_order": 100,
                "next_stage_code": "offer",
                "is_implied": False,
                "outcome_code": outcome,
                "age_days": days,
                "days_in_stage": days,
                "is_current": outcome == "waiting",
                "is_time_censored": outcome == "waiting",
                "applied_at": APPLIED,
                "applied_month": APPLIED.date().replace(day=1),
            }
        )
    return {"fct_applications": applications, "fct_application_stages": stages}


def test_three_passthrough_rates_of_a_cohort_with_four_still_waiting(marts_project: CompiledProject, tmp_path: Path) -> None:
    connection = build_marts(marts_project, tmp_path, censored_world(), ["funnel_passthrough"])
    rows = rows_of(connection, "select * from marts.funnel_passthrough where slice_type = 'company' order by cohort_code")
    assert [row["cohort_code"] for row in rows] == ["2025-06", "trailing_12m"]
    for row in rows:
        assert (row["reached_count"], row["advanced_count"], row["rejected_count"], row["waiting_count"]) == (10, 4, 2, 4)
        assert row["reached_rate"] == pytest.approx(0.400, abs=1e-12)
        assert row["resolved_rate"] == pytest.approx(4 / 6, abs=1e-12)
        assert row["adjusted_rate"] == pytest.approx(0.42, abs=1e-12)
        assert 0 < row["adjusted_rate_low"] < 0.42 < row["adjusted_rate_high"] < 1
        assert row["maturity_rate"] == pytest.approx(0.6)
        assert row["next_stage_code"] == "offer"


def test_the_median_of_leavers_is_4_days_and_kaplan_meiers_is_9(marts_project: CompiledProject, tmp_path: Path) -> None:
    connection = build_marts(marts_project, tmp_path, censored_world(), ["time_in_stage"])
    (row,) = rows_of(connection, "select * from marts.time_in_stage where slice_type = 'company'")
    assert row["leaver_median_days"] == 4
    assert row["median_days"] == 9
    assert row["leaver_mean_days"] == pytest.approx(34 / 6)
    assert row["advancer_mean_days"] == 5.5
    assert row["waiting_count"] == 4
    assert row["coverage_rate"] == 1


# messages, recipients, replied, clicked, both -> percent, and percentages of recipients
LINKS = [
    (13886, 6178, 816, 483, 182, 38, (13, 8, 3)),
    (3521, 3287, 268, 339, 77, 23, (8, 10, 2)),
    (2177, 1938, 332, 149, 79, 53, (17, 8, 4)),
    (4415, 4415, 315, 115, 45, 39, (7, 3, 1)),
    (2711, 2100, 373, 77, 40, 52, (18, 4, 2)),
    (1363, 1363, 243, 56, 31, 55, (18, 4, 2)),
    (12097, 5772, 623, 51, 11, 22, (11, 1, 0)),
]


def test_content_stats_of_seven_links(marts_project: CompiledProject, tmp_path: Path) -> None:
    """The first `both` people replied and clicked, then those who only replied, then those who only clicked; extra messages are follow-ups."""
    messages: list[Row] = []
    links: list[Row] = []
    clicks: list[Row] = []
    for number, (sent, people, replied, clicked, both, _, _) in enumerate(LINKS):
        url = f"example.com/{number}"
        for place in range(sent):
            person, key = f"{number}-{place % people}", f"m{number}-{place}"
            is_first = place < people
            did_reply = is_first and place < replied
            did_click = is_first and (place < both or replied <= place < replied + clicked - both)
            messages.append(
                {"message_key": key, "candidate_key": person, "sequence_key": f"s{number}", "is_replied": did_reply, "sent_at": APPLIED}
            )
            links.append({"message_key": key, "candidate_key": person, "link_url": url, "link_host": "example.com"})
            if did_click:
                clicks.append({"message_key": key, "candidate_key": person, "link_url": url, "is_human": True})
    given = {"fct_outreach_messages": messages, "fct_outreach_message_links": links, "fct_outreach_clicks": clicks}
    connection = build_marts(marts_project, tmp_path, given, ["outreach_link_stats"])
    rows = rows_of(connection, "select * from marts.outreach_link_stats order by link_url")
    assert len(rows) == len(LINKS)
    for row, (sent, people, replied, clicked, both, percent, shares) in zip(rows, LINKS, strict=True):
        assert (row["messages_count"], row["recipients_count"], row["replied_count"]) == (sent, people, replied)
        assert (row["clicked_count"], row["replied_and_clicked_count"], row["sequences_count"]) == (clicked, both, 1)
        assert row["replied_rate_per_clicked"] == pytest.approx(both / clicked, abs=1e-12)
        assert round(100 * row["replied_rate_per_clicked"]) == percent
        assert tuple(round(100 * row[name]) for name in ("replied_rate", "clicked_rate", "replied_and_clicked_rate")) == shares


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(0, 10, 0.0, 27.8), (3, 20, 5.2, 36.0), (5, 50, 4.3, 21.4), (19, 100, 12.5, 27.8)],
)
def test_wilson_bounds_in_percent(marts_project: CompiledProject, successes: int, trials: int, low: float, high: float) -> None:
    connection = duckdb.connect()
    bounds = marts_project.render("{{ wilson_low('k', 'n') }} as low, {{ wilson_high('k', 'n') }} as high")
    (row,) = rows_of(connection, f"select {bounds} from (select {successes} as k, {trials} as n)")
    assert (round(100 * row["low"], 1), round(100 * row["high"], 1)) == (low, high)
    assert row["low"] >= 0 and row["high"] <= 1


def test_a_rate_without_trials_has_no_value_and_no_bounds(marts_project: CompiledProject) -> None:
    connection = duckdb.connect()
    (row,) = rows_of(connection, f"select {marts_project.render('''{{ rate_columns('r', '0', '0') }}''')}")
    assert row == {"r": None, "r_low": None, "r_high": None}


def test_the_trailing_year_begins_365_days_before_as_of(marts_project: CompiledProject, tmp_path: Path) -> None:
    applications, stages = [], []
    for number, applied_at in enumerate(
        [AS_OF - timedelta(days=365), AS_OF - timedelta(days=365, seconds=1), AS_OF - timedelta(seconds=1)]
    ):
        applications.append(application(number, applied_at=applied_at))
        stages += [
            {**row, "applied_at": applied_at, "applied_month": applied_at.date().replace(day=1)}
            for row in reached(number, ["applied", "hired"], "applied", "waiting")
        ]
    given = {"fct_applications": applications, "fct_application_stages": stages}
    connection = build_marts(marts_project, tmp_path, given, ["funnel_passthrough"])
    counts = rows_of(
        connection, "select cohort_code, reached_count from marts.funnel_passthrough where slice_type = 'company' order by cohort_code"
    )
    assert counts == [
        {"cohort_code": "2024-12", "reached_count": 1},
        {"cohort_code": "2025-01", "reached_count": 1},
        {"cohort_code": "2025-12", "reached_count": 1},
        {"cohort_code": "trailing_12m", "reached_count": 2},
    ]
