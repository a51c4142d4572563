"""Greenhouse Harvest v3 records of what happens to applications: their stages, offers, rejections, interviews, and the candidates.

With the vendor's traps: a row per planned stage before anybody entered it, stage_id is the id of such a row, a prospect has no job_id,
one offer row per version, no decline reason on the offer, rescinded and expired offers look like declined ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox import state
from sandbox.model import DAY, Application, Visit, instant, iso
from sandbox.world import World

Row = dict[str, Any]

OFFER_STATUS = {
    "draft": "Created",
    "open": "Created",
    "accepted": "Accepted",
    "declined": "Rejected",
    "rescinded": "Rejected",
    "expired": "Rejected",
    "superseded": "Deprecated",
}
#: Every so many stage rows one is served twice under another id, as real tenants have it.
DUPLICATE_EVERY = 4_001


def stamp(number: int, created: int, updated: int | None = None) -> Row:
    return {"id": number, "created_at": iso(created), "updated_at": iso(created if updated is None else updated)}


def applications(world: World) -> Iterator[Row]:
    now = world.now_seconds
    for application in world.seen_applications:
        closing, visit = application.closing_at(now), state.current_visit(application, now)
        job, activity = application.job_at(now), world.last_activity[application.id]
        status = "in_process" if closing is None else "hired" if closing.status_code == "hired" else "rejected"
        if application.is_prospect and application.converted_at is not None and application.converted_at < now:
            status = "converted"
        assert application.person is not None
        yield stamp(application.id, application.applied_at, activity) | {
            "agency_note_id": None,
            "candidate_id": application.person.id,
            "coordinator_id": application.coordinator.id if application.coordinator else None,
            "job_id": None if application.is_prospect else job.id,
            "job_post_id": None,
            "recruiter_id": application.recruiter.id if application.recruiter else None,
            "referrer_id": application.referrer.id + 76_000 if application.referrer else None,
            "source_id": application.source.id,
            "stage_id": visit.row_id if visit else None,
            "stage_name": visit.stage.name if visit else None,
            "status": status,
            "needs_decision": None,
            "prospect": application.is_prospect,
            "rejected_at": iso(closing.at) if closing and status == "rejected" else None,
            "last_activity_at": iso(activity),
            "location_address": None,
            "answers": [],
            "prospective_job_ids": [job.id] if application.is_prospect else [],
            "custom_fields": {},
        }


def application_stages(world: World) -> Iterator[Row]:
    """A row per stage of the plan from the first day, with entered_at only where the application was; a return adds a row."""
    now = world.now_seconds
    for application in world.seen_applications:
        if application.is_prospect:
            continue
        current = state.current_visit(application, now)
        by_row = {visit.row_id: visit for visit in application.visits_at(now)}
        first = application.former_job or application.job
        for stage in first.stages:
            number = application.first_row_id + stage.order
            yield _stage_row(application, number, stage.id, by_row.pop(number, None), current, application.applied_at, now)
        for number, visit in by_row.items():
            row = _stage_row(application, number, visit.stage.id, visit, current, visit.entered_at, now)
            yield row
        if current is not None and application.id % DUPLICATE_EVERY == 0:
            visit = application.visits[0]
            yield _stage_row(application, 9_000_000 + application.id, visit.stage.id, visit, None, application.applied_at, now)


def _stage_row(
    application: Application, number: int, stage_id: int, visit: Visit | None, current: Visit | None, created: int, now: int
) -> Row:
    """days_in_stage counts whole days of a stay that ended; an open one says 0 (a value that grows daily would change the record daily)."""
    entered = exited = None
    if visit is not None:
        entered, exited = visit.entered_at, state.before(visit.exited_at, now)
    updated = state.latest(now, created, entered, exited)
    return stamp(number, created, updated) | {
        "application_id": application.id,
        "job_interview_stage_id": stage_id,
        "entered_at": iso(entered),
        "exited_at": iso(exited) if visit is not None and visit.exit_is_recorded else None,
        "days_in_stage": (exited - entered) // DAY if entered is not None and exited is not None else 0,
        "current": visit is not None and visit is current,
    }


def candidates(world: World) -> Iterator[Row]:
    activity: dict[int, int] = {}
    for application in world.seen_applications:
        assert application.person is not None
        number = application.person.id
        activity[number] = max(activity.get(number, 0), world.last_activity[application.id])
    for person in sorted(state.candidates(world), key=lambda person: person.id):
        created = person.candidate_created_at or 0
        touched = max(created, activity.get(person.id, 0))
        yield stamp(person.id, created, touched) | {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "preferred_name": None,
            "company": person.company,
            "title": person.title,
            "last_activity_at": iso(touched),
            "private": False,
            "can_email": True,
            "time_zone": None,
            "tags": [],
            "linked_user_ids": [person.employee.id] if person.employee else [],
            "phone_numbers": [{"value": person.phone, "type": "mobile"}],
            "addresses": [],
            "email_addresses": [{"value": person.email, "type": "personal"}],
            "website_addresses": [],
            "social_media_addresses": [{"value": f"https://www.linkedin.com/in/{person.linkedin}"}],
            "custom_fields": {},
        }


def prospect_details(world: World) -> Iterator[Row]:
    for application in world.seen_applications:
        if application.is_prospect:
            owner = application.job.sourcer
            yield stamp(970_000_000 + application.id, application.applied_at) | {
                "application_id": application.id,
                "pool_id": 950_001,
                "pool_stage_id": 950_012,
                "prospect_owner_id": owner.id if owner else None,
                "department_id": application.job.department.id,
                "office_id": application.job.office.id,
            }


def offers(world: World) -> Iterator[Row]:
    """sent_on is the day in New York, the company's zone: working hours there never cross midnight, so it equals the UTC day."""
    now = world.now_seconds
    for application in world.seen_applications:
        for offer in application.offers:
            if offer.created_at >= now:
                continue
            sent, resolved = state.before(offer.sent_at, now), state.before(offer.resolved_at, now)
            updated = state.latest(now, offer.created_at, sent, resolved, offer.deprecated_at)
            assert application.person is not None
            yield stamp(offer.id, offer.created_at, updated) | {
                "version": offer.version,
                "application_id": application.id,
                "job_id": application.job.id,
                "candidate_id": application.person.id,
                "opening_id": offer.opening.id if offer.opening and offer.opening.opened_at < now else None,
                "status": OFFER_STATUS[offer.status_at(now)],
                "starts_on": str(instant(offer.starts_at).date()),
                "sent_on": None if sent is None else str(instant(sent).date()),
                "resolved_at": iso(resolved),
                "custom_fields": {},
            }


def rejection_details(world: World) -> Iterator[Row]:
    """One per application that is rejected now; taking a rejection back deletes it."""
    now = world.now_seconds
    for application in world.seen_applications:
        closing = application.closing_at(now)
        if closing is None or closing.status_code == "hired" or (application.is_prospect and closing.reason is None):
            continue
        yield stamp(closing.id, closing.at) | {
            "application_id": application.id,
            "rejected_by_id": closing.by.id if closing.by else None,
            "rejection_note_id": None,
            "rejection_reason_id": closing.reason.id if closing.reason else None,
            "rejected_at": iso(closing.at),
            "question_custom_fields": {},
        }


def interviews(world: World) -> Iterator[Row]:
    now = world.now_seconds
    for application in world.seen_applications:
        for interview in state.seen_interviews(application, now):
            submitted = [feedback.submitted_at for feedback in interview.feedback if feedback.submitted_at is not None]
            is_complete = len(submitted) == len(interview.feedback) and max(submitted, default=now) < now
            status = "scheduled" if interview.ends_at >= now else "complete" if is_complete else "awaiting_feedback"
            yield stamp(interview.id, interview.created_at, state.latest(now, interview.created_at, interview.ends_at, *submitted)) | {
                "job_id": application.job.id,
                "application_id": application.id,
                "job_interview_id": interview.slot.id,
                "starts_at": iso(interview.starts_at),
                "ends_at": iso(interview.ends_at),
                "location": None,
                "status": status,
                "organizer_id": interview.organizer.id,
                "scheduled_at": iso(interview.scheduled_at),
                "all_day_start_on": None,
                "all_day_end_on": None,
                "external_event_id": None,
                "video_conferencing_url": None,
                "availability_received_at": None,
            }


def interviewers(world: World) -> Iterator[Row]:
    now = world.now_seconds
    for _, interview, feedback in state.seats(world):
        submitted = state.before(feedback.submitted_at, now)
        yield stamp(feedback.id, interview.created_at, submitted or interview.created_at) | {
            "interview_id": interview.id,
            "user_id": feedback.interviewer.id,
            "scorecard_id": feedback.scorecard_id if submitted is not None else None,
            "email": feedback.interviewer.email,
            "response_status": "accepted",
        }


def scorecards(world: World) -> Iterator[Row]:
    for application, interview, feedback, submitted in state.scorecards(world):
        yield stamp(feedback.scorecard_id, submitted) | {
            "interview_kit_id": interview.slot.id,
            "interviewer_id": feedback.interviewer.id,
            "interviewed_at": iso(interview.starts_at),
            "notes": None,
            "notes_with_tags": None,
            "submitter_id": feedback.interviewer.id,
            "candidate_rating": feedback.rating,
            "private_notes": None,
            "private_notes_with_tags": None,
            "status": "complete",
            "public_notes": None,
            "public_notes_with_tags": None,
            "application_id": application.id,
            "submitted_at": iso(submitted),
        }
