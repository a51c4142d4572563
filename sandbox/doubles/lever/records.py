"""The simulated company's records as the Lever Data API v1 would serve them.

With the vendor's traps: times in epoch milliseconds; updatedAt is null until something changed after Lever began to keep it, and neither
offers nor interviews nor feedback touch it; one list of stages for the whole account, with the index that a stage had at the time; a
prospect and what became of it are one opportunity; who ended it stands only in the words of its archive reason; teams, departments and
places are bare names; an offer has no time of refusal and is never marked as replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from sandbox import catalogue, state
from sandbox.model import DAY, Application, Department, Interview, Job, OfferVersion, Stage, User
from sandbox.world import World

Row = dict[str, Any]

#: The account's fixed stages, under the vendor's own ids.
FIXED = {"Application Review": ("applicant-new", "New applicant"), "Offer": ("offer", "Offer")}
LEAD = ("lead-new", "New lead")
HIRED = "Hired"
#: The account began to keep updatedAt so long after its first day.
KEEPS_UPDATES_AFTER = 400 * DAY
#: From then on a stage was in front of the others, and every index is one higher.
REORDERED_AFTER = 300 * DAY
RATINGS = {"strong_no": "1 - Strong No Hire", "no": "2 - No Hire", "yes": "3 - Hire", "strong_yes": "4 - Strong Hire"}
_KINDS = [
    "opportunity",
    "contact",
    "posting",
    "requisition",
    "user",
    "offer",
    "interview",
    "feedback",
    "panel",
    "referral",
    "reason",
    "stage",
    "test",
]


def uid(kind: str, number: int) -> str:
    """An id in the vendor's shape, with the simulation's number in its last digits."""
    return f"{_KINDS.index(kind) + 1:08x}-0000-4000-8000-{number:012d}"


def milliseconds(moment: int | None) -> int | None:
    return None if moment is None else moment * 1000


def users(world: World) -> Iterator[Row]:
    """The double leaves the deactivated out unless asked."""
    for user in world.users:
        yield {
            "id": uid("user", user.id),
            "name": user.name,
            "username": user.email.split("@")[0],
            "email": user.email,
            "createdAt": milliseconds(user.created_at),
            "deactivatedAt": milliseconds(state.before(user.deactivated_at, world.now_seconds)),
            "externalDirectoryId": None if user.is_service_account else f"E{user.id}",
            "accessRole": "super admin" if user.is_site_admin else "team member",
            "photo": None,
            "linkedContactIds": None,
        }


def stages(world: World) -> Iterator[Row]:
    for number, name in stage_names():
        yield {"id": number, "text": name}


@lru_cache(maxsize=1)
def stage_names() -> tuple[tuple[str, str], ...]:
    """(id, name) of the account's stages in their order: every plan's, once."""
    names = list(dict.fromkeys(name for plan in catalogue.PLANS.values() for name, _ in plan if name != "Offer"))
    names += [catalogue.LEADERSHIP_STAGE, "Offer"]
    return (LEAD, *(FIXED.get(name, (uid("stage", place), name)) for place, name in enumerate(names)))


@lru_cache(maxsize=1)
def _stage_ids() -> dict[str, tuple[str, int]]:
    listed = {name: (number, place) for place, (number, name) in enumerate(stage_names())}
    return listed | {plain: listed[name] for plain, (_, name) in FIXED.items()}


def archive_reasons(world: World) -> Iterator[Row]:
    """All reasons but the account's own; `type` says hired or not, and nothing else."""
    yield {"id": uid("reason", 0), "text": HIRED, "status": "active", "type": "hired"}
    for reason in world.reasons:
        yield {"id": uid("reason", reason.id), "text": reason.name, "status": "active", "type": "non-hired"}


def sources(world: World) -> Iterator[Row]:
    counts: dict[str, int] = {}
    for application in world.seen_applications:
        counts[application.source.name] = counts.get(application.source.name, 0) + 1
    for source in world.sources:
        yield {"text": source.name, "count": counts.get(source.name, 0)}


def postings(world: World) -> Iterator[Row]:
    now = world.now_seconds
    for job in world.seen_jobs:
        status = state.job_status(job, now)
        owner = job.former_recruiter if job.former_recruiter and state.before(job.handover_at, now) is None else job.recruiter
        changed = state.latest(now, job.created_at, job.opened_at, job.closed_at, job.handover_at)
        codes = [requisition_code(job, opening.number) for opening in state.seen_openings(job, now)]
        yield {
            "id": uid("posting", job.id),
            "text": job.name,
            "createdAt": milliseconds(job.created_at),
            "updatedAt": milliseconds(changed),
            "user": uid("user", job.recruiter.id),
            "owner": uid("user", owner.id),
            "hiringManager": uid("user", job.hiring_manager.id),
            "confidentiality": confidentiality(job),
            "categories": _categories(job),
            "content": {"description": "What the work is like.", "lists": [], "closing": ""},
            "country": None,
            "followers": [],
            "tags": [],
            "state": {"draft": "draft", "closed": "closed"}.get(status, "published"),
            "distributionChannels": ["public"],
            "reqCode": codes[0] if codes else None,
            "requisitionCodes": codes,
            "workplaceType": "onsite",
            "urls": {"show": f"https://hire.example.com/postings/{job.id}"},
        }


def _categories(job: Job) -> Row:
    department, team = _department_names(job.department)
    return {
        "team": team,
        "department": department,
        "location": job.office.name,
        "allLocations": [job.office.name],
        "commitment": "Full-time",
        "level": job.level,
    }


def _department_names(department: Department) -> tuple[str, str | None]:
    """(department, team); a department that has no parent has no team in this account."""
    return (department.name, None) if department.parent is None else (department.parent.name, department.name)


def confidentiality(job: Job) -> str:
    return "confidential" if job.level == "leadership" or job.id % 5 == 2 else "non-confidential"


def requisition_code(job: Job, number: int) -> str:
    return f"REQ-{job.id - 50_000:04d}-{number}"


def requisitions(world: World) -> Iterator[Row]:
    """One per opening. timeToFillStartAt and timeToFillEndAt are empty, as recorded accounts have them."""
    now = world.now_seconds
    for job in world.seen_jobs:
        held = state.job_status(job, now) == "on_hold"
        for opening in state.seen_openings(job, now):
            closed = state.before(opening.closed_at, now)
            is_hired = closed is not None and opening.application is not None
            yield {
                "id": uid("requisition", opening.id),
                "requisitionCode": requisition_code(job, opening.number),
                "name": job.name,
                "backfill": False,
                "confidentiality": confidentiality(job),
                "createdAt": milliseconds(opening.opened_at),
                "updatedAt": milliseconds(closed or opening.opened_at),
                "closedAt": milliseconds(closed),
                "creator": uid("user", job.recruiter.id),
                "headcountHired": int(is_hired),
                "headcountTotal": 1,
                "headcountInfinite": False,
                "status": "closed" if closed is not None else "onHold" if held else "open",
                "hiringManager": uid("user", job.hiring_manager.id),
                "owner": uid("user", job.recruiter.id),
                "compensationBand": {"currency": "USD", "min": 100_000, "max": 140_000, "interval": "per-year-salary"},
                "employmentStatus": "full-time",
                "location": job.office.name,
                "internalNotes": "",
                "postings": [uid("posting", job.id)],
                "department": _categories(job)["department"],
                "team": _categories(job)["team"],
                "offerIds": [],
                "approval": None,
                "customFields": {"job_family": job.family, "job_level": job.level},
                "timeToFillStartAt": None,
                "timeToFillEndAt": None,
            }


class Pipeline:
    """Opportunities and what hangs on them at the world's now; `deleted_at`: application id -> when somebody deleted its opportunity."""

    def __init__(self, world: World, deleted_at: dict[int, int]) -> None:
        self._world, self._now = world, world.now_seconds
        self._deleted_at = {number: moment for number, moment in deleted_at.items() if moment < self._now}
        self._prospects = _continued(world)
        self._become = {prospect.id: number for number, prospect in _successors(world).items()}
        self._fills = {
            opening.application.id: (job, opening)
            for job in world.seen_jobs
            for opening in state.seen_openings(job, self._now)
            if opening.application is not None and state.before(opening.closed_at, self._now) is not None
        }

    def opportunities(self) -> Iterator[Row]:
        return (self._opportunity(application) for application in self._served() if application.id not in self._deleted_at)

    def deleted(self) -> Iterator[Row]:
        """What was deleted, and a candidate whom somebody made up to try the system, for some requisitions."""
        for application in self._served():
            if application.id in self._deleted_at:
                moment = self._deleted_at[application.id]
                yield self._opportunity(application) | {"deletedBy": uid("user", 4001), "deletedAt": milliseconds(moment)}
        for job in self._world.seen_jobs:
            if job.id % 10 == 3 and job.opened_at + 5 * DAY < self._now:
                yield {
                    "id": uid("test", job.id),
                    "name": "Test Candidate",
                    "contact": uid("test", job.id),
                    "stage": "applicant-new",
                    "createdAt": milliseconds(job.opened_at + DAY),
                    "updatedAt": None,
                    "deletedBy": uid("user", 4001),
                    "deletedAt": milliseconds(job.opened_at + 5 * DAY),
                }

    def children(self, kind: str) -> dict[str, list[Row]]:
        """Opportunity id -> its rows of one kind; opportunities without any are left out."""
        makers: dict[str, Callable[[Application], list[Row]]] = {
            "offers": self._offers,
            "interviews": self._interviews,
            "feedback": self._feedback,
            "referrals": self._referrals,
        }
        found = {self.id_of(application): makers[kind](application) for application in self._served()}
        return {number: rows for number, rows in found.items() if rows}

    def id_of(self, application: Application) -> str:
        """One id from the first day as a prospect to the end of the application that it becomes."""
        return uid("opportunity", self._become.get(application.id, application.id))

    def _served(self) -> Iterator[Application]:
        continued = {prospect.id for prospect in self._prospects.values()}
        return (application for application in self._world.seen_applications if application.id not in continued)

    def _opportunity(self, application: Application) -> Row:
        now, person = self._now, application.person
        assert person is not None
        first = self._prospects.get(application.id, application)
        changes = self._changes(application)
        closing = application.closing_at(now)
        moments = [first.applied_at, application.transferred_at, *(change["updatedAt"] // 1000 for change in changes)]
        for end in application.closings:
            moments += (end.at, end.reopened_at)
        updated = state.latest(now, *moments)
        reason = uid("reason", 0) if closing and closing.status_code == "hired" else None
        if closing is not None and closing.reason is not None:
            reason = uid("reason", closing.reason.id)
        job = application.job_at(now)
        number = self.id_of(application)
        return {
            "id": number,
            "name": f"{person.first_name} {person.last_name}",
            "headline": person.company,
            "contact": uid("contact", person.id),
            "emails": [person.email],
            "phones": [{"type": "mobile", "value": person.phone}],
            "confidentiality": confidentiality(job),
            "location": "",
            "links": [f"https://www.linkedin.com/in/{person.linkedin}"],
            "archived": {"reason": reason, "archivedAt": milliseconds(closing.at)} if closing else None,
            "createdAt": milliseconds(first.applied_at),
            "updatedAt": milliseconds(updated) if updated >= self._world.started + KEEPS_UPDATES_AFTER else None,
            "lastInteractionAt": milliseconds(max(self._world.last_activity[application.id], self._world.last_activity[first.id])),
            "lastAdvancedAt": changes[-1]["updatedAt"] if changes else None,
            "snoozedUntil": None,
            "stage": changes[-1]["toStageId"] if changes else None,
            "stageChanges": changes,
            "tags": [job.name],
            "sources": [application.source.name],
            "origin": application.source.origin_code,
            "sourcedBy": _user(application.job.sourcer) if application.source.origin_code == "sourced" else None,
            "owner": _user(application.recruiter),
            "followers": [],
            "applications": [self._application(application, number)],
            "opportunityLocation": job.office.name,
            "dataProtection": None,
            "isAnonymized": False,
            "urls": {"list": "https://hire.example.com/candidates", "show": f"https://hire.example.com/candidates/{number}"},
        }

    def _changes(self, application: Application) -> list[Row]:
        """The stage history, oldest first; no change says what it left, nor when it was left."""
        found: list[Row] = []
        prospect = application if application.is_prospect else self._prospects.get(application.id)
        if prospect is not None:
            found.append(self._change(LEAD[1], prospect.applied_at, prospect.job.sourcer))
        for visit in application.visits_at(self._now):
            found.append(self._change(visit.stage.name, visit.entered_at, application.recruiter))
        return found

    def _change(self, name: str, moment: int, user: User | None) -> Row:
        number, place = _stage_ids()[name]
        shift = int(moment >= self._world.started + REORDERED_AFTER)
        return {"toStageId": number, "toStageIndex": place + shift, "updatedAt": milliseconds(moment), "userId": _user(user)}

    def _application(self, application: Application, number: str) -> Row:
        job, person = application.job_at(self._now), application.person
        assert person is not None
        closing = application.closing_at(self._now)
        filled = self._fills.get(application.id)
        hired = closing is not None and closing.status_code == "hired"
        return {
            "id": f"app-{number}",
            "opportunityId": number,
            "candidateId": number,
            "createdAt": milliseconds(application.applied_at),
            "type": "referral" if application.referrer else "posting" if application.source.origin_code == "applied" else "user",
            "posting": uid("posting", job.id),
            "postingOwner": uid("user", job.recruiter.id),
            "postingHiringManager": uid("user", job.hiring_manager.id),
            "user": _user(application.referrer),
            "name": f"{person.first_name} {person.last_name}",
            "email": person.email,
            "phone": {"type": None, "value": person.phone},
            "company": person.company,
            "links": [],
            "comments": "",
            "customQuestions": [],
            "archived": None,
            "requisitionForHire": {
                "id": uid("requisition", filled[1].id),
                "requisitionCode": requisition_code(filled[0], filled[1].number),
                "hiringManagerOnHire": uid("user", filled[0].hiring_manager.id),
            }
            if filled and hired
            else None,
        }

    def _offers(self, application: Application) -> list[Row]:
        return [self._offer(application, offer) for offer in application.offers if offer.created_at < self._now]

    def _offer(self, application: Application, offer: OfferVersion) -> Row:
        """What became of it is in its status only when it was signed; an answer by telephone leaves it sent by hand."""
        now = self._now
        sent, answered = state.before(offer.sent_at, now), state.before(offer.resolved_at, now)
        status = "draft" if sent is None else "sent"
        is_last = offer is application.offers[-1]
        by_telephone = offer.id % 7 == 0 and is_last and len(application.closings) == 1
        if answered is not None and offer.outcome == "accepted":
            status = "sent-manually" if by_telephone else "signed"
        elif answered is not None and offer.outcome == "declined":
            status = "denied" if offer.id % 2 or not is_last else "opened"
        return {
            "id": uid("offer", offer.id),
            "posting": uid("posting", application.job_at(now).id),
            "createdAt": milliseconds(offer.created_at),
            "status": status,
            "creator": _user(application.recruiter or application.job.recruiter),
            "fields": [
                {"text": "Salary", "identifier": "salary_amount", "value": 120_000},
                {
                    "text": "Anticipated start date",
                    "identifier": "anticipated_start_date",
                    "value": milliseconds(offer.starts_at - offer.starts_at % DAY),
                },
            ],
            "signatures": {
                "candidate": {
                    "role": "signer",
                    "name": "Candidate",
                    "email": "candidate@mail.example.com",
                    "firstOpenedAt": milliseconds(sent),
                    "lastOpenedAt": milliseconds(sent),
                    "signedAt": milliseconds(answered) if status == "signed" else None,
                }
            },
            "approved": sent is not None,
            "approvedAt": milliseconds(sent),
            "sentAt": milliseconds(sent),
            "sentDocument": {"fileName": "offer.pdf"} if sent else None,
            "signedDocument": {"fileName": "signed.pdf"} if status == "signed" else None,
        }

    def _interviews(self, application: Application) -> list[Row]:
        return [self._interview(application, interview) for interview in state.seen_interviews(application, self._now)]

    def _interview(self, application: Application, interview: Interview) -> Row:
        forms = [uid("feedback", feedback.scorecard_id) for feedback in interview.feedback if self._is_in(feedback.submitted_at)]
        return {
            "id": uid("interview", interview.id),
            "panel": uid("panel", interview.id),
            "subject": interview.slot.name,
            "note": "Bring a laptop",
            "interviewers": [
                {"id": uid("user", seat.interviewer.id), "name": seat.interviewer.name, "email": seat.interviewer.email}
                for seat in interview.feedback
            ],
            "timezone": "America/New_York",
            "createdAt": milliseconds(interview.created_at),
            "date": milliseconds(interview.starts_at),
            "duration": (interview.ends_at - interview.starts_at) // 60,
            "location": "Room 4",
            "feedbackForms": forms,
            "feedbackReminder": "once",
            "user": uid("user", interview.organizer.id),
            "stage": _stage_id(interview.stage),
            "canceledAt": None,
            "postings": [uid("posting", application.job_at(self._now).id)],
        }

    def _feedback(self, application: Application) -> list[Row]:
        found = []
        for interview in state.seen_interviews(application, self._now):
            for feedback in interview.feedback:
                if self._is_in(feedback.submitted_at):
                    found.append(
                        {
                            "id": uid("feedback", feedback.scorecard_id),
                            "type": "interview",
                            "text": "Interview feedback",
                            "instructions": "Write what you heard",
                            "fields": [
                                {"type": "textarea", "text": "Notes", "value": "Private text"},
                                {"type": "score-system", "text": "Rating", "value": RATINGS.get(feedback.rating)},
                            ],
                            "baseTemplateId": uid("feedback", 1),
                            "interview": uid("interview", interview.id),
                            "panel": uid("panel", interview.id),
                            "user": uid("user", feedback.interviewer.id),
                            "createdAt": milliseconds(interview.ends_at),
                            "completedAt": milliseconds(feedback.submitted_at),
                            "updatedAt": milliseconds(feedback.submitted_at),
                            "deletedAt": None,
                        }
                    )
        return found

    def _referrals(self, application: Application) -> list[Row]:
        if application.referrer is None:
            return []
        return [
            {
                "id": uid("referral", application.id),
                "type": "referral",
                "text": "Referral",
                "instructions": "",
                "fields": [{"type": "textarea", "text": "Why?", "value": "Private text"}],
                "baseTemplateId": uid("referral", 1),
                "user": uid("user", application.referrer.id),
                "referrer": uid("user", application.referrer.id),
                "stage": LEAD[0],
                "createdAt": milliseconds(application.applied_at),
                "completedAt": milliseconds(application.applied_at),
            }
        ]

    def _is_in(self, moment: int | None) -> bool:
        return moment is not None and moment < self._now


def _successors(world: World) -> dict[int, Application]:
    """Application id -> the prospect that it was before, over the company's whole time."""
    prospects = {
        (id(application.person), application.job.id, application.converted_at): application
        for application in world.applications
        if application.is_prospect and application.converted_at is not None
    }
    found: dict[int, Application] = {}
    for application in world.applications:
        key = (id(application.person), (application.former_job or application.job).id, application.applied_at)
        if not application.is_prospect and key in prospects:
            found[application.id] = prospects[key]
    return found


def _continued(world: World) -> dict[int, Application]:
    """Those of them that are applications by now."""
    return {number: prospect for number, prospect in _successors(world).items() if (prospect.converted_at or 0) < world.now_seconds}


def _stage_id(stage: Stage) -> str:
    return _stage_ids()[stage.name][0]


def _user(user: User | None) -> str | None:
    return uid("user", user.id) if user else None
