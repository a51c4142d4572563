"""What a system of record would show of an application, a requisition or a person at a moment: the one reading of the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sandbox.model import Application, Feedback, Interview, Job, Opening, Person, Visit
from sandbox.world import World


def before(moment: int | None, now: int) -> int | None:
    """`moment` if it has happened by `now`, else None."""
    return moment if moment is not None and moment < now else None


def latest(now: int, *moments: int | None) -> int:
    """The newest of those that have happened; the first must have."""
    return max(moment for moment in moments if moment is not None and moment < now)


def status_at(application: Application, now: int) -> str:
    """Canonical status: active, hired, rejected, withdrawn or closed."""
    closing = application.closing_at(now)
    return "active" if closing is None else closing.status_code


def hired_at(application: Application, now: int) -> int | None:
    closing = application.closing_at(now)
    return closing.at if closing is not None and closing.status_code == "hired" else None


def current_visit(application: Application, now: int) -> Visit | None:
    """The stage the ATS shows: that of the last visit; closing does not clear it."""
    visits = application.visits_at(now)
    return visits[-1] if visits else None


def seen_interviews(application: Application, now: int) -> list[Interview]:
    return [interview for interview in application.interviews if interview.created_at < now]


def seats(world: World) -> Iterator[tuple[Application, Interview, Feedback]]:
    """Every interviewer of every interview, with the scorecard that they owe or gave."""
    for application in world.seen_applications:
        for interview in seen_interviews(application, world.now_seconds):
            for feedback in interview.feedback:
                yield application, interview, feedback


def scorecards(world: World) -> Iterator[tuple[Application, Interview, Feedback, int]]:
    """The scorecards that are in, each with its time."""
    for application, interview, feedback in seats(world):
        submitted_at = before(feedback.submitted_at, world.now_seconds)
        if submitted_at is not None:
            yield application, interview, feedback, submitted_at


def job_status(job: Job, now: int) -> str:
    """Canonical status: draft, open, on_hold or closed."""
    if job.closed_at is not None and job.closed_at < now:
        return "closed"
    if job.opened_at >= now:
        return "draft"
    return "on_hold" if any(held < now <= released for held, released in job.holds) else "open"


def seen_openings(job: Job, now: int) -> list[Opening]:
    return [opening for opening in job.openings if opening.opened_at < now]


def candidates(world: World) -> Iterable[Person]:
    """Persons the ATS knows at the world's now."""
    for person in world.persons:
        if person.candidate_created_at is not None and person.candidate_created_at < world.now_seconds:
            yield person
