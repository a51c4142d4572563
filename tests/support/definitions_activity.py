"""Movement, the funnel from the first message on, time to fill and the people who act, by definition, from a Company of definitions_oracle.py:
mart name -> {key: {column: value}}. No SQL here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.support.definitions_oracle import (
    LADDER,
    RANK,
    Application,
    Cells,
    Company,
    Key,
    StageRow,
    duration,
    first,
    mean,
    quantile,
    quarter,
    rate,
    ratio,
    surrogate_key,
)
from tests.support.definitions_outreach import messages
from tests.support.definitions_steps import Request, exit_of, is_role, requests, rows, talks

LEAVING = ("advanced", "rejected", "withdrawn", "closed", "hired")
AGES = (30, 60, 90, 180)
WINDOW = timedelta(days=90)
OUTREACH_STAGES = ["contacted", "replied", "interested"]


def week(moment: datetime) -> date:
    return moment.date() - timedelta(days=moment.weekday())


def month(moment: datetime) -> date:
    return moment.date().replace(day=1)


def _stages(company: Company) -> Iterator[tuple[Application, StageRow]]:
    for application in company.applications.values():
        for row in application.stages:
            yield application, row


# Movement ----------------------------------------------------------------------------------------------------------------------------


def _left(application: Application, row: StageRow) -> datetime | None:
    """When it went on or ended; at the entry where nobody knows. None = still there."""
    if row.outcome == "waiting":
        return None
    assert row.entered is not None
    ended = {"advanced": row.advanced, "hired": row.entered}.get(row.outcome, application.ended)
    return max(row.entered, first(ended, row.entered))


def pipeline_movement(company: Company) -> Cells:
    stays: dict[Key, list[tuple[date, date | None]]] = defaultdict(list)
    events: dict[Key, Counter[str]] = defaultdict(Counter)
    for application, row in _stages(company):
        if row.entered is None:
            continue
        left = _left(application, row)
        for membership in application.memberships():
            place = (*membership, row.stage)
            stays[place].append((week(row.entered), week(left) if left else None))
            events[week(row.entered), *place]["entered_count"] += 1
            if left:
                events[week(left), *place][f"{row.outcome}_count"] += 1
    for application in company.applications.values():
        for visit, following in zip(application.visits, application.visits[1:], strict=False):
            if exit_of(application, visit) == "moved_back" and visit.exited and RANK[visit.stage or ""] >= RANK["applied"]:
                for membership in application.memberships():
                    events[week(visit.exited), *membership, visit.stage]["moved_back_count"] += 1
                assert following
    last, found = week(company.as_of), {}
    weeks: dict[Key, list[date]] = defaultdict(list)
    for monday, *place in events:
        weeks[tuple(place)].append(monday)
    for place, active in weeks.items():
        moves: Counter[date] = Counter()
        for entered, left in stays[place]:
            moves[entered] += 1
            if left is not None:
                moves[left] -= 1
        monday, before = min([*active, *moves]), 0
        while monday <= last:
            at_end = before + moves[monday]
            counts = events.get((monday, *place))
            if counts or at_end:
                names = ["entered", *LEAVING, "moved_back"]
                found[(monday, *place)] = {f"{name}_count": (counts or Counter())[f"{name}_count"] for name in names}
                found[(monday, *place)] |= {"active_start_count": before, "active_end_count": at_end}
            before = at_end
            monday += timedelta(days=7)
    return found


def funnel_by_age(company: Company) -> Cells:
    counted: dict[Key, Counter[str]] = defaultdict(Counter)
    for application, row in _stages(company):
        applied = application.row["applied_at"]
        reached = _soonest(application, row.stage, or_itself=True)
        advanced = _soonest(application, row.stage, or_itself=False)
        cohort = month(applied)
        full = datetime.combine((cohort + timedelta(days=32)).replace(day=1), datetime.min.time())
        for age in AGES:
            if full + timedelta(days=age) <= company.as_of:
                for membership in application.memberships():
                    cell = counted[(cohort, *membership, row.stage, age)]
                    limit = applied + timedelta(days=age)
                    cell["reached"] += reached is not None and reached <= limit
                    cell["advanced"] += advanced is not None and advanced <= limit
    found = {}
    for key, cell in counted.items():
        found[key] = {"reached_count": cell["reached"], "advanced_count": cell["advanced"]}
        found[key] |= rate("reached_rate", cell["advanced"], cell["reached"] if key[3] != "hired" else 0)
    return found


def _soonest(application: Application, stage: str, *, or_itself: bool) -> datetime | None:
    """First entry into a later stage (or the stage itself)."""
    entries = [r.entered for r in application.stages if r.entered and (RANK[r.stage] > RANK[stage] or (or_itself and r.stage == stage))]
    return min(entries, default=None)


# From the first message on -----------------------------------------------------------------------------------------------------------


@dataclass
class _Person:
    job: str
    applications: list[Application] = field(default_factory=list)
    contacts: list[Any] = field(default_factory=list)


def full_funnel(company: Company) -> Cells:
    people: dict[Key, _Person] = {}
    for application in company.applications.values():
        if not application.is_prospect:
            job = application.row["job_id"]
            people.setdefault((application.row["candidate_id"], job), _Person(job)).applications.append(application)
    for message in messages(company):
        if message.job is not None:
            person = people.setdefault((message.person, message.job), _Person(message.job))
            if not person.applications or message.row["sent_at"] <= min(a.row["applied_at"] for a in person.applications):
                person.contacts.append(message)
    counted: dict[Key, Counter[str]] = defaultdict(Counter)
    for person in people.values():
        if person.contacts or person.applications:
            _count_person(company, person, counted)
    found = {}
    for key, cell in counted.items():
        if cell["people"]:
            passed = cell["from_outreach"] if key[-1] == "applied" else cell["people"]
            found[key] = {f"{name}_count": cell[name] for name in ("people", "from_outreach", "previous")}
            found[key] |= rate("rate_of_previous", passed, cell["previous"])
    return found


def _count_person(company: Company, person: _Person, counted: dict[Key, Counter[str]]) -> None:
    first_one = min(
        person.applications, key=lambda a: (a.row["applied_at"], surrogate_key("application", a.row["application_id"])), default=None
    )
    sent = [message.row["sent_at"] for message in person.contacts]
    applied = first_one.row["applied_at"] if first_one else None
    is_from_outreach = bool(sent) and (applied is None or max(sent) >= applied - WINDOW)
    answers = [m.flags for m in person.contacts if m.flags["replied"]]
    level = "contacted" if sent else None
    if answers:
        level = "interested" if any(flags["interested"] for flags in answers) else "replied"
    if is_from_outreach and applied:
        level = "interested"
    path: list[tuple[str, str | None, bool]] = []
    if level is not None:
        path = [(s, n, True) for s, n in zip(OUTREACH_STAGES, [*OUTREACH_STAGES[1:], "applied"], strict=True) if RANK[s] <= RANK[level]]
    if person.applications:
        furthest = max((a.furthest for a in person.applications), key=RANK.__getitem__)
        ladder = [code for code in LADDER if any(code in company.ladder_of(a) for a in person.applications)]
        steps = zip(ladder, [*ladder[1:], None], strict=True)
        path += [(s, n, is_from_outreach) for s, n in steps if RANK[s] <= RANK[furthest]]
    memberships = first_one.memberships() if first_one else _requisition_memberships(company, person.job)
    began = month(min(sent) if sent else applied)
    for membership in memberships:
        for stage, following, is_outreach in path:
            counted[(began, *membership, stage)]["people"] += 1
            counted[(began, *membership, stage)]["from_outreach"] += is_outreach
            if following is not None:
                counted[(began, *membership, following)]["previous"] += 1


def _requisition_memberships(company: Company, job: str) -> list[tuple[str, str]]:
    nobody = company.without_application(job)
    for role in ("recruiter", "hiring_manager"):
        holder = first(company.jobs[job].get(f"{role}_id"), company._credited(job, role, company.as_of))
        nobody.slices[role] = str(first(holder, "none"))
    nobody.slices |= {"source": "none", "origin": "sourced"}
    return nobody.memberships()


# Time to fill ------------------------------------------------------------------------------------------------------------------------


def time_to_fill(company: Company) -> Cells:
    lengths: dict[Key, list[tuple[float, float | None]]] = defaultdict(list)
    for opening in rows(company, "openings"):
        if opening["opened_at"] >= company.as_of:
            continue
        filler, filled = company.fills(opening)
        if filler not in company.applications or filled is None:
            continue
        gross = duration(opening["opened_at"], filled)
        held = _held(company, opening["job_id"], opening["opened_at"], filled)
        for membership in company.applications[filler].memberships():
            lengths[(month(filled), *membership)].append((held, gross))
    return {
        key: {
            "n_count": len(found),
            "timed_count": len(timed),
            "mean_hold_days": mean([held for held, _ in found]),
            "median_days": quantile([max(0.0, gross - held) for held, gross in timed], 0.5),
            "p90_days": quantile([max(0.0, gross - held) for held, gross in timed], 0.9),
            "gross_median_days": quantile([gross for _, gross in timed], 0.5),
        }
        for key, found in lengths.items()
        for timed in [[(held, gross) for held, gross in found if gross is not None]]
    }


def _held(company: Company, job: str, start: datetime, end: datetime) -> float:
    """Days of [start, end) on hold, overlapping holds once."""
    held, total = start, 0.0
    for hold in sorted((h for h in rows(company, "job_holds") if h["job_id"] == job), key=lambda h: h["held_at"]):
        if hold["held_at"] >= company.as_of:
            continue
        since, until = max(hold["held_at"], held), min(first(company._before(hold["released_at"]), company.as_of), end)
        if until > since:
            total += (until - since) / timedelta(days=1)
            held = until
    return total


# The people who act ------------------------------------------------------------------------------------------------------------------


def recruiter_scorecard(company: Company) -> Cells:
    cells: dict[Key, Counter[str]] = defaultdict(Counter)
    starts = [quarter(date(year, number, 1)) for year in range(2022, 2027) for number in (1, 4, 7, 10)]
    quarters = [start for start in starts if datetime.combine(start, datetime.min.time()) < company.as_of]
    for start in quarters:
        ends = min(datetime.combine(quarter(start + timedelta(days=95)), datetime.min.time()), company.as_of)
        for job_id, job in company.jobs.items():
            recruiter = company._credited(job_id, "recruiter", ends)
            is_open = job["closed_at"] >= ends if job["closed_at"] is not None else job["status_code"] in ("open", "on_hold")
            if job["was_closed_at"] is not None and job["was_closed_at"] < ends <= job["reopened_at"]:
                is_open = False
            if is_role(job) and job["opened_at"] < ends and is_open and recruiter is not None:
                cells[recruiter, start]["open_requisitions_count"] += 1
    for application in company.applications.values():
        recruiter = application.slices["recruiter"]
        if recruiter != "none" and not application.is_prospect:
            _count_application(application, recruiter, quarters, cells)
    for application_id, offer in company.offer_facts().items():
        recruiter = company.applications[application_id].slices["recruiter"]
        if recruiter == "none":
            continue
        if offer["cohort_at"] is not None:
            cell = cells[recruiter, quarter(offer["cohort_at"])]
            cell["offers_extended_count"] += 1
            cell["accepted"] += offer["status_code"] == "accepted"
            cell["answered"] += offer["status_code"] in ("accepted", "declined", "expired")
        if offer["status_code"] == "accepted" and offer["resolved_at"] is not None and not offer["is_resolution_inferred"]:
            cells[recruiter, quarter(offer["resolved_at"])]["offers_accepted_count"] += 1
    names = ("open_requisitions", "active", "applications", "screens", "interviews", "offers_extended", "offers_accepted")
    return {
        key: {
            **{f"{name}_count": cell[f"{name}_count"] for name in (*names, "screened_then_interviewed")},
            **rate("screen_to_interview_rate", cell["screened_then_interviewed_count"], cell["screens_count"]),
            **rate("offer_acceptance_rate", cell["accepted"], cell["answered"]),
        }
        for key, cell in cells.items()
        if any(cell.values())
    }


def _count_application(application: Application, recruiter: str, quarters: Iterable[date], cells: dict[Key, Counter[str]]) -> None:
    applied = quarter(application.row["applied_at"])
    cells[recruiter, applied]["applications_count"] += 1
    ended = quarter(first(application.ended, application.row["applied_at"])) if application.status != "active" else None
    for start in quarters:
        if applied <= start and (ended is None or ended > start):
            cells[recruiter, start]["active_count"] += 1
    entries = {row.stage: row.entered for row in application.stages}
    talks = [entries[stage] for stage in ("phone_interview", "onsite") if entries.get(stage) is not None]
    screened = entries.get("recruiter_screen")
    if screened is not None:
        cell = cells[recruiter, quarter(screened)]
        cell["screens_count"] += 1
        cell["screened_then_interviewed_count"] += any(RANK[stage] >= RANK["phone_interview"] for stage in entries)
    if talks:
        cells[recruiter, quarter(min(filter(None, talks)))]["interviews_count"] += 1


def review_calibration(company: Company) -> Cells:
    asked: dict[Key, list[Request]] = defaultdict(list)
    for request in requests(company):
        asked[month(request.asked), first(request.reviewer, "none")].append(request)
    found = {}
    for key, own in asked.items():
        decisions = Counter(request.decision for request in own)
        lengths = [duration(request.asked, request.decided) for request in own]
        hours = [length * 24 for length in lengths if length is not None]
        found[key] = {
            "requested_count": len(own),
            "approved_count": decisions["approved"],
            "refused_count": decisions["refused"],
            "undecided_count": sum(request.is_open for request in own),
            "approved_then_rejected_count": sum(_was_rejected_after(request) for request in own if request.decision == "approved"),
            "approved_rate": ratio(decisions["approved"], decisions["approved"] + decisions["refused"]),
            "decision_hours_median": quantile(hours, 0.5),
            "from_stage_count": 0 if rows(company, "reviews") else len(own),
        }
    return found


def _was_rejected_after(request: Request) -> bool:
    application = request.application
    if application is None or application.status != "rejected":
        return False
    return application.ended is None or (request.decided is not None and application.ended >= request.decided)


def interviewer_load(company: Company) -> Cells:
    cells: dict[Key, dict[str, Any]] = {}
    for talk in talks(company):
        if talk.is_cancelled:
            continue
        names = ("interviews", "timed", "feedback_submitted", "feedback_overdue", "scheduled")
        empty = {**{f"{name}_count": 0 for name in names}, "hours": 0.0}
        cell = cells.setdefault((week(talk.starts), talk.interviewer), empty)
        if talk.starts >= company.as_of:
            cell["scheduled_count"] += 1
            continue
        cell["interviews_count"] += 1
        if talk.row["ends_at"] is not None:
            cell["timed_count"] += 1
            cell["hours"] += first(duration(talk.starts, talk.row["ends_at"]), 0.0) * 24
        cell["feedback_submitted_count"] += talk.card is not None
        cell["feedback_overdue_count"] += bool(talk.is_overdue)
    return cells


MARTS: Mapping[str, Callable[[Company], Cells]] = {
    "pipeline_movement": pipeline_movement,
    "funnel_by_age": funnel_by_age,
    "full_funnel": full_funnel,
    "time_to_fill": time_to_fill,
    "recruiter_scorecard": recruiter_scorecard,
    "review_calibration": review_calibration,
    "interviewer_load": interviewer_load,
}

#: Columns that name a mart's row; `member` stands for slice_key.
KEYS: Mapping[str, tuple[str, ...]] = {
    "pipeline_movement": ("week", "slice_type", "member", "stage_code"),
    "funnel_by_age": ("cohort_month", "slice_type", "member", "stage_code", "age_days"),
    "full_funnel": ("month", "slice_type", "member", "stage_code"),
    "time_to_fill": ("month", "slice_type", "member"),
    "recruiter_scorecard": ("recruiter_key", "quarter"),
    "review_calibration": ("month", "hiring_manager_key"),
    "interviewer_load": ("week", "interviewer_key"),
}
#: Key column -> the word in its key.
ENTITIES = {"recruiter_key": "user", "hiring_manager_key": "user", "interviewer_key": "user"}
