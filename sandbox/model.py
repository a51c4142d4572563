"""What the simulated company consists of: its entities and everything that happens to them, from the first day to past the horizon.

All times are whole seconds since 1970 (UTC). The history is complete and never changes; sandbox/world.py says how much of it has happened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

DAY = 86_400
HOUR = 3_600

#: Canonical stages of concepts.md in their order; `unmapped` (None) has no order.
STAGE_CODES = (
    *("prospect", "contacted", "replied", "interested"),
    *("applied", "recruiter_screen", "hm_review", "phone_interview", "assessment", "onsite", "reference_check", "offer", "hired"),
)


@dataclass(slots=True, eq=False)
class Department:
    id: int
    name: str
    parent: Department | None = None


@dataclass(slots=True, eq=False)
class Office:
    id: int
    name: str
    location: str


@dataclass(slots=True, eq=False)
class User:
    id: int
    first_name: str
    last_name: str
    role: str
    department: Department | None
    office: Office | None
    created_at: int
    is_site_admin: bool = False
    is_service_account: bool = False
    deactivated_at: int | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        return f"{self.first_name}.{self.last_name}@northwind-labs.example.com".lower().replace(" ", "")


@dataclass(slots=True, eq=False)
class Source:
    id: int
    name: str
    type_name: str
    channel_code: str
    origin_code: str


@dataclass(slots=True, eq=False)
class Reason:
    """Why an application was closed. `direction_code` company / candidate / neither; `decline_code` the taxonomy's."""

    id: int
    name: str
    type_key: str
    direction_code: str
    decline_code: str | None
    is_default: bool = False
    is_conduct: bool = False


@dataclass(slots=True, eq=False)
class Stage:
    """A stage of one job's plan; `code` None is a name that no mapping knows."""

    id: int
    name: str
    code: str | None
    order: int
    interview_slots: tuple[Slot, ...] = ()


@dataclass(slots=True, eq=False)
class Slot:
    id: int
    name: str
    minutes: int
    kind: str


@dataclass(slots=True, eq=False)
class Opening:
    id: int
    number: int
    opened_at: int
    closed_at: int | None = None
    application: Application | None = None
    close_reason: str | None = None
    target_start_at: int | None = None


@dataclass(slots=True, eq=False)
class Job:
    id: int
    name: str
    family: str
    level: str
    department: Department
    office: Office
    created_at: int
    opened_at: int
    recruiter: User
    coordinator: User
    sourcer: User | None
    hiring_manager: User
    stages: tuple[Stage, ...] = ()
    openings: list[Opening] = field(default_factory=list)
    holds: list[tuple[int, int]] = field(default_factory=list)
    closed_at: int | None = None
    close_kind: str | None = None
    copied_from: Job | None = None
    #: The recruiter before a handover, and when it was; every application of such a job names its own recruiter.
    former_recruiter: User | None = None
    handover_at: int | None = None


@dataclass(slots=True, eq=False)
class Person:
    """A human being: the same over all their applications and all systems."""

    first_name: str
    last_name: str
    email: str
    linkedin: str
    phone: str
    company: str
    title: str
    employee: User | None = None
    id: int = 0
    candidate_created_at: int | None = None
    gem_id: str | None = None
    gem_created_at: int | None = None


@dataclass(slots=True, eq=False)
class Visit:
    """One stay in a stage. `exit_is_recorded` False: the ATS lost the exit time (it is the next visit's entry all the same)."""

    stage: Stage
    entered_at: int
    exited_at: int | None = None
    exit_is_recorded: bool = True
    row_id: int = 0


@dataclass(slots=True, eq=False)
class Closing:
    """One end of an application; `reopened_at` when it was taken back. status_code hired / rejected / withdrawn / closed."""

    at: int
    status_code: str
    reason: Reason | None = None
    by: User | None = None
    reopened_at: int | None = None
    id: int = 0


@dataclass(slots=True, eq=False)
class OfferVersion:
    """`outcome` accepted / declined / expired / rescinded at `resolved_at`, or superseded by the next version at `deprecated_at`."""

    version: int
    created_at: int
    sent_at: int | None
    starts_at: int
    resolved_at: int | None = None
    outcome: str | None = None
    deprecated_at: int | None = None
    opening: Opening | None = None
    id: int = 0

    def status_at(self, now: int) -> str:
        """The canonical status (draft, open, accepted, declined, expired, rescinded, superseded) as known at `now`."""
        if self.deprecated_at is not None and self.deprecated_at < now:
            return "superseded"
        if self.resolved_at is not None and self.resolved_at < now:
            return str(self.outcome)
        return "open" if self.sent_at is not None and self.sent_at < now else "draft"


@dataclass(slots=True, eq=False)
class Feedback:
    interviewer: User
    rating: str
    submitted_at: int | None
    id: int = 0
    scorecard_id: int = 0


@dataclass(slots=True, eq=False)
class Interview:
    slot: Slot
    stage: Stage
    created_at: int
    scheduled_at: int
    starts_at: int
    ends_at: int
    organizer: User
    feedback: list[Feedback]
    id: int = 0


@dataclass(slots=True, eq=False)
class Application:
    job: Job
    applied_at: int
    source: Source
    recruiter: User | None
    coordinator: User | None
    visits: list[Visit]
    closings: list[Closing] = field(default_factory=list)
    offers: list[OfferVersion] = field(default_factory=list)
    interviews: list[Interview] = field(default_factory=list)
    person: Person | None = None
    referrer: User | None = None
    is_prospect: bool = False
    #: A prospect that became a candidate: the application it turned into, and when.
    converted_at: int | None = None
    #: The job before a transfer, and when the application was moved to `job`.
    former_job: Job | None = None
    transferred_at: int | None = None
    id: int = 0
    #: Id of the stage row of its first job's first stage; the plan's rows follow one by one.
    first_row_id: int = 0

    def job_at(self, now: int) -> Job:
        """The requisition it belongs to at `now`."""
        return self.former_job if self.former_job and self.transferred_at is not None and self.transferred_at >= now else self.job

    def last_activity(self, now: int) -> int:
        """The last thing that happened to it before `now`."""
        moments: list[int | None] = [self.applied_at, self.transferred_at]
        for visit in self.visits:
            moments += (visit.entered_at, visit.exited_at)
        for closing in self.closings:
            moments += (closing.at, closing.reopened_at)
        for offer in self.offers:
            moments += (offer.created_at, offer.sent_at, offer.resolved_at)
        for interview in self.interviews:
            moments += (interview.created_at, interview.ends_at, *(feedback.submitted_at for feedback in interview.feedback))
        return max(moment for moment in moments if moment is not None and moment < now)

    def closing_at(self, now: int) -> Closing | None:
        """The closing in force at `now`; None while the application is active."""
        found = None
        for closing in self.closings:
            if closing.at < now and (closing.reopened_at is None or closing.reopened_at >= now):
                found = closing
        return found

    def visits_at(self, now: int) -> list[Visit]:
        return [visit for visit in self.visits if visit.entered_at < now]


@dataclass(slots=True, eq=False)
class Sequence:
    """An outreach sequence for one job; its steps are the templates' subjects and links."""

    id: str
    project_id: str
    name: str
    job: Job
    owner: User
    created_at: int
    subjects: tuple[str, ...]
    links: tuple[tuple[str, ...], ...]
    recipients: list[Recipient] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Recipient:
    """A person in a sequence; `on_behalf_of` whose name the messages carry (SOBO), `converted_at` when they entered process."""

    person: Person
    added_at: int
    on_behalf_of: User | None
    messages: list[Message] = field(default_factory=list)
    converted_at: int | None = None


@dataclass(slots=True, eq=False)
class Message:
    """One message to one person and all that came of it. Opens and clicks are (time, is_machine[, url])."""

    id: str
    step: int
    sent_at: int
    delivered_at: int | None
    bounced_at: int | None = None
    complained_at: int | None = None
    opens: list[tuple[int, bool]] = field(default_factory=list)
    clicks: list[tuple[int, bool, str]] = field(default_factory=list)
    replied_at: int | None = None
    reply_class: str | None = None


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=200_000)
def iso(seconds: int | None) -> str | None:
    """`2026-06-29T06:00:00Z`, the spelling of an instant in everything that is served."""
    if seconds is None:
        return None
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}Z"
