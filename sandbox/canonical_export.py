"""The simulated company as the canonical tables (canonical.md): the same facts without any vendor, one CSV per table.

`write_canonical` writes everything the company knows; `write_outreach_drop` only what no vendor stream carries (docs: sandbox).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from sandbox import canonical_outreach as outreach
from sandbox import canonical_requisitions as requisitions
from sandbox import state
from sandbox.canonical_headcount import headcount
from sandbox.model import DAY, Application, Job, User, instant, iso
from sandbox.world import World

Row = dict[str, Any]


def write_canonical(world: World, folder: Path) -> dict[str, int]:
    """Write `<table>.csv` for each table the company can fill; returns rows per table. Same world, same bytes."""
    return _write(folder, tables(world))


def write_outreach_drop(
    world: World,
    folder: Path,
    *,
    served_id: Callable[[str, int, int], str] = lambda entity, number, department: str(number),
    system: Callable[[int], str] | None = None,
) -> dict[str, int]:
    """The links of every message, the replies, the job of every sequence, the hiring plan and the headcount, as exports would drop them.

    `served_id(entity, number, department)`: the id that the company's ATS gives an entity. `system(department)`: the ATS that holds a
    department; with it, holds, requests to review and agreed service levels of its requisitions are dropped too.
    """
    full = tables(world)
    departments = {job.id: job.department.id for job in world.jobs}
    full["sequence_jobs"] = (
        row | {"job_id": served_id("job", row["job_id"], departments[row["job_id"]])} for row in outreach.sequence_jobs(world)
    )
    full["hiring_plan"] = (
        row | {"department_id": served_id("department", row["department_id"], row["department_id"])} for row in plan_lines(world)
    )
    full["headcount"] = (
        row | {"department_id": served_id("department", row["department_id"], row["department_id"])} for row in headcount(world)
    )
    drop = {name: full[name] for name in ("message_links", "sequence_jobs", "hiring_plan", "headcount")}
    drop["email_events"] = (row for row in full["email_events"] if row["event_code"] == "replied")
    if system is not None:
        drop |= requisitions.beside_the_ats(world, served_id, system)
    return _write(folder, drop)


def tables(world: World) -> dict[str, Iterable[Row]]:
    """Table name -> rows, as known at the world's now; instants are ISO text in UTC."""
    return {
        "applications": (_application(world, application) for application in world.seen_applications),
        "stage_visits": _visits(world),
        "stages": _stages(world),
        "jobs": (_job(world, job) for job in world.seen_jobs),
        "job_team": _teams(world),
        "openings": _openings(world),
        "job_holds": requisitions.holds(world),
        "offers": _offers(world),
        "close_reasons": (
            {"close_reason_id": reason.id, "reason_name": reason.name, "direction_code": reason.direction_code} for reason in world.reasons
        ),
        "interviews": _interviews(world),
        "feedback": _feedback(world),
        "reviews": requisitions.reviews(world),
        "sla_agreements": requisitions.sla_agreements(world),
        "candidates": (
            {
                "candidate_id": p.id,
                "created_at": iso(p.candidate_created_at),
                "is_internal": p.employee is not None,
                "do_not_contact": False,
            }
            for p in state.candidates(world)
        ),
        "candidate_contacts": _contacts(world),
        "users": ({"user_id": u.id, "user_name": u.name, "user_email": u.email, "is_active": _is_active(world, u)} for u in world.users),
        "departments": (
            {"department_id": d.id, "department_name": d.name, "parent_id": d.parent.id if d.parent else None} for d in world.departments
        ),
        "offices": ({"office_id": office.id, "office_name": office.name} for office in world.offices),
        "sources": ({"source_id": s.id, "source_name": s.name, "channel_code": s.channel_code} for s in world.sources),
        "sequences": outreach.sequences(world),
        "sequence_jobs": outreach.sequence_jobs(world),
        "outreach_messages": outreach.messages(world),
        "message_links": outreach.links(world),
        "email_events": outreach.email_events(world),
        "crm_activities": outreach.crm_activities(world),
        "hiring_plan": plan_lines(world),
        "headcount": headcount(world),
    }


def plan_lines(world: World) -> Iterator[Row]:
    """Planned hires per quarter and department: the openings with a target start in it, plus one in five."""
    wanted: dict[tuple[int, int, int], int] = {}
    for job in world.jobs:
        for opening in state.seen_openings(job, world.now_seconds):
            moment = instant((opening.target_start_at or opening.opened_at) - 30 * DAY)
            key = (moment.year, (moment.month - 1) // 3, job.department.id)
            wanted[key] = wanted.get(key, 0) + 1
    for (year, quarter, department), count in sorted(wanted.items()):
        last_day = (31, 30, 30, 31)[quarter]
        yield {
            "plan_line_id": f"{year}-q{quarter + 1}-{department}",
            "period_start_on": f"{year}-{quarter * 3 + 1:02d}-01",
            "period_end_on": f"{year}-{quarter * 3 + 3:02d}-{last_day}",
            "planned_hires": count + count // 5,
            "department_id": department,
        }


def _write(folder: Path, content: dict[str, Iterable[Row]]) -> dict[str, int]:
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for name, rows in content.items():
        listed = list(rows)
        temporary = folder / f".{name}.csv.tmp"
        with temporary.open("w", newline="", encoding="utf-8") as file:
            if listed:
                writer = csv.DictWriter(file, fieldnames=list(listed[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(
                    {key: str(value).lower() if isinstance(value, bool) else value for key, value in row.items()} for row in listed
                )
        if listed:
            temporary.replace(folder / f"{name}.csv")
        else:
            temporary.unlink()
        counts[name] = len(listed)
    return counts


def _is_active(world: World, user: User) -> bool:
    return user.deactivated_at is None or user.deactivated_at >= world.now_seconds


def _application(world: World, application: Application) -> Row:
    now = world.now_seconds
    closing, visit, job = application.closing_at(now), state.current_visit(application, now), application.job_at(now)
    assert application.person is not None
    activity = world.last_activity[application.id]
    return {
        "application_id": application.id,
        "candidate_id": application.person.id,
        "job_id": job.id,
        "applied_at": iso(application.applied_at),
        "status_code": state.status_at(application, now),
        "hired_at": iso(state.hired_at(application, now)),
        "closed_at": iso(closing.at) if closing else None,
        "close_reason_id": closing.reason.id if closing and closing.reason else None,
        "current_stage_id": visit.stage.id if visit else None,
        "origin_code": application.source.origin_code,
        "source_id": application.source.id,
        "recruiter_id": application.recruiter.id if application.recruiter else None,
        "coordinator_id": application.coordinator.id if application.coordinator else None,
        "office_id": job.office.id,
        "is_prospect": application.is_prospect,
        "last_activity_at": iso(activity),
        "updated_at": iso(activity),
    }


def _visits(world: World) -> Iterator[Row]:
    for application in world.seen_applications:
        for visit in application.visits_at(world.now_seconds):
            exited = state.before(visit.exited_at, world.now_seconds) if visit.exit_is_recorded else None
            yield {
                "application_id": application.id,
                "stage_id": visit.stage.id,
                "entered_at": iso(visit.entered_at),
                "exited_at": iso(exited),
            }


def _stages(world: World) -> Iterator[Row]:
    for job in world.seen_jobs:
        for s in job.stages:
            yield {"stage_id": s.id, "stage_name": s.name, "job_id": job.id, "stage_order": s.order, "stage_type_code": s.code}


def _job(world: World, job: Job) -> Row:
    now = world.now_seconds
    return {
        "job_id": job.id,
        "job_name": job.name,
        "status_code": state.job_status(job, now),
        "job_family": job.family,
        "job_level_code": job.level,
        "job_class_code": "role",
        "department_id": job.department.id,
        "office_id": job.office.id,
        "opened_at": iso(state.before(job.opened_at, now)),
        "closed_at": iso(state.before(job.closed_at, now)),
        "recruiter_id": None,
        "hiring_manager_id": job.hiring_manager.id,
    }


def _teams(world: World) -> Iterator[Row]:
    now = world.now_seconds
    for job in world.seen_jobs:
        created, handover = iso(job.created_at), state.before(job.handover_at, now)
        members: list[tuple[User, str, str | None, str | None]] = [
            (job.hiring_manager, "hiring_manager", created, None),
            (job.coordinator, "coordinator", created, None),
        ]
        if job.sourcer is not None:
            members.append((job.sourcer, "sourcer", created, None))
        if job.former_recruiter is None:
            members.append((job.recruiter, "recruiter", created, None))
        else:
            members.append((job.former_recruiter, "recruiter", created, iso(handover)))
            if handover is not None:
                members.append((job.recruiter, "recruiter", iso(handover), None))
        for user, role, assigned, unassigned in members:
            yield {"job_id": job.id, "user_id": user.id, "role_code": role, "assigned_at": assigned, "unassigned_at": unassigned}


def _openings(world: World) -> Iterator[Row]:
    now = world.now_seconds
    for job in world.seen_jobs:
        for opening in state.seen_openings(job, now):
            closed = state.before(opening.closed_at, now)
            yield {
                "opening_id": opening.id,
                "job_id": job.id,
                "opened_at": iso(opening.opened_at),
                "closed_at": iso(closed),
                "target_start_on": str(instant(opening.target_start_at).date()) if opening.target_start_at else None,
                "filled_application_id": opening.application.id if closed is not None and opening.application else None,
            }


def _offers(world: World) -> Iterator[Row]:
    now = world.now_seconds
    for application in world.seen_applications:
        for offer in application.offers:
            if offer.created_at < now:
                yield {
                    "offer_id": offer.id,
                    "application_id": application.id,
                    "version_number": offer.version,
                    "status_code": offer.status_at(now),
                    "created_at": iso(offer.created_at),
                    "extended_at": iso(state.before(offer.sent_at, now)),
                    "resolved_at": iso(state.before(offer.resolved_at, now)),
                    "starts_on": str(instant(offer.starts_at).date()),
                    "opening_id": offer.opening.id if offer.opening and offer.opening.opened_at < now else None,
                }


def _interviews(world: World) -> Iterator[Row]:
    now = world.now_seconds
    for application, interview, feedback in state.seats(world):
        yield {
            "interview_id": interview.id,
            "application_id": application.id,
            "interviewer_id": feedback.interviewer.id,
            "status_code": "complete" if interview.ends_at < now else "scheduled",
            "stage_id": interview.stage.id,
            "scheduled_at": iso(interview.scheduled_at),
            "starts_at": iso(interview.starts_at),
            "ends_at": iso(interview.ends_at),
        }


def _feedback(world: World) -> Iterator[Row]:
    for application, interview, feedback, submitted_at in state.scorecards(world):
        yield {
            "feedback_id": feedback.scorecard_id,
            "application_id": application.id,
            "submitter_id": feedback.interviewer.id,
            "interview_id": interview.id,
            "submitted_at": iso(submitted_at),
            "rating_code": feedback.rating,
        }


def _contacts(world: World) -> Iterator[Row]:
    for person in state.candidates(world):
        for code, value in (("email", person.email), ("linkedin", person.linkedin), ("phone", person.phone)):
            yield {"candidate_id": person.id, "contact_code": code, "contact_value": value}
