"""Who works at the simulated company, as the canonical table headcount: what a people system would export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sandbox import state
from sandbox.model import instant
from sandbox.world import World

#: Levels of the staff, by user id: the ATS does not know them.
LEVELS = ("entry", "mid", "mid", "senior", "mid", "entry", "senior", "leadership")


def headcount(world: World) -> Iterator[dict[str, Any]]:
    """People employed per month that is over, department and level: the staff, and everybody hired since. Nobody leaves."""
    staff = [(user.department.id, LEVELS[user.id % len(LEVELS)], user.created_at) for user in world.users if user.department is not None]
    hired = [
        (application.job_at(world.now_seconds).department.id, application.job_at(world.now_seconds).level, moment)
        for application in world.seen_applications
        if (moment := state.hired_at(application, world.now_seconds)) is not None
    ]
    first, last = instant(min(job.opened_at for job in world.jobs)), world.now
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month - 1):
        month_end = datetime((number + 1) // 12, (number + 1) % 12 + 1, 1, tzinfo=UTC).timestamp()
        employed = Counter((department, level) for department, level, since in [*staff, *hired] if since < month_end)
        for (department, level), count in sorted(employed.items()):
            month = f"{number // 12}-{number % 12 + 1:02d}-01"
            yield {"department_id": department, "job_level_code": level, "month": month, "headcount": count}
