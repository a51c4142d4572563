"""Free space for the next run: what each of its steps would ask for."""

from __future__ import annotations

from collections.abc import Iterator

from base.errors import SpaceError
from orchestration.run.space import STEPS
from orchestration.run.space import check as check_step
from orchestration.verification.finding import Finding, Subject

NAME = "space"


def check(subject: Subject) -> Iterator[Finding]:
    for step in STEPS:
        try:
            check_step(subject.home, step)
        except SpaceError as error:
            yield Finding(NAME, error.message, "Free space before the next run.")
