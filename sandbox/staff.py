"""The people who work there: recruiters, sourcers, coordinators, hiring managers, interviewers, and the invented names of everybody."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox import catalogue
from sandbox.model import DAY, Department, Job, Person, User
from sandbox.rng import Rng


@dataclass(frozen=True)
class Staff:
    recruiters: dict[int, list[User]]  # by the id of a department without a parent
    sourcers: list[User]
    coordinators: list[User]
    managers: dict[int, list[User]]  # by department id
    interviewers: dict[int, list[User]]
    everybody: tuple[User, ...]
    selectivity: dict[int, dict[str | None, float]]  # a hiring manager's own factor by stage


def hire_staff(seed: int, started: int) -> Staff:
    """The same staff for the same seed; ids grow with the order of creation."""
    rng = Rng(seed, "staff")
    users: list[User] = []
    taken: set[tuple[str, str]] = set()

    def add(role: str, department: Department | None, count: int) -> list[User]:
        added = []
        for _ in range(count):
            while True:
                name = (rng.pick(catalogue.FIRST_NAMES), rng.pick(catalogue.LAST_NAMES))
                if name not in taken:
                    break
            taken.add(name)
            user = User(4001 + len(users), *name, role, department, rng.pick(catalogue.OFFICES), started - 200 * DAY + len(users) * 3600)
            users.append(user)
            added.append(user)
        return added

    add("Head of Talent", None, 1)[0].is_site_admin = True
    users.append(User(4002, "Funnelcast", "Integration", "Service account", None, None, started - 199 * DAY, True, True))
    tops = [department for department in catalogue.DEPARTMENTS if department.parent is None]
    recruiters = {department.id: add("Recruiter", None, 3 if department.id == 101 else 2) for department in tops}
    sourcers, coordinators = add("Sourcer", None, 4), add("Recruiting Coordinator", None, 3)
    managers = {department.id: add("Hiring Manager", department, 5 if department.id == 101 else 3) for department in catalogue.DEPARTMENTS}
    interviewers = {department.id: add("Interviewer", department, 9) for department in catalogue.DEPARTMENTS}
    selectivity: dict[int, dict[str | None, float]] = {}
    for group in managers.values():
        for manager in group:
            factor = Rng(seed, "selectivity", manager.id)
            selectivity[manager.id] = {"hm_review": 0.7 + 0.5 * factor.random(), "onsite": 0.72 + 0.5 * factor.random()}
    for leaver in rng.pick(interviewers[101]), rng.pick(interviewers[103]):
        leaver.deactivated_at = started + rng.between(200, 700) * DAY
    return Staff(recruiters, sourcers, coordinators, managers, interviewers, tuple(users), selectivity)


def recruiters_of(staff: Staff, department: Department) -> list[User]:
    return staff.recruiters[(department.parent or department).id]


def make_person(rng: Rng, number: int, job: Job) -> Person:
    """An invented candidate; `number` makes the address unique."""
    first, last = rng.pick(catalogue.FIRST_NAMES), rng.pick(catalogue.LAST_NAMES)
    handle = f"{first}.{last}.{number}".lower()
    return Person(
        first_name=first,
        last_name=last,
        email=f"{handle}@mail.example.com",
        linkedin=handle.replace(".", "-"),
        phone=f"+1555{number % 10_000_000:07d}",
        company=rng.pick(catalogue.EMPLOYERS),
        title=job.family,
    )
