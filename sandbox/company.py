"""The simulated company: `simulate()` draws its whole history from a seed, and nothing else.

The same arguments give the same World on every supported Python. The world runs to 60 days past `now`, so that `World.at` can move on.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox import catalogue
from sandbox.interviewing import interview
from sandbox.journeys import Climate
from sandbox.model import DAY, Application, Closing, Job, Person, Sequence, User, Visit
from sandbox.outreach import stop
from sandbox.requisitions import open_jobs, run_job, transfer
from sandbox.rng import Rng
from sandbox.staff import hire_staff, make_person
from sandbox.world import World

#: A Monday, two hours before the weekly report at 08:00 in New York (06:00 UTC is 02:00 there).
NOW = datetime(2026, 6, 29, 6, tzinfo=UTC)
HORIZON_DAYS = 60


def simulate(seed: int = 7, years: float = 2.0, requisitions: int = 120, now: datetime = NOW) -> World:
    """A company of `years` up to `now` that opened `requisitions` requisitions (about 130 applications each)."""
    now_seconds = int(now.timestamp())
    started = now_seconds - int(years * 365) * DAY
    horizon = now_seconds + HORIZON_DAYS * DAY
    staff = hire_staff(seed, started)
    climate = Climate(started, now_seconds)
    families = {family.name: family for family in catalogue.FAMILIES}
    jobs = open_jobs(seed, staff, started, now_seconds, horizon, requisitions)
    applications: list[Application] = []
    sequences: list[Sequence] = []
    for job in jobs:
        came, sequence = run_job(seed, job, families[job.family], staff, climate, horizon)
        applications.extend(came)
        if sequence is not None:
            if job.closed_at is not None:
                stop(sequence, job.closed_at)
            if sequence.recipients:
                sequences.append(sequence)
    transfer(seed, applications, jobs)
    applications.extend(_prospects(seed, sequences))
    applications.sort(key=lambda a: (a.applied_at, a.job.id, not a.is_prospect))
    persons = _assign_persons(seed, applications, sequences, staff.everybody)
    for number, application in enumerate(applications):
        if not application.is_prospect:
            interview(Rng(seed, "interviews", number), application, staff)
    _lose_old_exits(seed, applications, started)
    _number(jobs, applications, persons)
    return World(
        seed=seed,
        started=started,
        horizon=horizon,
        now_seconds=now_seconds,
        departments=catalogue.DEPARTMENTS,
        offices=catalogue.OFFICES,
        users=staff.everybody,
        sources=catalogue.SOURCES,
        reasons=catalogue.REASONS,
        jobs=tuple(jobs),
        persons=tuple(persons),
        applications=tuple(applications),
        sequences=tuple(sequences),
    )


def _prospects(seed: int, sequences: list[Sequence]) -> list[Application]:
    """Interested people (and a few more) whom the sourcer put into the ATS as prospects; some turn into applications."""
    rng, added = Rng(seed, "prospects"), []
    for sequence in sequences:
        for recipient in sequence.recipients:
            replied = next((m.replied_at for m in recipient.messages if m.reply_class == "interested"), None)
            if replied is None and not rng.chance(0.03):
                continue
            start = (replied or recipient.messages[-1].sent_at) + 20 * 60
            if recipient.converted_at is not None and (start >= recipient.converted_at or rng.chance(0.4)):
                continue  # straight into process, without a stop as a prospect
            prospect = Application(sequence.job, start, catalogue.GEM_SOURCE, None, None, [], is_prospect=True, person=recipient.person)
            prospect.converted_at = recipient.converted_at
            if recipient.converted_at is not None:
                prospect.closings.append(Closing(recipient.converted_at, "closed"))
            elif rng.chance(0.25):
                rejected = start + rng.between(10, 60) * DAY
                prospect.closings.append(Closing(rejected, "withdrawn", catalogue.REASON["Personal timing"], sequence.owner))
            added.append(prospect)
    return added


def _assign_persons(seed: int, applications: list[Application], sequences: list[Sequence], users: tuple[User, ...]) -> list[Person]:
    """Give every application its person: new, one who applied before, or an employee; returns all persons by first sight."""
    rng = Rng(seed, "persons")
    past: list[Application] = []
    seen: dict[int, Person] = {}
    applied_to: dict[int, set[int]] = {}
    for number, application in enumerate(applications):
        person = application.person
        if person is None and application.source.origin_code == "internal":
            employee = rng.pick(users)
            person = make_person(rng, number, application.job)
            person.first_name, person.last_name, person.employee = employee.first_name, employee.last_name, employee
            person.company = "Northwind Labs"
        elif person is None:
            person = _returning(rng, past, application, applied_to) or make_person(rng, number, application.job)
        application.person = person
        applied_to.setdefault(id(person), set()).add(application.job.id)
        if person.candidate_created_at is None:
            person.candidate_created_at = application.applied_at
        seen.setdefault(id(person), person)
        if application.source.origin_code == "referred":
            application.referrer = rng.pick(users)
        if not application.is_prospect and application.closings and application.closings[-1].status_code != "hired":
            past.append(application)
    for sequence in sequences:
        for recipient in sequence.recipients:
            seen.setdefault(id(recipient.person), recipient.person)
    return list(seen.values())


def _returning(rng: Rng, past: list[Application], application: Application, applied_to: dict[int, set[int]]) -> Person | None:
    """A person turned down at least 30 days ago who applies again, to another requisition."""
    if not past or not rng.chance(0.05):
        return None
    earlier = rng.pick(past)
    if earlier.closings[-1].at > application.applied_at - 30 * DAY or earlier.person is None or earlier.person.employee is not None:
        return None
    return None if application.job.id in applied_to[id(earlier.person)] else earlier.person


def _lose_old_exits(seed: int, applications: list[Application], started: int) -> None:
    """In the first 100 days the ATS did not keep every exit time of a stage that was left."""
    rng = Rng(seed, "lost")
    for application in applications:
        if application.applied_at < started + 100 * DAY:
            for visit in application.visits[:-1]:
                visit.exit_is_recorded = not rng.chance(0.3)


def _number(jobs: list[Job], applications: list[Application], persons: list[Person]) -> None:
    """Ids as a database would give them: growing with the time of creation."""
    for number, application in enumerate(applications):
        application.id = 900_001 + number
    created = sorted((p for p in persons if p.candidate_created_at is not None), key=lambda p: (p.candidate_created_at or 0, p.email))
    for number, person in enumerate(created):
        person.id = 700_001 + number
    for number, opening in enumerate(sorted((o for job in jobs for o in job.openings), key=lambda o: o.opened_at)):
        opening.id = 300_001 + number
    rows = sorted((version.created_at, a.id, version.version, version) for a in applications for version in a.offers)
    for number, row in enumerate(rows):
        row[3].id = 400_001 + number
    talks = sorted((i.created_at, a.id, i.slot.id, i.starts_at, i) for a in applications for i in a.interviews)
    answers = 0
    for number, talk in enumerate(talks):
        talk[4].id = 500_001 + number
        for feedback in talk[4].feedback:
            answers += 1
            feedback.id, feedback.scorecard_id = 510_000 + answers, 560_000 + answers
    closings = sorted((c.at, a.id, place, c) for a in applications for place, c in enumerate(a.closings))
    for number, closing in enumerate(closings):
        closing[3].id = 200_001 + number
    _number_visits(applications)


def _number_visits(applications: list[Application]) -> None:
    """Stage rows exist from the day of the application, one per stage of the plan; a re-entered stage adds a row later (see doubles)."""
    later: list[tuple[int, int, Visit]] = []
    number = 1_000_001
    for application in applications:
        number = _plan_rows(application, number, later)
    later.sort(key=lambda entry: (entry[0], entry[1]))
    for place, (_, _, visit) in enumerate(later):
        visit.row_id = 5_000_001 + place


def _plan_rows(application: Application, number: int, later: list[tuple[int, int, Visit]]) -> int:
    if application.is_prospect:
        return number
    first = application.former_job or application.job
    base = number
    taken: set[int] = set()
    for visit in application.visits:
        order = visit.stage.order
        if visit.stage is first.stages[order] and order not in taken:
            visit.row_id = base + order
            taken.add(order)
        else:
            later.append((visit.entered_at, application.id, visit))
    application.first_row_id = base
    return number + len(first.stages)
