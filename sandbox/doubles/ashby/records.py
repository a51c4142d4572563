"""The simulated company's records as the Ashby API would serve them: who works there, jobs, plans, openings, look-ups, candidates.

Each function yields (record, when it last changed) as known at the world's now; sandbox/doubles/ashby/service.py pages them. What happens to
applications is in ashby_applications.py. Shapes: the vendor's OpenAPI description and recorded replies (research of both).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from sandbox import state
from sandbox.doubles.ashby.ids import ashby_id
from sandbox.model import DAY, Job, Person, Source, User, instant
from sandbox.model import iso as whole
from sandbox.world import World

Row = dict[str, Any]
Served = tuple[Row, int]

#: The stages that every plan has around its own: title, type.
LEAD, HIRED, ARCHIVED = ("New Lead", "Lead"), ("Hired", "Hired"), ("Archived", "Archived")
REASON_TYPES = {"company": "RejectedByOrg", "candidate": "RejectedByCandidate", "neither": "Other"}
#: The reason under which a lead is archived that went on as an application; nobody's rejection.
CONSOLIDATED = 499
CLOSE_REASONS = {1: "Filled", 2: "Cancelled"}
ROLES = {"hiring_manager": "Hiring Manager", "recruiter": "Recruiter", "coordinator": "Recruiting Coordinator", "sourcer": "Sourcer"}


def iso(moment: int | None) -> str | None:
    """Ashby writes milliseconds."""
    text = whole(moment)
    return None if text is None else text.replace("Z", ".000Z")


def users(world: World) -> Iterator[Served]:
    for user in world.users:
        left = state.before(user.deactivated_at, world.now_seconds)
        changed = left or user.created_at
        yield user_record(user) | {"isEnabled": left is None, "updatedAt": iso(changed)}, changed


def user_record(user: User) -> Row:
    role = "Organization Admin" if user.is_site_admin else "Limited Access"
    names = {"firstName": user.first_name, "lastName": user.last_name, "email": user.email}
    return {"id": ashby_id("user", user.id), **names, "globalRole": role, "isEnabled": True}


def departments(world: World) -> Iterator[Served]:
    for department in world.departments:
        parent = ashby_id("department", department.parent.id) if department.parent else None
        record = {"name": department.name, "isArchived": False, "parentId": parent, "createdAt": iso(_founding(world))}
        yield {"id": ashby_id("department", department.id)} | record, _founding(world)


def locations(world: World) -> Iterator[Served]:
    for office in world.offices:
        record = {"name": office.name, "isArchived": False, "isRemote": False, "type": "Location"}
        yield {"id": ashby_id("office", office.id)} | record, _founding(world)


def sources(world: World) -> Iterator[Served]:
    for source in world.sources:
        yield source_record(world, source), _founding(world)


def source_record(world: World, source: Source) -> Row:
    types = list(dict.fromkeys(other.type_name for other in world.sources))
    kind = {"id": ashby_id("source_type", types.index(source.type_name)), "title": source.type_name, "isArchived": False}
    return {"id": ashby_id("source", source.id), "title": source.name, "isArchived": False, "sourceType": kind}


def archive_reasons(world: World) -> Iterator[Served]:
    """Every third is out of use: hidden unless asked for, and still the reason of what it once closed."""
    rows = [(reason.id, reason.name, REASON_TYPES[reason.direction_code]) for reason in world.reasons]
    for number, text, kind in [*rows, (CONSOLIDATED, "Consolidated", "Other")]:
        yield reason_record(number, text, kind), _founding(world)


def reason_record(number: int, text: str, kind: str) -> Row:
    return {"id": ashby_id("reason", number), "text": text, "reasonType": kind, "isArchived": number % 3 == 0}


def close_reasons(world: World) -> Iterator[Served]:
    for number, name in CLOSE_REASONS.items():
        yield {"id": ashby_id("close_reason", number), "name": name, "isArchived": False}, _founding(world)


@lru_cache(maxsize=2_000)
def plan_stages(job: Job) -> list[Row]:
    """The job's plan as Ashby lays it out: leads before, the job's own stages, Hired and Archived after."""
    titles = [(_edge(job, 0), *LEAD)]
    for stage in job.stages:
        kind = {"applied": "PreInterviewScreen", "offer": "Offer"}.get(stage.code or "", "Active")
        titles.append((ashby_id("stage", stage.id), stage.name, kind))
    titles += [(_edge(job, 1), *HIRED), (_edge(job, 2), *ARCHIVED)]
    plan = ashby_id("plan", job.id)
    return [
        {"id": number, "title": title, "type": kind, "orderInInterviewPlan": order, "interviewPlanId": plan}
        for order, (number, title, kind) in enumerate(titles)
    ]


def interview_plans(world: World) -> Iterator[Served]:
    for job in world.seen_jobs:
        yield {"id": ashby_id("plan", job.id), "title": f"{job.family} plan {job.id}", "isArchived": job.id % 5 == 0}, job.created_at


def jobs(world: World) -> Iterator[Served]:
    now = world.now_seconds
    for job in world.seen_jobs:
        opened, closed = state.before(job.opened_at, now), state.before(job.closed_at, now)
        changed = state.latest(now, job.created_at, opened, closed, job.handover_at)
        status = "Closed" if closed is not None else "Open" if opened is not None else "Draft"
        record = {
            "title": job.name,
            "confidential": False,
            "status": status,
            "employmentType": "FullTime",
            "locationId": ashby_id("office", job.office.id),
            "departmentId": ashby_id("department", job.department.id),
            "defaultInterviewPlanId": ashby_id("plan", job.id),
            "interviewPlanIds": [ashby_id("plan", job.id)],
            "jobPostingIds": [],
            "customRequisitionId": f"REQ-{job.id - 50_000:04d}",
            "customFields": [_field(1, "Job Family", job.family), _field(2, "Job Level", job.level)],
            "hiringTeam": [member(user, role) for role, user in team(job, now).items()],
            "author": user_record(job.recruiter),
            "createdAt": iso(job.created_at),
            "updatedAt": iso(changed),
            "openedAt": iso(opened),
            "closedAt": iso(closed),
        }
        yield {"id": ashby_id("job", job.id)} | record, changed


def team(job: Job, now: int) -> dict[str, User]:
    """Role -> who has it at `now`; Ashby keeps no dates."""
    handed_over = job.handover_at is None or job.handover_at < now
    recruiter = job.recruiter if handed_over or job.former_recruiter is None else job.former_recruiter
    found = {"hiring_manager": job.hiring_manager, "recruiter": recruiter, "coordinator": job.coordinator}
    return found | ({"sourcer": job.sourcer} if job.sourcer else {})


def member(user: User, role: str) -> Row:
    return {
        "userId": ashby_id("user", user.id),
        "email": user.email,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "role": ROLES[role],
    }


def openings(world: World) -> Iterator[Served]:
    now = world.now_seconds
    for job in world.seen_jobs:
        for opening in state.seen_openings(job, now):
            closed = state.before(opening.closed_at, now)
            is_filled = closed is not None and opening.application is not None
            version = {
                "id": ashby_id("opening", opening.id),
                "identifier": f"{job.id - 50_000}-{opening.number}",
                "jobIds": [ashby_id("job", job.id)],
                "targetHireDate": None,
                "targetStartDate": str(instant(opening.target_start_at).date()) if opening.target_start_at else None,
                "isBackfill": False,
                "hiringTeam": [],
                "createdAt": iso(opening.opened_at),
            }
            record = {
                "openedAt": iso(opening.opened_at),
                "closedAt": iso(closed),
                "isArchived": False,
                "openingState": "Open" if closed is None else "Filled" if is_filled else "Closed",
                "closeReasonId": None if closed is None else ashby_id("close_reason", 1 if is_filled else 2),
                "latestVersion": version,
            }
            yield {"id": ashby_id("opening", opening.id)} | record, closed or opening.opened_at


def candidates(world: World) -> Iterator[Served]:
    found: dict[int, list[int]] = {}
    activity: dict[int, int] = {}
    for application in world.seen_applications:
        assert application.person is not None
        number = application.person.id
        found.setdefault(number, []).append(application.id)
        activity[number] = max(activity.get(number, 0), world.last_activity[application.id])
    for person in state.candidates(world):
        created = person.candidate_created_at or 0
        changed = max(created, activity.get(person.id, 0))
        yield _candidate(person, created, changed, found.get(person.id, [])), changed


def _candidate(person: Person, created: int, changed: int, applications: list[int]) -> Row:
    email = {"value": person.email, "type": "Personal", "isPrimary": True}
    phone = {"value": person.phone, "type": "Personal", "isPrimary": True}
    return {
        "id": ashby_id("candidate", person.id),
        "createdAt": iso(created),
        "updatedAt": iso(changed),
        "name": f"{person.first_name} {person.last_name}",
        "primaryEmailAddress": email,
        "emailAddresses": [email],
        "primaryPhoneNumber": phone,
        "phoneNumbers": [phone],
        "socialLinks": [{"url": f"https://www.linkedin.com/in/{person.linkedin}", "type": "LinkedIn"}],
        "tags": [],
        "position": person.title,
        "company": person.company,
        "school": None,
        "applicationIds": [ashby_id("application", number) for number in applications],
        "fileHandles": [],
        "customFields": [],
    }


def _field(number: int, title: str, value: str) -> Row:
    return {"id": ashby_id("field", number), "title": title, "isPrivate": False, "value": value}


def _edge(job: Job, place: int) -> str:
    """A stage of a plan that is not the job's own: leads, hired, archived."""
    return ashby_id("stage", 900_000_000 + job.id * 10 + place)


def _founding(world: World) -> int:
    """Look-up values are as old as the account."""
    return world.started - 300 * DAY


#: Method -> its records, apart from what happens to applications.
LISTS: dict[str, Callable[[World], Iterator[Served]]] = {
    "user.list": users,
    "department.list": departments,
    "location.list": locations,
    "source.list": sources,
    "archiveReason.list": archive_reasons,
    "closeReason.list": close_reasons,
    "interviewPlan.list": interview_plans,
    "job.list": jobs,
    "opening.list": openings,
    "candidate.list": candidates,
}
