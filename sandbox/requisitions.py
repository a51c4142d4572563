"""Requisitions: when they open, who runs them, who applies, and how they close when their openings are filled."""

from __future__ import annotations

from sandbox import catalogue
from sandbox.calendar import at_work
from sandbox.catalogue import Family
from sandbox.journeys import Climate, cut, is_reneged, live
from sandbox.model import DAY, HOUR, Application, Job, Opening, Sequence, Slot, Source, Stage, User
from sandbox.outreach import contact
from sandbox.rng import Rng
from sandbox.staff import Staff, recruiters_of

#: A requisition that nobody filled is cancelled after this many days.
PATIENCE_DAYS = 240
WEEK = 7 * DAY


def open_jobs(seed: int, staff: Staff, started: int, now: int, horizon: int, requisitions: int) -> list[Job]:
    """`requisitions` jobs opened before `now` at an even pace, and at the same pace to the horizon; ids by opening time."""
    pace = (now - 7 * DAY - started) / requisitions
    count = int((horizon - started) / pace)
    jobs: list[Job] = []
    for number in range(count):
        rng = Rng(seed, "job", number)
        opened = at_work(rng, started + (number + rng.random() * 0.98) * pace)
        jobs.append(_open_job(rng, number, opened, staff, jobs))
    return sorted(jobs, key=lambda job: job.id)


def _open_job(rng: Rng, number: int, opened: int, staff: Staff, earlier: list[Job]) -> Job:
    family = rng.weighted([(family, family.share) for family in catalogue.FAMILIES])
    if number % 10 == 0:
        family = catalogue.FAMILIES[0]  # a steady demand for software engineers in Austin
    level, office = rng.weighted(family.titles), rng.weighted(family.offices)
    if number % 10 == 0:
        level, office = "mid", catalogue.AUSTIN
    recruiter = rng.pick(recruiters_of(staff, family.department))
    job = Job(
        id=50_001 + number,
        name=catalogue.LEVEL_PREFIX[level] + family.name,
        family=family.name,
        level=level,
        department=family.department,
        office=office,
        created_at=opened - rng.between(1, 6) * DAY,
        opened_at=opened,
        recruiter=recruiter,
        coordinator=rng.pick(staff.coordinators),
        sourcer=rng.pick(staff.sourcers) if family.sourcing else None,
        hiring_manager=rng.pick(staff.managers[family.department.id]),
    )
    same_role = [other for other in earlier if (other.family, other.level, other.office) == (job.family, job.level, job.office)]
    if same_role:
        job.copied_from = same_role[-1]
    job.stages = _plan(job, family)
    wanted = rng.weighted(family.openings) if level != "leadership" else 1
    for index in range(wanted):
        later = 0 if index == 0 else rng.between(0, 20) * DAY
        job.openings.append(Opening(0, index + 1, opened + later, target_start_at=opened + rng.between(60, 110) * DAY))
    if number % 15 == 7:
        held = opened + rng.between(20, 40) * DAY
        job.holds.append((held, held + rng.between(14, 35) * DAY))
    if number % 13 == 5:
        job.handover_at = opened + rng.between(20, 60) * DAY
        job.former_recruiter, job.recruiter = (
            recruiter,
            rng.pick([user for user in recruiters_of(staff, family.department) if user is not recruiter]),
        )
    return job


def _plan(job: Job, family: Family) -> tuple[Stage, ...]:
    names = list(catalogue.PLANS[family.plan])
    if job.level == "leadership":
        names.insert(len(names) - 1, (catalogue.LEADERSHIP_STAGE, None))
    base, stages = (job.id - 50_000) * 20, []
    for order, (name, code) in enumerate(names):
        slots = tuple(
            Slot(800_000 + (base + order) * 4 + place, f"{name}: {label}", minutes, kind)
            for place, (label, minutes, kind) in enumerate(catalogue.SLOTS.get(code or "", ()))
        )
        stages.append(Stage(600_000 + base + order, name, code, order, slots))
    return tuple(stages)


def recruiter_at(job: Job, moment: int) -> User:
    """Who recruits for the job at `moment`."""
    if job.former_recruiter is not None and job.handover_at is not None and moment < job.handover_at:
        return job.former_recruiter
    return job.recruiter


def run_job(seed: int, job: Job, family: Family, staff: Staff, climate: Climate, horizon: int) -> tuple[list[Application], Sequence | None]:
    """Everybody who applies to, is contacted for, or is added as a prospect of the job, until it closes."""
    rng = Rng(seed, "arrivals", job.id)
    end = min(horizon, job.opened_at + PATIENCE_DAYS * DAY)
    sequence, interested = contact(Rng(seed, "outreach", job.id), seed, job, family, end)
    arrivals = iter([*interested, (horizon + DAY, None)])
    upcoming, hires = next(arrivals), list[int]()
    applications: list[Application] = []
    selectivity = staff.selectivity[job.hiring_manager.id]
    moment = job.opened_at
    while True:
        weeks = (moment - job.opened_at) / WEEK
        moment += int(rng.gap(WEEK / (family.weekly * (1.5 if weeks < 2 else 0.8 if weeks < 8 else 0.5))))
        for held, released in job.holds:
            moment = released + rng.between(0, DAY) if held <= moment < released else moment
        while upcoming[1] is not None and upcoming[0] < min(moment, end):
            applications.append(_apply(rng, job, upcoming[0], catalogue.GEM_SOURCE))
            applications[-1].person = upcoming[1]
            live(Rng(seed, "journey", job.id, len(applications)), applications[-1], family, climate, selectivity)
            _note_hire(hires, applications[-1])
            upcoming = next(arrivals)
        if moment >= end or (len(hires) >= len(job.openings) and moment > sorted(hires)[len(job.openings) - 1]):
            break
        source = catalogue.SOURCES[rng.weighted(catalogue.INBOUND)]
        applications.append(_apply(rng, job, moment, source))
        live(Rng(seed, "journey", job.id, len(applications)), applications[-1], family, climate, selectivity)
        _note_hire(hires, applications[-1])
    _close(rng, job, applications, horizon)
    if job.closed_at is not None:
        applications = [application for application in applications if application.applied_at < job.closed_at]
        for application in applications:
            cut(application, job.closed_at, job)
    return applications, sequence


def _note_hire(hires: list[int], application: Application) -> None:
    if application.closings and application.closings[-1].status_code == "hired":
        hires.append(application.closings[-1].at)


def _apply(rng: Rng, job: Job, moment: int, source: Source) -> Application:
    names_its_recruiter = job.handover_at is not None or rng.chance(0.75)
    recruiter = recruiter_at(job, moment) if names_its_recruiter else None
    return Application(job, moment, source, recruiter, job.coordinator if rng.chance(0.5) else None, [])


def _close(rng: Rng, job: Job, applications: list[Application], horizon: int) -> None:
    """Fill openings in the order of hires; close the job after the last, or cancel it when patience ends."""
    hired = sorted((a for a in applications if a.closings and a.closings[-1].status_code == "hired"), key=lambda a: a.closings[-1].at)
    ends = job.opened_at + PATIENCE_DAYS * DAY
    if len(hired) < len(job.openings) and ends <= horizon:
        job.closed_at, job.close_kind = at_work(rng, ends), "cancelled"
        hired = [application for application in hired if application.closings[-1].at < (job.closed_at or 0)]
    for opening, application in zip(job.openings, hired, strict=False):
        opening.application, opening.closed_at = application, application.closings[-1].at
        opening.opened_at = min(opening.opened_at, opening.closed_at - DAY)
        opening.close_reason = "Hire - New Headcount" if opening.number > 1 or rng.chance(0.6) else "Hire - Backfill"
        for offer in application.offers:
            offer.opening = opening
    if job.close_kind == "cancelled":
        for opening in job.openings:
            if opening.closed_at is None:
                opening.closed_at, opening.close_reason = job.closed_at, "Not Filling"
    elif len(hired) >= len(job.openings):
        job.closed_at = at_work(rng, hired[len(job.openings) - 1].closings[-1].at + rng.between(2, 30) * HOUR)
        job.close_kind = "filled"
        _wait_for_answers(rng, job, applications)
        late = [application for application in hired[len(job.openings) :] if application.closings[-1].at < job.closed_at]
        for application in late:
            # Two said yes in the same hours: the requisition gets one more opening rather than break a promise.
            moment = application.closings[-1].at
            extra = Opening(0, len(job.openings) + 1, moment - DAY, moment, application, "Hire - New Headcount", moment + 30 * DAY)
            job.openings.append(extra)
            for offer in application.offers:
                offer.opening = extra


def _wait_for_answers(rng: Rng, job: Job, applications: list[Application]) -> None:
    """Mostly nobody closes a requisition while a candidate still thinks about its offer; else that offer is rescinded."""
    assert job.closed_at is not None
    for offer in (application.offers[-1] for application in applications if application.offers):
        thinking = offer.sent_at is not None and offer.sent_at < job.closed_at <= (offer.resolved_at or 0)
        if thinking and offer.resolved_at is not None and rng.chance(0.7):
            job.closed_at = at_work(rng, offer.resolved_at + 8 * HOUR)


def transfer(seed: int, applications: list[Application], jobs: list[Job]) -> None:
    """Move a few applications to another open requisition with the same plan, in the middle of their way."""
    rng = Rng(seed, "transfer")
    for application in applications:
        if len(application.visits) < 3 or len(application.closings) != 1 or application.offers or is_reneged(application):
            continue
        closing = application.closings[0]
        if closing.status_code not in ("rejected", "withdrawn") or closing.reopened_at or not rng.chance(0.02):
            continue
        moved = application.visits[2].entered_at
        if moved >= closing.at:
            continue
        for job in jobs:
            fits = (
                job is not application.job
                and job.handover_at is None
                and job.family == application.job.family
                and len(job.stages) == len(application.job.stages)
            )
            if fits and job.opened_at < moved and (job.closed_at is None or closing.at < job.closed_at):
                application.former_job, application.transferred_at = application.job, moved
                for visit in application.visits[2:]:
                    visit.stage = job.stages[visit.stage.order]
                application.job = job
                break
