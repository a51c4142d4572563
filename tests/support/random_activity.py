"""Former requisitions, openings, holds, plans, agreements and answered reviews for the companies of random_worlds: what the marts of requisitions
and of the people who act are about."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from tests.support.random_worlds import AS_OF, Tables

_LEVELS = ["entry", "mid", "senior", "leadership", "principal", None]


def with_past_requisitions(tables: Tables, seed: int) -> Tables:
    """The tables (random_worlds') with requisitions of the same role before each one, some of whose applications are theirs."""
    pick = random.Random(seed + 2000)
    found = {**tables, "jobs": [], "stages": list(tables["stages"]), "applications": [dict(row) for row in tables["applications"]]}
    for job in tables["jobs"]:
        level = pick.choice(_LEVELS)
        ended = pick.choice([None, AS_OF - timedelta(days=30), AS_OF - timedelta(days=100), AS_OF + timedelta(days=5)])
        closed = ended if job["status_code"] == "closed" else None
        found["jobs"].append({**job, "job_level_code": level, "job_class_code": pick.choice([None, "role"]), "closed_at": closed})
        for number in range(pick.choice([1, 2, 2])):
            before = _before(job, number, level, pick)
            found["jobs"].append(before)
            # Ids of a requisition's own stages stay what they are when an application changes hands; shared ones mean what its last job says.
            shared = [row for row in tables["stages"] if row["job_id"] == job["job_id"] and job["job_id"] not in row["stage_id"]]
            found["stages"] += [{**row, "job_id": before["job_id"]} for row in shared]
            for row in found["applications"]:
                if row["job_id"] == job["job_id"] and pick.random() < 0.15:
                    row["job_id"] = before["job_id"]
    return found


def _before(job: dict[str, Any], number: int, level: str | None, pick: random.Random) -> dict[str, Any]:
    """Of the same role but for its level at times; opened earlier, or at the same instant, or later."""
    opened = job["opened_at"] - timedelta(days=pick.choice([0, 20, 50, -20]))
    status = pick.choice(["closed", "closed", "closed", "open"])
    return {
        **job,
        "job_id": f"{job['job_id']}-before{number}",
        "status_code": status,
        "opened_at": opened,
        "closed_at": opened + timedelta(days=pick.choice([90, 300, 520])) if status == "closed" else None,
        "job_level_code": pick.choice([level, level, level, "mid"]),
        "job_class_code": pick.choice(["role", "role", "role", "pool"]),
    }


def with_activity(tables: Tables, seed: int) -> Tables:
    """The tables (with_outreach's) with openings, holds, plans, agreements, and reviews that were decided, some of a profile that applied later."""
    pick = random.Random(seed + 1000)
    found = dict(tables)
    found["openings"] = [opening for row in tables["jobs"] for opening in _openings(row, tables, pick)]
    found["job_holds"] = [hold for row in tables["jobs"] for hold in _holds(row, pick)]
    found["reviews"] = [
        {**row, "candidate_id": None, "decision_code": _decision(row["decided_at"], pick)} for row in tables["reviews"]
    ] + _reviews(tables, pick)
    found["sla_agreements"] = [row for job in tables["jobs"][::2] for row in _agreements(job["job_id"], pick)]
    found["headcount"] = _headcount(tables, pick)
    found["hiring_plan"] = _plan(tables, pick)
    return found


def _openings(job: dict[str, Any], tables: Tables, pick: random.Random) -> list[dict[str, Any]]:
    hired = [row for row in tables["applications"] if row["job_id"] == job["job_id"] and row["status_code"] == "hired"]
    found = []
    for number, row in enumerate([*hired, None, None]):
        opened = job["opened_at"] + timedelta(days=pick.randint(0, 200), seconds=pick.randint(0, 86_399))
        closed = (
            pick.choice([AS_OF - timedelta(days=pick.randint(-3, 60)), None]) if row is None else pick.choice([row["closed_at"], AS_OF])
        )
        found.append(
            {
                "opening_id": f"{job['job_id']}-o{number}",
                "job_id": job["job_id"],
                "opened_at": opened,
                "closed_at": closed,
                "filled_application_id": row["application_id"]
                if row and not _name_the_seat(tables, row, f"{job['job_id']}-o{number}", pick)
                else None,
                "target_start_on": pick.choice([None, (AS_OF + timedelta(days=pick.randint(-120, 90))).date()]),
            }
        )
    return found


def _name_the_seat(tables: Tables, application: dict[str, Any], opening_id: str, pick: random.Random) -> bool:
    """Whether the application's offers name the seat, and the seat nobody."""
    if pick.random() < 0.6:
        return False
    for offer in tables["offers"]:
        if offer["application_id"] == application["application_id"] or (offer["status_code"] == "accepted" and pick.random() < 0.1):
            offer["opening_id"] = opening_id
    return True


def _holds(job: dict[str, Any], pick: random.Random) -> list[dict[str, Any]]:
    """Two that may overlap, and one that may be open."""
    found = []
    for _ in range(2):
        held = AS_OF - timedelta(days=pick.randint(100, 400))
        found.append({"job_id": job["job_id"], "held_at": held, "released_at": held + timedelta(days=pick.randint(1, 90))})
    if pick.random() < 0.3:
        found.append({"job_id": job["job_id"], "held_at": AS_OF - timedelta(days=pick.randint(1, 30)), "released_at": None})
    return found


def _reviews(tables: Tables, pick: random.Random) -> list[dict[str, Any]]:
    users = [row["user_id"] for row in tables["users"]]
    found = []
    for row in tables["applications"]:
        if row["status_code"] != "withdrawn" and pick.random() < 0.4:
            is_profile = pick.random() < 0.3
            asked = row["applied_at"] + timedelta(hours=pick.choice([-40, 0]) if is_profile else pick.choice([2, 60]))
            decided = pick.choice([None, asked + timedelta(hours=5), asked + timedelta(days=4)])
            found.append(
                {
                    "review_id": f"d{row['application_id']}",
                    "job_id": row["job_id"],
                    "reviewer_id": pick.choice([None, *users]),
                    "requested_at": asked,
                    "application_id": None if is_profile else row["application_id"],
                    "candidate_id": row["candidate_id"],
                    "decided_at": decided,
                    "decision_code": _decision(decided, pick),
                }
            )
    return found


def _decision(decided: Any, pick: random.Random) -> str | None:
    """A few without a time."""
    return pick.choice(["approved", "approved", "refused"] if decided is not None else [*[None] * 8, "approved", "refused"])


def _agreements(job: str, pick: random.Random) -> list[dict[str, Any]]:
    """Hours for some needs; a later agreement ends the one before it, also where that one has no end."""
    change = (AS_OF - timedelta(days=pick.randint(20, 200))).date()
    found = []
    for need in pick.sample(["decision", "scheduling", "feedback", "attention"], 3):
        found.append({"job_id": job, "need_code": need, "hours": pick.choice([2, 4.5, 24]), "valid_from": None, "valid_to": None})
        if pick.random() < 0.5:
            until = pick.choice([None, change + timedelta(days=30)])
            found.append({"job_id": job, "need_code": need, "hours": pick.choice([1, 12]), "valid_from": change, "valid_to": until})
    return found


def _headcount(tables: Tables, pick: random.Random) -> list[dict[str, Any]]:
    departments = [row["department_id"] for row in tables.get("departments", [])] or ["elsewhere"]
    return [
        {"department_id": department, "job_level_code": level, "month": date(2025 + (number > 9), (number + 2) % 12 + 1, 1), "headcount": pick.randint(0, 9)}
        for department in departments
        for number in range(13)
        for level in pick.sample(["entry", "mid", "senior", "leadership", "principal"], 2)
    ]  # fmt: skip


def _plan(tables: Tables, pick: random.Random) -> list[dict[str, Any]]:
    """Lines for a requisition, a family, a department; several of one reach; around both days that worlds are built for, and long before."""
    jobs = tables["jobs"]
    found = []
    for number in range(24):
        begins = (AS_OF - timedelta(days=pick.choice([130, 130, 400]) + pick.randint(-30, 30))).date()
        job, reach = pick.choice(jobs), pick.choice(["job", "job", "job_family", "department", None])
        found.append(
            {
                "plan_line_id": f"plan{number}",
                "period_start_on": begins,
                "period_end_on": begins + timedelta(days=pick.choice([30, 90, 180])),
                "planned_hires": pick.randint(0, 6),
                "department_id": job["department_id"] if reach == "department" else None,
                "job_family": job["job_family"] if reach == "job_family" else None,
                "job_id": job["job_id"] if reach == "job" else None,
            }
        )
    return found
