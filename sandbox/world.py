"""The company and its clock: the whole history of sandbox/model.py, of which only what lies before `now` has happened.

`World.at(moment)` is the same company at another time. An event counts when its time is before `now`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sandbox.model import Application, Department, Job, Office, Person, Reason, Sequence, Source, User, instant


@dataclass(frozen=True, eq=False)
class World:
    """The company and its clock. Lists are ordered by id (= by creation)."""

    seed: int
    started: int
    horizon: int
    now_seconds: int
    departments: tuple[Department, ...]
    offices: tuple[Office, ...]
    users: tuple[User, ...]
    sources: tuple[Source, ...]
    reasons: tuple[Reason, ...]
    jobs: tuple[Job, ...]
    persons: tuple[Person, ...]
    applications: tuple[Application, ...]
    sequences: tuple[Sequence, ...]

    @property
    def now(self) -> datetime:
        return instant(self.now_seconds)

    def at(self, moment: datetime) -> World:
        """The same company at another moment, up to its horizon (60 days past the default now)."""
        seconds = int(moment.timestamp())
        if not self.started <= seconds <= self.horizon:
            raise ValueError(f"{moment.isoformat()} is outside the simulated time {instant(self.started)} .. {instant(self.horizon)}")
        return replace(self, now_seconds=seconds)

    @cached_property
    def seen_applications(self) -> tuple[Application, ...]:
        """Applications (prospects too) created before now."""
        return tuple(application for application in self.applications if application.applied_at < self.now_seconds)

    @cached_property
    def last_activity(self) -> dict[int, int]:
        """Application id -> the last thing that happened to it before now."""
        return {application.id: application.last_activity(self.now_seconds) for application in self.seen_applications}

    @cached_property
    def seen_jobs(self) -> tuple[Job, ...]:
        return tuple(job for job in self.jobs if job.created_at < self.now_seconds)
