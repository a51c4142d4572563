"""What the people of a company owe a candidate, by definition, from a Company of definitions_oracle.py: requests to review, interviews with their
scorecards, working time and the hours agreed for it. No SQL here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from tests.support.definitions_oracle import EARLY, RANK, Application, Company, Row, Visit, first

#: Business hours where nothing else was agreed.
HOURS = {"decision": 16.0, "scheduling": 16.0, "feedback": 8.0, "attention": 40.0}
DECIDED_BY_MANAGERS = ("hm_review", "phone_interview", "assessment", "onsite")


def rows(company: Company, table: str) -> list[Row]:
    return list(company._tables.get(table, ()))


def is_role(job: Row) -> bool:
    """A requisition, not a pool or a template."""
    return job.get("job_class_code") in (None, "role")


# Working time ------------------------------------------------------------------------------------------------------------------------


def business_hours(start: datetime, end: datetime) -> float:
    """Hours from 9 to 17 on Mondays to Fridays between two instants."""
    total, day = 0.0, start.date()
    while day <= end.date():
        opening = datetime.fromisoformat(f"{day}T09:00")
        since, until = max(start, opening), min(end, opening + timedelta(hours=8))
        if day.weekday() < 5 and until > since:
            total += (until - since) / timedelta(hours=1)
        day += timedelta(days=1)
    return total


def due_at(since: datetime, hours: float) -> datetime:
    """The first instant by which so many business hours have passed."""
    day, left = since.date(), timedelta(hours=hours)
    while True:
        opening = datetime.fromisoformat(f"{day}T09:00")
        begin, end = max(since, opening), opening + timedelta(hours=8)
        if day.weekday() < 5 and end > begin:
            if begin + left <= end:
                return begin + left
            left -= end - begin
        day += timedelta(days=1)


def allowed_hours(company: Company, job: str | None, need: str, moment: datetime) -> float:
    """The agreement of the requisition in force on that day (the latest that began), else the default."""
    begun = [
        row
        for row in rows(company, "sla_agreements")
        if (row["job_id"], row["need_code"]) == (job, need) and first(row["valid_from"], EARLY.date()) <= moment.date()
    ]
    latest = max(begun, key=lambda row: first(row["valid_from"], EARLY.date()), default=None)
    if latest is None or (latest["valid_to"] is not None and latest["valid_to"] < moment.date()):
        return HOURS[need]
    return float(latest["hours"])


# Interviews --------------------------------------------------------------------------------------------------------------------------


@dataclass
class Talk:
    """An interview and one interviewer."""

    row: Row
    application: Application | None
    stage: str | None
    over: datetime
    is_cancelled: bool
    card: datetime | None
    #: Feedback later than agreed; None while nothing is owed.
    is_overdue: bool | None

    @property
    def interviewer(self) -> str:
        return str(self.row["interviewer_id"])

    @property
    def starts(self) -> datetime:
        starts: datetime = self.row["starts_at"]
        return starts


@lru_cache(maxsize=4)
def talks(company: Company) -> list[Talk]:
    cards = _scorecards(company)
    found = []
    for row in rows(company, "interviews"):
        application = company.applications.get(row["application_id"])
        over = first(row["ends_at"], row["starts_at"])
        is_cancelled = row["status_code"].startswith("cancel")
        card = cards.get((row["interview_id"], row["interviewer_id"]))
        job = application.row["job_id"] if application else None
        is_overdue = None
        if over < company.as_of and not is_cancelled:
            is_overdue = business_hours(over, first(card, company.as_of)) > allowed_hours(company, job, "feedback", over)
        found.append(Talk(row, application, _stage_of(company, row, application), over, is_cancelled, card, is_overdue))
    return found


def talks_of(company: Company, application: Application) -> list[Talk]:
    return [talk for talk in talks(company) if talk.application is application]


def _stage_of(company: Company, row: Row, application: Application | None) -> str | None:
    """As the interview says, else of the visit that it fell into."""
    if row["stage_id"] is not None:
        return first(company.code_of(row["stage_id"], application.row["job_id"] if application else None), "unmapped")
    visits = application.visits if application else []
    during = [v for v in visits if v.entered <= row["starts_at"] and (v.exited is None or row["starts_at"] < v.exited)]
    return first(during[-1].stage, "unmapped") if during else None


def _scorecards(company: Company) -> dict[tuple[str, str], datetime]:
    """The interviewer's first scorecard of each interview: of those that name it, else of those given after it and before their next."""
    named: dict[tuple[str, str], list[tuple[bool, datetime]]] = defaultdict(list)
    held: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for talk in rows(company, "interviews"):
        held[talk["application_id"], talk["interviewer_id"]].append(talk)
    for card in rows(company, "feedback"):
        given = card["submitted_at"]
        own = held[card["application_id"], card["submitter_id"]]
        if given >= company.as_of:
            continue
        if card["interview_id"] is not None:
            own_talks = [talk for talk in own if talk["interview_id"] == card["interview_id"]]
        else:
            before = [talk for talk in own if talk["starts_at"] <= given]
            own_talks = [max(before, key=lambda talk: (talk["starts_at"], talk["interview_id"]))] if before else []
        for talk in own_talks:
            named[talk["interview_id"], talk["interviewer_id"]].append((card["interview_id"] is None, given))
    return {talk: min(cards)[1] for talk, cards in named.items()}


# Requests to review ------------------------------------------------------------------------------------------------------------------


@dataclass
class Request:
    #: Who owes the answer: who was asked, else the hiring manager.
    reviewer: str | None
    #: Whether that is the hiring manager of the application, else of the requisition; who was asked where nobody is known to be.
    is_managers: bool
    job: str
    application: Application | None
    asked: datetime
    decided: datetime | None
    decision: str | None

    @property
    def is_open(self) -> bool:
        """A decision without a time is one."""
        return self.decided is None and self.decision is None


@lru_cache(maxsize=4)
def requests(company: Company) -> list[Request]:
    """As the source keeps them; where it keeps none, every stay in hm_review is one."""
    return list(_requests(company))


def _requests(company: Company) -> Iterator[Request]:
    given = [row for row in rows(company, "reviews") if row["requested_at"] < company.as_of]
    for row in given:
        application = company.applications.get(row["application_id"]) or _applied_later(company, row)
        credited = application.slices["hiring_manager"] if application else "none"
        of_job = first(
            company.jobs[row["job_id"]].get("hiring_manager_id"), company._credited(row["job_id"], "hiring_manager", company.as_of)
        )
        manager = credited if credited != "none" else of_job
        reviewer = first(row["reviewer_id"], manager)
        decided = company._before(row["decided_at"])
        decision = row["decision_code"] if row["decided_at"] is None or decided is not None else None
        is_managers = first(manager, reviewer) == reviewer
        yield Request(reviewer, is_managers, row["job_id"], application, row["requested_at"], decided, decision)
    if given:
        return
    for application in company.applications.values():
        for visit in application.visits:
            if visit.stage == "hm_review" and not application.is_prospect:
                end = exit_of(application, visit)
                manager = application.slices["hiring_manager"]
                decided = visit.exited if end in ("advanced", "rejected", "moved", "moved_back") else None
                decision = {"advanced": "approved", "rejected": "refused"}.get(end)
                owner = manager if manager != "none" else None
                yield Request(owner, True, application.row["job_id"], application, visit.entered, decided, decision)


def _applied_later(company: Company, request: Row) -> Application | None:
    if request["application_id"] is not None:
        return None
    later = [
        a
        for a in company.applications.values()
        if a.row["candidate_id"] == request["candidate_id"]
        and a.row["job_id"] == request["job_id"]
        and not a.is_prospect
        and a.row["applied_at"] >= request["requested_at"]
    ]
    return min(later, key=lambda a: a.row["applied_at"], default=None)


def exit_of(application: Application, visit: Visit) -> str:
    """How a visit ended, by the order of the next one, else by the application."""
    place = application.visits.index(visit)
    following = application.visits[place + 1] if place + 1 < len(application.visits) else None
    if visit.is_open:
        return "open"
    if following is not None and visit.stage and following.stage and following.stage != visit.stage:
        return "advanced" if RANK[following.stage] > RANK[visit.stage] else "moved_back"
    if following is not None:
        return "moved"
    return application.status if application.status != "active" else "left"
