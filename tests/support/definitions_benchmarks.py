"""A company's own figures under the definitions of the seed benchmark_definitions, from a Company of definitions_oracle.py. No SQL here."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from base.home import DBT_PROJECT_DIR
from tests.support.definitions_marts import is_trailing
from tests.support.definitions_oracle import RANK, Application, Cells, Company, quantile, ratio
from tests.support.definitions_requisitions import seats

_OWN_SEGMENTS = {
    **dict.fromkeys(("all", "country", "industry", "size"), "company"),
    **{n: n for n in ("origin", "job_family", "department")},
}


def benchmark_comparison(company: Company) -> Cells:
    definitions = {row["definition_code"]: row for row in _seed("benchmark_definitions")}
    found: Cells = {}
    for row in _seed("benchmarks"):
        code, segment_type = row["definition_code"], _OWN_SEGMENTS.get(row["segment_type_code"])
        value, count = None, None
        if segment_type is not None and definitions[code]["is_computed"] == "true":
            members = [
                a
                for a in company.applications.values()
                if segment_type == "company" or _name(company, a, segment_type) == _plain(row["segment_name"])
            ]
            if segment_type == "company" or members:
                value, count = _own(company, code, members, is_company=segment_type == "company")
        is_shown = count is not None and count >= int(definitions[code]["floor_count"])
        found[(row["benchmark_id"],)] = {"own_value": value if is_shown else None, "own_count": count}
    return found


def _seed(name: str) -> list[dict[str, str]]:
    (path,) = (DBT_PROJECT_DIR / "seeds").rglob(f"{name}.csv")
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").split())


def _name(company: Company, application: Application, segment_type: str) -> str:
    member = application.slices[segment_type]
    names = {row["department_id"]: row["department_name"] for row in company._rows("departments")}
    return _plain(names.get(member, "none") if segment_type == "department" else member)


def _own(company: Company, code: str, members: list[Application], *, is_company: bool) -> tuple[float | None, int | None]:
    start = company.as_of - timedelta(days=365)

    def hires(applications: list[Application]) -> int:
        return sum(not a.is_prospect and a.accepted is not None and a.accepted >= start for a in applications)

    applied = [a for a in members if is_trailing(company, a) and not a.is_prospect]
    ended = [a for a in applied if a.status != "active"]
    at: Callable[[str], int] = lambda stage: sum(RANK[a.furthest] >= RANK[stage] for a in ended)  # noqa: E731
    offers = [offer for a_id, offer in company.offer_facts().items() if company.applications[a_id] in members]
    sent = [offer["status_code"] for offer in offers if offer["cohort_at"] is not None and offer["cohort_at"] >= start]
    hired, jobs = hires(members), len({a.row["job_id"] for a in applied})
    screened, interviewed, onsite, offered = at("recruiter_screen"), at("phone_interview"), at("onsite"), at("offer")
    ended_hires = sum(a.status == "hired" for a in ended)
    all_hires = hires(list(company.applications.values()))
    parts: Mapping[str, tuple[float, int, int]] = {
        "applications_per_hire": (len(applied), hired, hired),
        "applications_per_job": (len(applied), jobs, jobs),
        "offers_accepted_of_extended": (sent.count("accepted"), len(sent), len(sent)),
        "offers_per_hire": (len(sent), hired, hired),
        "applied_to_screen": (screened, len(ended), len(ended)),
        "applied_to_interview": (interviewed, len(ended), len(ended)),
        "applied_to_offer": (offered, len(ended), len(ended)),
        "screen_to_onsite": (onsite, screened, screened),
        "onsite_to_offer": (offered, onsite, onsite),
        "onsites_per_hire": (onsite, ended_hires, ended_hires),
        "interview_to_offer": (offered, interviewed, interviewed),
        "interview_to_hire": (ended_hires, interviewed, interviewed),
        "hire_share_by_origin": (hired, all_hires, all_hires),
    }
    if code == "days_opening_to_acceptance_median":
        lengths = [
            seat.gross_days for seat in seats(company) if seat.filled is not None and seat.filled >= start and seat.gross_days is not None
        ]
        return (quantile(lengths, 0.5), len(lengths)) if is_company else (None, None)
    if code == "hire_share_by_origin" and is_company:
        return None, None
    successes, trials, count = parts[code]
    return ratio(successes, trials), count


MARTS: Mapping[str, Callable[[Company], Cells]] = {"benchmark_comparison": benchmark_comparison}
KEYS: Mapping[str, tuple[str, ...]] = {"benchmark_comparison": ("benchmark_id",)}
ENTITIES: Mapping[str, Any] = {}
