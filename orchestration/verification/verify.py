"""Runs the checks over a home. One that cannot be made is a finding, and holds up no other."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqlalchemy.engine import Engine

from base.errors import FunnelcastError, guarded
from base.home import Home
from base.ops import engine
from orchestration.verification.finding import Finding, Subject
from orchestration.verification.registry import CHECKS, NIGHTLY


@dataclass(frozen=True)
class Verdict:
    """`counts`: what was looked at (parts, files, tables), by name."""

    findings: tuple[Finding, ...]
    counts: dict[str, int]

    @property
    def repairs(self) -> tuple[str, ...]:
        """The repairs that the findings name."""
        return tuple(dict.fromkeys(found.repair for found in self.findings if found.repair))


def verify(home: Home, *, is_deep: bool = False) -> Verdict:
    """Everything there is to look at; changes nothing."""
    ops: Engine | None = None
    with suppress(FunnelcastError):  # the check of the database says what is wrong with it
        ops = engine(home)
    try:
        return _run(Subject(home, ops, is_deep=is_deep), tuple(CHECKS))
    finally:
        if ops is not None:
            ops.dispose()


def verify_sample(home: Home, ops: Engine, day: date) -> Verdict:
    """What a run looks at each night: everything is measured, and the parts of the log whose turn it is on this day are read."""
    return _run(Subject(home, ops, sample=day), NIGHTLY)


def _run(subject: Subject, names: Sequence[str]) -> Verdict:
    found: list[Finding] = []
    for name in names:
        try:
            with guarded(name):
                found += CHECKS.named(name)(subject)
        except FunnelcastError as error:
            found.append(Finding(name, error.message, error.remedy or ""))
    return Verdict(tuple(found), subject.counts)
