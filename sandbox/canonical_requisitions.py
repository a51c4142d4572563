"""What is agreed and asked beside the process of a requisition: its holds, requests to review profiles, agreed service levels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sandbox import state
from sandbox.model import instant, iso
from sandbox.world import World

Row = dict[str, Any]

#: Business hours that a hiring manager agreed to at the kick-off, and from a handover to another recruiter on: need -> hours.
AGREED = {"decision": 12, "feedback": 4}
AGREED_AT_HANDOVER = {"attention": 24}


def holds(world: World) -> Iterator[Row]:
    """Every hold of a requisition that began before it closed."""
    now = world.now_seconds
    for job in world.seen_jobs:
        for held, released in job.holds:
            if held < now and (job.closed_at is None or held < job.closed_at):
                yield {"job_id": job.id, "held_at": iso(held), "released_at": iso(state.before(released, now))}


def reviews(world: World) -> Iterator[Row]:
    """Every stay in the hiring manager's review is a request to review."""
    now = world.now_seconds
    for application in world.seen_applications:
        visits = application.visits_at(now)
        for place, visit in enumerate(visits):
            if visit.stage.code != "hm_review":
                continue
            decided = state.before(visit.exited_at, now)
            passed = place + 1 < len(visits) and visits[place + 1].stage.order > visit.stage.order
            yield {
                "review_id": visit.row_id,
                "job_id": application.job.id,
                "reviewer_id": application.job.hiring_manager.id,
                "requested_at": iso(visit.entered_at),
                "application_id": application.id,
                "decided_at": iso(decided),
                "decision_code": None if decided is None else "approved" if passed else "refused",
            }


def sla_agreements(world: World) -> Iterator[Row]:
    """Every third hiring manager agrees to shorter times; a requisition that is handed over is looked at more often from then on."""
    now = world.now_seconds
    for job in world.seen_jobs:
        agreed = []
        if job.hiring_manager.id % 3 == 0 and job.opened_at < now:
            agreed += [(job.opened_at, need, hours) for need, hours in AGREED.items()]
        if job.handover_at is not None and job.handover_at < now:
            agreed += [(job.handover_at, need, hours) for need, hours in AGREED_AT_HANDOVER.items()]
        for moment, need, hours in agreed:
            yield {"job_id": job.id, "need_code": need, "hours": hours, "valid_from": str(instant(moment).date())}


def beside_the_ats(world: World, served_id: Callable[[str, int, int], str], system: Callable[[int], str]) -> dict[str, Iterator[Row]]:
    """The three tables in the ids of the company's ATS, each row saying whose it is: `system(department)` holds the requisition."""
    departments = {job.id: job.department.id for job in world.jobs}
    entities = {"job_id": "job", "application_id": "application", "reviewer_id": "user"}

    def served(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            department = departments[row["job_id"]]
            ids = {name: served_id(entities[name], row[name], department) for name in entities if name in row}
            yield {"source_system": system(department)} | row | ids

    return {"job_holds": served(holds(world)), "reviews": served(reviews(world)), "sla_agreements": served(sla_agreements(world))}
