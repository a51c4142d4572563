"""Ashby's records of what happens to applications: their history, offers, interviews, feedback.

With the vendor's traps: an archived application stands in the stage Archived and has lost where it was; an offer has no time of sending, its
status does not tell a refusal from a withdrawal, and one that nobody answered stays open on an archived application; leads are applications.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox import state
from sandbox.doubles.ashby.ids import ashby_id
from sandbox.doubles.ashby.records import (
    CONSOLIDATED,
    REASON_TYPES,
    Served,
    iso,
    member,
    plan_stages,
    reason_record,
    source_record,
    team,
    user_record,
)
from sandbox.model import Application, Closing, Interview, OfferVersion, User, instant
from sandbox.world import World

Row = dict[str, Any]
#: (acceptanceStatus, offerStatus) by what became of an offer.
ACCEPTED, DECLINED, CANCELLED = ("Accepted", "CandidateAccepted"), ("Declined", "CandidateRejected"), ("Cancelled", "OfferCancelled")
OPEN, DRAFT = ("Pending", "WaitingOnCandidateResponse"), ("Created", "WaitingOnApprovalStart")
#: The scale of the usual form, 1 to 4; "no decision" is no answer.
SCORES = {"strong_no": "1", "no": "2", "yes": "3", "strong_yes": "4"}


def applications(world: World) -> Iterator[Served]:
    now = world.now_seconds
    for application in world.seen_applications:
        closing, job, changed = application.closing_at(now), application.job_at(now), world.last_activity[application.id]
        is_hired = closing is not None and closing.status_code == "hired"
        history = history_of(application, now)
        status = "Hired" if is_hired else "Archived" if closing else "Lead" if application.is_prospect else "Active"
        assert application.person is not None
        record = {
            "createdAt": iso(application.applied_at),
            "updatedAt": iso(changed),
            "archivedAt": iso(closing.at) if status == "Archived" and closing else None,
            "status": status,
            "customFields": [],
            "candidate": {
                "id": ashby_id("candidate", application.person.id),
                "name": f"{application.person.first_name} {application.person.last_name}",
                "primaryEmailAddress": {"value": application.person.email, "type": "Personal", "isPrimary": True},
            },
            "currentInterviewStage": _stage(application, history[-1]["stageId"]) if history else None,
            "source": source_record(world, application.source),
            "archiveReason": _reason(application, closing) if status == "Archived" and closing else None,
            "job": {"id": ashby_id("job", job.id), "title": job.name, "departmentId": ashby_id("department", job.department.id)},
            "creditedToUser": user_record(application.referrer) if application.referrer else None,
            "hiringTeam": [member(user, role) for role, user in _team(application, now).items()],
            "appliedViaJobPostingId": None,
        }
        yield {"id": ashby_id("application", application.id)} | record, changed


def history_of(application: Application, now: int) -> list[Row]:
    """Its stays in order of entry: each ends with the next; Hired and Archived are stages too, and a lead waits in one of its own."""
    edges = {stage["type"]: stage for stage in plan_stages(application.job) if stage["type"] in ("Lead", "Hired", "Archived")}
    titles = {stage["id"]: stage["title"] for job in (application.former_job, application.job) if job for stage in plan_stages(job)}
    stays = [(visit.entered_at, ashby_id("stage", visit.stage.id), visit.exited_at) for visit in application.visits_at(now)]
    if application.is_prospect:
        stays.append((application.applied_at, edges["Lead"]["id"], None))
    for closing in application.closings:
        if closing.at < now:
            edge = edges["Hired" if closing.status_code == "hired" else "Archived"]["id"]
            stays.append((closing.at, edge, closing.reopened_at))
    stays.sort(key=lambda stay: stay[0])
    rows = []
    for place, (entered, stage, left) in enumerate(stays):
        following = stays[place + 1][0] if place + 1 < len(stays) else None
        ended = state.before(left if left is not None else following, now)
        rows.append(
            {
                "id": ashby_id("history", application.id * 100 + place),
                "stageId": stage,
                "title": titles[stage],
                "enteredStageAt": iso(entered),
                "leftStageAt": iso(ended),
                "stageNumber": place,
                "allowedActions": ["delete", "update_entered_stage_at"],
                "actorId": None,
            }
        )
    return rows


def offers(world: World) -> Iterator[Served]:
    """An offer and its latest version; offer.info has all versions. An answered version ends its offer: the next one begins another."""
    now = world.now_seconds
    for application in world.seen_applications:
        for versions in _processes(application, now):
            last = versions[-1]
            decided = state.before(last.resolved_at, now)
            acceptance, status = _answer(last, now)
            was_cancelled = last.deprecated_at is not None and last.deprecated_at < now
            if was_cancelled:
                acceptance, status = CANCELLED
            is_silent = status in (OPEN[1], DRAFT[1], CANCELLED[1])
            changed = state.latest(now, last.created_at, state.before(last.sent_at, now), decided, last.deprecated_at)
            served = [_version(version, now) for version in versions]
            record = {
                "id": ashby_id("offer", versions[0].id),
                "applicationId": ashby_id("application", application.id),
                "acceptanceStatus": acceptance,
                "offerStatus": status,
                "decidedAt": None if is_silent else iso(decided),
                "latestVersion": served[-1],
                "versions": served,
            }
            yield record, changed


def _processes(application: Application, now: int) -> list[list[OfferVersion]]:
    found: list[list[OfferVersion]] = []
    is_answered = True
    for version in application.offers:
        if version.created_at < now:
            if is_answered:
                found.append([])
            found[-1].append(version)
            is_answered = version.deprecated_at is None
    return found


def _answer(offer: OfferVersion, now: int) -> tuple[str, str]:
    """What the offer says. Taken back: sometimes as if the candidate had refused. Expired: as if the answer were still awaited."""
    status = offer.status_at(now)
    if status == "rescinded":
        return DECLINED if offer.id % 2 else CANCELLED
    return {"accepted": ACCEPTED, "declined": DECLINED, "open": OPEN, "draft": DRAFT, "expired": OPEN}.get(status, CANCELLED)


def _version(offer: OfferVersion, now: int) -> Row:
    is_sent = offer.sent_at is not None and offer.sent_at < now
    opening = offer.opening if offer.opening and offer.opening.opened_at < now else None
    return {
        "id": ashby_id("offer_version", offer.id),
        "createdAt": iso(offer.created_at),
        "startDate": str(instant(offer.starts_at).date()),
        "salary": {"currencyCode": "USD", "value": 100_000},
        "openingId": ashby_id("opening", opening.id) if opening else None,
        "customFields": [],
        "fileHandles": [],
        "approvalStatus": "Approved" if is_sent else "WaitingOnApprovals",
    }


def interview_schedules(world: World) -> Iterator[Served]:
    """One per panel: the interviews of a stage that were arranged together."""
    now = world.now_seconds
    for application in world.seen_applications:
        panels: dict[tuple[int, int], list[Interview]] = {}
        for interview in state.seen_interviews(application, now):
            panels.setdefault((interview.stage.id, interview.created_at), []).append(interview)
        for (stage, created), interviews in panels.items():
            submitted = [feedback.submitted_at for interview in interviews for feedback in interview.feedback]
            is_over = all(interview.ends_at < now for interview in interviews)
            is_complete = all(moment is not None and moment < now for moment in submitted)
            times = [moment for interview in interviews for moment in (interview.ends_at, *(f.submitted_at for f in interview.feedback))]
            changed = state.latest(now, created, *times)
            record = {
                "status": "Scheduled" if not is_over else "Complete" if is_complete else "WaitingOnFeedback",
                "applicationId": ashby_id("application", application.id),
                "interviewStageId": ashby_id("stage", stage),
                "scheduledBy": user_record(interviews[0].organizer),
                "createdAt": iso(created),
                "updatedAt": iso(changed),
                "interviewEvents": [_event(interview, interviews[0].id, now) for interview in interviews],
            }
            yield {"id": ashby_id("schedule", interviews[0].id)} | record, changed


def _event(interview: Interview, schedule: int, now: int) -> Row:
    submitted = [feedback.submitted_at for feedback in interview.feedback]
    return {
        "id": ashby_id("interview", interview.id),
        "interviewId": ashby_id("slot", interview.slot.id),
        "interviewScheduleId": ashby_id("schedule", schedule),
        "interviewerUserIds": [ashby_id("user", feedback.interviewer.id) for feedback in interview.feedback],
        "interviewers": [user_record(feedback.interviewer) for feedback in interview.feedback],
        "createdAt": iso(interview.scheduled_at),
        "startTime": iso(interview.starts_at),
        "endTime": iso(interview.ends_at),
        "feedbackLink": "https://app.example.com/feedback",
        "location": "Room 4",
        "meetingLink": None,
        "hasSubmittedFeedback": any(moment is not None and moment < now for moment in submitted),
    }


def feedback(world: World) -> Iterator[Served]:
    for application, interview, card, submitted_at in state.scorecards(world):
        values = {"overall_recommendation": SCORES.get(card.rating), "notes": "Prose about a person."}
        record = {
            "applicationId": ashby_id("application", application.id),
            "feedbackFormDefinitionId": ashby_id("field", 10),
            "interviewId": ashby_id("slot", interview.slot.id),
            "interviewEventId": ashby_id("interview", interview.id),
            "applicationHistoryId": None,
            "submittedAt": iso(submitted_at),
            "submittedByUser": user_record(card.interviewer),
            "formDefinition": FORM,
            "submittedValues": {path: value for path, value in values.items() if value is not None},
        }
        yield {"id": ashby_id("feedback", card.scorecard_id)} | record, submitted_at


def _form_field(number: int, kind: str, path: str, title: str) -> Row:
    entry = {"id": ashby_id("field", number), "type": kind, "path": path, "title": title, "humanReadablePath": title, "isNullable": False}
    return {"isRequired": True, "field": entry}


FORM = {
    "sections": [
        {
            "title": "Feedback",
            "fields": [
                _form_field(11, "ValueSelect", "overall_recommendation", "Overall Recommendation"),
                _form_field(12, "RichText", "notes", "Notes"),
            ],
        }
    ]
}


def _team(application: Application, now: int) -> dict[str, User]:
    """The job's team, with those whom the application names itself."""
    own = {"recruiter": application.recruiter, "coordinator": application.coordinator}
    return team(application.job_at(now), now) | {role: user for role, user in own.items() if user is not None}


def _stage(application: Application, number: str) -> Row:
    jobs = [job for job in (application.job, application.former_job) if job]
    return next(stage for job in jobs for stage in plan_stages(job) if stage["id"] == number)


def _reason(application: Application, closing: Closing) -> Row | None:
    if closing.reason is not None:
        return reason_record(closing.reason.id, closing.reason.name, REASON_TYPES[closing.reason.direction_code])
    return reason_record(CONSOLIDATED, "Consolidated", "Other") if application.is_prospect else None
