"""Openings, holds and answered reviews for the companies of random_worlds: what the marts of requisitions and of the people who act are about."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from tests.support.random_worlds import AS_OF, Tables


def with_activity(tables: Tables, seed: int) -> Tables:
    """The tables (with_outreach's) with openings, holds and reviews that were decided, some of a profile that applied later."""
    pick = random.Random(seed + 1000)
    found = dict(tables)
    found["openings"] = [opening for row in tables["jobs"] for opening in _openings(row, tables, pick)]
    found["job_holds"] = [hold for row in tables["jobs"] for hold in _holds(row, pick)]
    found["reviews"] = [
        {**row, "candidate_id": None, "decision_code": _decision(row["decided_at"], pick)} for row in tables["reviews"]
    ] + _reviews(tables, pick)
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
                "filled_application_id": row["application_id"] if row else None,
            }
        )
    return found


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
    return pick.choice(["approved", "approved", "refused"]) if decided is not None else None
