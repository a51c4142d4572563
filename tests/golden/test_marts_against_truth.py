"""The whole pipeline against the simulator's truth: counts and rates exactly, medians of time within half a day.

The oracle (tests/support/marts_oracle.py) is plain Python over sandbox/truth.py. The company comes in through canonical files.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import marts_oracle as oracle
from tests.support.company import Company
from tests.support.worlds import run_unit_tests

pytestmark = [pytest.mark.xdist_group("company"), pytest.mark.slow]

#: Visits whose own exit the company lost end at the next visit or the close, which is later by hours.
MEDIAN_TOLERANCE_DAYS = 0.5


def test_every_count_of_the_funnel_equals_the_truth(company: Company) -> None:
    expected = oracle.funnel(company.truth, company.now)
    found = {
        (row["cohort_code"], row["slice_type"], row["slice_name"], row["stage_code"]): row
        for row in _sliced(company, "select * from marts.funnel_passthrough")
    }
    assert found.keys() == expected.keys()
    names = ("advanced", "rejected", "withdrawn", "closed", "waiting", "entered")
    wrong = [
        (key, name, row[f"{name}_count"], expected[key].counts[name])
        for key, row in found.items()
        for name in names
        if row[f"{name}_count"] != expected[key].counts[name]
    ]
    assert wrong[:5] == []
    assert [key for key, row in found.items() if row["reached_count"] != expected[key].reached] == []
    assert len(found) > 500


def test_every_passthrough_rate_equals_the_truth(company: Company) -> None:
    expected = oracle.funnel(company.truth, company.now)
    wrong = []
    for row in _sliced(company, "select * from marts.funnel_passthrough where stage_code <> 'hired'"):
        cell = expected[row["cohort_code"], row["slice_type"], row["slice_name"], row["stage_code"]]
        decided = cell.counts["advanced"] + cell.counts["rejected"] + cell.counts["withdrawn"]
        rates = {
            "reached_rate": cell.counts["advanced"] / cell.reached,
            "resolved_rate": cell.counts["advanced"] / decided if decided else None,
            "adjusted_rate": cell.adjusted(),
            "maturity_rate": 1 - cell.counts["waiting"] / cell.reached,
        }
        wrong += [
            (row["cohort_code"], row["slice_name"], row["stage_code"], name, row[name], value)
            for name, value in rates.items()
            if not _same(row[name], value)
        ]
    assert wrong[:5] == []


def test_offers_by_quarter_equal_the_truth(company: Company) -> None:
    expected = oracle.offer_acceptance(company.truth)
    found = {
        (row["quarter"], row["slice_type"], row["slice_name"]): row for row in _sliced(company, "select * from marts.offer_acceptance")
    }
    assert found.keys() == expected.keys()
    for key, row in found.items():
        counts = expected[key]
        for name in ("extended", "open", "accepted", "declined", "expired", "rescinded"):
            assert row[f"{name}_count"] == counts[name], (key, name)
        assert (row["accepted_in_period_count"], row["declined_in_period_count"]) == (counts["accepted_in"], counts["declined_in"]), key
        decided = counts["accepted"] + counts["declined"] + counts["expired"]
        assert _same(row["acceptance_rate"], counts["accepted"] / decided if decided else None), key
    assert sum(row["declined_count"] for key, row in found.items() if key[1] == "company") > 0


def test_decline_reasons_equal_the_truth(company: Company) -> None:
    found = {
        (row["quarter"], row["slice_type"], row["slice_name"], row["decline_reason_code"]): row["declined_count"]
        for row in _sliced(company, "select * from marts.offer_decline_reasons")
    }
    assert found == oracle.decline_reasons(company.truth)


def test_source_of_hire_equals_the_truth(company: Company) -> None:
    rows = company.ask("select * from marts.source_of_hire where slice_type = 'company' and applications_count > 0")
    found = {(row["quarter"], row["source_name"]): (row["applications_count"], row["hires_count"]) for row in rows}
    assert found == oracle.source_of_hire(company.truth)


def test_medians_of_time_in_stage_are_within_half_a_day_of_the_truth(company: Company) -> None:
    expected = oracle.times_in_stage(company.truth, company.now)
    rows = company.ask("select * from marts.time_in_stage where slice_type = 'company' and stage_code <> 'hired'")
    compared = 0
    for row in rows:
        if row["timed_count"] < 20:
            continue
        median = oracle.kaplan_meier_median(expected[row["stage_code"]])
        assert row["median_days"] == pytest.approx(median, abs=MEDIAN_TOLERANCE_DAYS), row["stage_code"]
        compared += 1
    assert compared >= 4


def test_every_active_application_has_one_card_with_a_known_need(company: Company) -> None:
    cards = company.ask("select needs_code, count(*) as cards, count(due_at) as due from marts.pipeline_board group by all")
    assert sum(row["cards"] for row in cards) == sum(a.status_code == "active" for a in company.truth.applications)
    assert {row["needs_code"] for row in cards} <= {"decision", "scheduling", "feedback", "attention", "none"}
    assert all(row["due"] == (0 if row["needs_code"] == "none" else row["cards"]) for row in cards)


def test_roll_ups_of_expected_hires_are_sums_of_jobs(company: Company) -> None:
    totals = company.ask(
        "select slice_type, sum(active_count) as active, sum(expected_hires_undated) as hires from marts.forecast_expected_hires "
        "where slice_type <> 'department_tree' group by slice_type",
    )
    assert {row["slice_type"] for row in totals} == {"company", "department", "office", "job", "job_family"}
    assert {row["active"] for row in totals} == {sum(a.status_code == "active" for a in company.truth.applications)}
    assert all(row["hires"] == pytest.approx(totals[0]["hires"]) for row in totals)


def test_every_unit_test_of_the_marts_holds(company: Company) -> None:
    results = run_unit_tests(company.home, "path:models/marts")
    assert len(results) >= 5
    assert [result for result in results if result[1] != "pass"] == []


def _sliced(company: Company, query: str) -> list[dict[str, Any]]:
    """Rows of the slice types that the oracle knows."""
    return [row for row in company.ask(query) if row["slice_type"] in oracle.SLICES]


def _same(found: float | None, expected: float | None) -> bool:
    return found is None if expected is None else found is not None and abs(found - expected) < 1e-9
