"""Interviews of the stages that were visited, who held them, and the feedback they left or owe."""

from __future__ import annotations

from sandbox.calendar import at_work
from sandbox.model import DAY, HOUR, Application, Feedback, Interview, Visit
from sandbox.rng import Rng
from sandbox.staff import Staff

RATINGS_GOOD = (("strong_yes", 0.22), ("yes", 0.66), ("no", 0.1), ("no_decision", 0.02))
RATINGS_BAD = (("strong_no", 0.16), ("no", 0.6), ("yes", 0.21), ("no_decision", 0.03))


def interview(rng: Rng, application: Application, staff: Staff) -> None:
    """Add the interviews of every visit that lasted long enough to hold them."""
    for index, visit in enumerate(application.visits):
        if not visit.stage.interview_slots:
            continue
        leaves = visit.exited_at if visit.exited_at is not None else visit.entered_at + 21 * DAY
        if leaves - visit.entered_at < 6 * HOUR or rng.chance(0.06):
            continue
        _hold(rng, application, visit, leaves, passed=index + 1 < len(application.visits), staff=staff)


def _hold(rng: Rng, application: Application, visit: Visit, leaves: int, *, passed: bool, staff: Staff) -> None:
    stay = leaves - visit.entered_at
    scheduled = visit.entered_at + int(stay * (0.05 + 0.2 * rng.random()))
    day = at_work(rng, visit.entered_at + int(stay * (0.35 + 0.35 * rng.random())))
    organizer = application.coordinator or application.job.coordinator
    for place, slot in enumerate(visit.stage.interview_slots):
        starts = day + place * HOUR
        ends = starts + slot.minutes * 60
        if ends >= leaves:
            return
        if visit.stage.code == "recruiter_screen":
            panel = [application.recruiter or application.job.recruiter]
        elif slot.name.endswith("Hiring manager"):
            panel = [application.job.hiring_manager]
        else:
            team = staff.interviewers[application.job.department.id]
            panel = [team[int(rng.random() * len(team))]]
            if rng.chance(0.2):
                panel.append(rng.pick([user for user in team if user is not panel[0]]))
        feedback = []
        for user in panel:
            submitted = ends + int(rng.wait(14) * HOUR) if not rng.chance(0.07) else None
            feedback.append(Feedback(user, rng.weighted(RATINGS_GOOD if passed else RATINGS_BAD), submitted))
        application.interviews.append(Interview(slot, visit.stage, scheduled, scheduled, starts, ends, organizer, feedback))
