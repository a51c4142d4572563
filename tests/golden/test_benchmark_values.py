"""A company's own figures under the benchmarks' definitions, on five applications worked out by hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.support.marts import CompiledProject, build_marts, rows_of

pytestmark = pytest.mark.xdist_group("marts")

AS_OF = datetime.fromisoformat("2026-06-01T12:00:00")


def application(
    key: str, applied: str, status: str, furthest: int, accepted: str | None = None, origin: str = "applied", **more: object
) -> dict[str, object]:
    return {
        "application_key": key,
        "job_key": "j2" if key in "cd" else "j1",
        "origin_code": origin,
        "job_family": "Sales",
        "department_key": "d",
        "is_prospect": False,
        "status_code": status,
        "furthest_stage_order": furthest,
        "applied_at": datetime.fromisoformat(applied),
        "accepted_at": datetime.fromisoformat(accepted) if accepted else None,
        **more,
    }


def test_own_figures_are_of_the_last_365_days_and_shares_of_what_has_ended(marts_project: CompiledProject, tmp_path: Path) -> None:
    """a, b, c applied within the year; c is active: an application, in no share. d applied earlier and was hired within it; e is a prospect."""
    applications = [
        application("a", "2026-01-01", "hired", 130, "2026-02-01"),
        application("b", "2025-06-02", "rejected", 60, origin="referred"),
        application("c", "2026-05-01", "active", 100),
        application("d", "2025-05-01", "hired", 130, "2025-07-01"),
        application("e", "2026-05-01", "active", 10, is_prospect=True),
    ]
    offer = {"job_key": "j1", "origin_code": "applied", "job_family": "Sales", "department_key": "d"}
    offers = [
        {**offer, "offer_key": number, "status_code": status, "cohort_at": datetime.fromisoformat(extended)}
        for number, (status, extended) in enumerate([("accepted", "2026-01-20"), ("open", "2026-05-20"), ("accepted", "2025-05-20")])
    ]
    filled = [("2026-02-01", 30.0), ("2025-07-01", 50.0), ("2025-01-01", 90.0)]
    openings = [{"opening_key": when, "filled_at": datetime.fromisoformat(when), "gross_days_to_fill": days} for when, days in filled]
    departments = [{"department_key": "d", "department_name": "Revenue"}]
    given = {"fct_applications": applications, "fct_offers": offers, "fct_openings": openings, "dim_departments": departments}
    connection = build_marts(marts_project, tmp_path, given, ["int_marts__own_benchmark_values"], AS_OF)

    def values(segment_type: str, segment: str) -> dict[str, tuple[float | None, int]]:
        of_segment = f"segment_type_code = '{segment_type}' and segment_name = '{segment}'"
        query = f"select * from marts_work.int_marts__own_benchmark_values where {of_segment}"
        return {row["definition_code"]: (row["own_value"], row["own_count"]) for row in rows_of(connection, query)}

    company = {
        "applications_per_hire": (1.5, 2),
        "applications_per_job": (1.5, 2),
        "offers_accepted_of_extended": (0.5, 2),
        "offers_per_hire": (1.0, 2),
        "applied_to_screen": (1.0, 2),
        "applied_to_interview": (0.5, 2),
        "applied_to_offer": (0.5, 2),
        "screen_to_onsite": (0.5, 2),
        "onsite_to_offer": (1.0, 1),
        "onsites_per_hire": (1.0, 1),
        "interview_to_offer": (1.0, 1),
        "interview_to_hire": (1.0, 1),
        "days_opening_to_acceptance_median": (40.0, 2),
    }
    assert values("company", "Company") == company
    assert values("department", "Revenue") == values("job_family", "Sales")
    assert values("origin", "referred")["hire_share_by_origin"] == (0.0, 2)
    assert values("origin", "applied")["hire_share_by_origin"] == (1.0, 2)
    assert values("origin", "referred")["applications_per_hire"] == (None, 0)
