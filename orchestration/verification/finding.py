"""What a check finds, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.engine import Engine

from base.home import Home

#: A sample looks at one part of the log in so many each day, each at its own turn: after so many days at all of them.
SAMPLE_DAYS = 30


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be: in words, with what to do. `repair`: the repair that puts it right, where one does."""

    check: str
    problem: str
    remedy: str
    repair: str = ""

    def __str__(self) -> str:
        return f"{self.check}: {self.problem.rstrip('.')}. {self.remedy}"


def repaired_by(check: str, problem: str, repair: str) -> Finding:
    return Finding(check, problem, f"`funnelcast repair {repair}` puts it right.", repair)


@dataclass
class Subject:
    """What is verified. `ops`: None when the operations database cannot be opened. `is_deep`: read every file, not only measure it.

    `sample`: read the parts of the log whose turn it is on this day. `counts` is filled with how much each check has looked at.
    """

    home: Home
    ops: Engine | None
    is_deep: bool = False
    sample: date | None = None
    counts: dict[str, int] = field(default_factory=dict)


Check = Callable[[Subject], Iterable[Finding]]


def document(found: Finding) -> dict[str, Any]:
    return {"check": found.check, "problem": found.problem, "remedy": found.remedy, "repair": found.repair or None}
