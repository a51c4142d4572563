"""The simulated company's records as Greenhouse Harvest v3 would serve them: who works there, requisitions, openings, look-ups.

Each function yields payloads (dicts with id, created_at, updated_at) as known at the world's now; sandbox/doubles/greenhouse/service.py orders,
filters and pages them. What happens to applications is in greenhouse_applications.py.
Shapes: the vendor's reference as recorded in JSON Schemas (a test validates every record).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sandbox import catalogue, state
from sandbox.doubles.greenhouse import applications as applied
from sandbox.doubles.greenhouse import forms
from sandbox.model import DAY, instant, iso
from sandbox.world import World

Row = dict[str, Any]

CLOSE_REASONS = {1: "Hire - New Headcount", 2: "Hire - Backfill", 3: "On Hold", 4: "Not Filling"}
POOL_ID = 950_001
POOL_STAGES = {950_011: "Contacted", 950_012: "In conversation"}


def users(world: World) -> Iterator[Row]:
    for user in world.users:
        left = state.before(user.deactivated_at, world.now_seconds)
        yield stamp(user.id, user.created_at, left or user.created_at) | {
            "first_name": user.first_name,
            "last_name": user.last_name,
            "name": user.name,
            "primary_email": user.email,
            "emails": [user.email],
            "job_title": user.role,
            "agency_id": None,
            "deactivated": left is not None,
            "site_admin": user.is_site_admin,
            "employee_id": None if user.is_service_account else f"E{user.id}",
            "linked_candidate_ids": [],
            "office_ids": [user.office.id] if user.office else [],
            "department_ids": [user.department.id] if user.department else [],
            "interviewer_tags": [],
            "custom_fields": {},
        }


def departments(world: World) -> Iterator[Row]:
    for department in world.departments:
        parent = department.parent.id if department.parent else None
        yield _founding(world, department.id) | {"name": department.name, "parent_id": parent, "external_id": None}


def offices(world: World) -> Iterator[Row]:
    for office in world.offices:
        yield _founding(world, office.id) | {
            "name": office.name,
            "parent_id": None,
            "external_id": None,
            "location": office.location,
            "primary_in_house_contact_user_id": None,
        }


def sources(world: World) -> Iterator[Row]:
    types = {name: number for number, name in enumerate(dict.fromkeys(source.type_name for source in world.sources), start=1)}
    for source in world.sources:
        yield _founding(world, source.id) | {"name": source.name, "type": {"id": types[source.type_name], "name": source.type_name}}


def referrers(world: World) -> Iterator[Row]:
    for user in world.users:
        yield stamp(referrer_id(user.id), user.created_at) | {"user_id": user.id, "name": user.name}


def referrer_id(user_id: int) -> int:
    """Referrers have ids of their own, as at the vendor."""
    return user_id + 76_000


def close_reasons(world: World) -> Iterator[Row]:
    for number, name in CLOSE_REASONS.items():
        yield _founding(world, number) | {"name": name}


def rejection_reasons(world: World) -> Iterator[Row]:
    """All reasons; the double hides the built-in ones unless asked (include_defaults)."""
    for reason in world.reasons:
        number, name = catalogue.REASON_TYPES[reason.type_key]
        yield _founding(world, reason.id) | {"name": reason.name, "type": {"id": number, "key": reason.type_key, "name": name}}


def custom_fields(world: World) -> Iterator[Row]:
    for place, (key, name) in enumerate((("job_family", "Job Family"), ("job_level", "Job Level"))):
        yield _founding(world, 990_001 + place) | {
            "field_type": "job",
            "sort_order": place,
            "name": name,
            "name_key": key,
            "value_type": "single_select",
            "private": False,
            "required": True,
            "require_approval": False,
            "trigger_new_version": False,
            "active": True,
            "updated_by_id": None,
            "internal_type": None,
            "expose_in_job_board_api": False,
            "placeholder": None,
            "description": None,
            "application_type": None,
            "api_only": False,
            "use_for_job_approvals": False,
            "use_for_offer_approvals": False,
            "template_token_string": None,
            "default_value": None,
        }


def jobs(world: World) -> Iterator[Row]:
    now = world.now_seconds
    for job in world.seen_jobs:
        opened, closed = state.before(job.opened_at, now), state.before(job.closed_at, now)
        status = {"draft": "draft", "closed": "closed"}.get(state.job_status(job, now), "open")
        yield stamp(job.id, job.created_at, state.latest(now, job.created_at, job.opened_at, job.closed_at, job.handover_at)) | {
            "name": job.name,
            "requisition_id": f"REQ-{job.id - 50_000:04d}",
            "notes": None,
            "confidential": False,
            "status": status,
            "opened_at": iso(opened),
            "closed_at": iso(closed),
            "is_template": False,
            "copied_from_id": job.copied_from.id if job.copied_from else None,
            "department_id": job.department.id,
            "office_ids": [job.office.id],
            "custom_fields": {
                "job_family": {"name": "Job Family", "type": "single_select", "value": job.family},
                "job_level": {"name": "Job Level", "type": "single_select", "value": job.level},
            },
        }


def job_interview_stages(world: World) -> Iterator[Row]:
    for job in world.seen_jobs:
        for stage in job.stages:
            yield stamp(stage.id, job.created_at) | {"job_id": job.id, "sort_order": stage.order, "name": stage.name, "active": True}


def job_interviews(world: World) -> Iterator[Row]:
    for job in world.seen_jobs:
        for stage in job.stages:
            for place, slot in enumerate(stage.interview_slots):
                yield stamp(slot.id, job.created_at) | {
                    "job_interview_stage_id": stage.id,
                    "job_id": job.id,
                    "sort_order": place,
                    "scheduling_type": slot.kind,
                    "duration": slot.minutes,
                    "summary": None,
                    "instructions": None,
                    "name": slot.name,
                    "active": True,
                    "require_scorecard": True,
                }


def job_owners(world: World) -> Iterator[Row]:
    """The hiring team as it is now: a former recruiter is gone without a trace, as at the vendor."""
    now = world.now_seconds
    for job in world.seen_jobs:
        handed_over = state.before(job.handover_at, now)
        recruiter = job.former_recruiter if job.former_recruiter and handed_over is None else job.recruiter
        members = [(recruiter, "recruiter", handed_over or job.created_at), (job.coordinator, "coordinator", job.created_at)]
        if job.sourcer is not None:
            members.append((job.sourcer, "sourcer", job.created_at))
        for place, (user, kind, since) in enumerate(members):
            number = job.id * 10 + place + (5 if handed_over and kind == "recruiter" else 0)
            yield stamp(number, since) | {"job_id": job.id, "user_id": user.id, "type": kind, "responsible": True}


def job_hiring_managers(world: World) -> Iterator[Row]:
    for job in world.seen_jobs:
        yield stamp(job.id * 10 + 9, job.created_at) | {"user_id": job.hiring_manager.id, "job_id": job.id}


def openings(world: World) -> Iterator[Row]:
    now = world.now_seconds
    names = {name: number for number, name in CLOSE_REASONS.items()}
    for job in world.seen_jobs:
        for opening in state.seen_openings(job, now):
            closed = state.before(opening.closed_at, now)
            yield stamp(opening.id, opening.opened_at, closed or opening.opened_at) | {
                "job_id": job.id,
                "opened_at": iso(opening.opened_at),
                "closed_at": iso(closed),
                "sort_order": opening.number - 1,
                "opening_id": f"{job.id - 50_000}-{opening.number}",
                "application_id": opening.application.id if closed is not None and opening.application else None,
                "close_reason_id": names[opening.close_reason] if closed is not None and opening.close_reason else None,
                "target_start_on": str(instant(opening.target_start_at).date()) if opening.target_start_at else None,
                "open": closed is None,
                "custom_fields": {},
            }


def prospect_pools(world: World) -> Iterator[Row]:
    yield _founding(world, POOL_ID) | {
        "name": "Sourced talent",
        "active": True,
        "description": None,
        "department_ids": [],
        "office_ids": [],
        "job_ids": [],
    }


def prospect_pool_stages(world: World) -> Iterator[Row]:
    for place, (number, name) in enumerate(POOL_STAGES.items()):
        yield _founding(world, number) | {"prospect_pool_id": POOL_ID, "name": name, "sort_order": place}


def stamp(number: int, created: int, updated: int | None = None) -> Row:
    return {"id": number, "created_at": iso(created), "updated_at": iso(created if updated is None else updated)}


def _founding(world: World, number: int) -> Row:
    """Look-up values are as old as the account."""
    return stamp(number, world.started - 300 * DAY)


#: Stream (= path) -> its records. The order is that of a full extraction.
STREAMS: dict[str, Callable[[World], Iterator[Row]]] = {
    "departments": departments,
    "offices": offices,
    "users": users,
    "sources": sources,
    "referrers": referrers,
    "close_reasons": close_reasons,
    "rejection_reasons": rejection_reasons,
    "custom_fields": custom_fields,
    "jobs": jobs,
    "job_interview_stages": job_interview_stages,
    "job_interviews": job_interviews,
    "job_owners": job_owners,
    "job_hiring_managers": job_hiring_managers,
    "openings": openings,
    "prospect_pools": prospect_pools,
    "prospect_pool_stages": prospect_pool_stages,
    "candidates": applied.candidates,
    "applications": applied.applications,
    "application_stages": applied.application_stages,
    "prospect_details": applied.prospect_details,
    "offers": applied.offers,
    "rejection_details": applied.rejection_details,
    "interviews": applied.interviews,
    "interviewers": applied.interviewers,
    "scorecards": applied.scorecards,
    "approval_flows": forms.approval_flows,
    "approver_groups": forms.approver_groups,
    "approvers": forms.approvers,
    "eeoc": forms.eeoc,
    "demographic_questions": forms.demographic_questions,
    "demographic_answer_options": forms.demographic_answer_options,
    "demographic_answers": forms.demographic_answers,
}
