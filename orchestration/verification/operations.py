"""The operations database: can it be opened, is it whole, does it belong to this home."""

from __future__ import annotations

from collections.abc import Iterator

from base.errors import FunnelcastError
from base.ops import engine, problem_of
from orchestration.verification.finding import Finding, Subject, repaired_by

NAME = "operations database"


def check(subject: Subject) -> Iterator[Finding]:
    if subject.ops is None:
        try:
            engine(subject.home).dispose()
        except FunnelcastError as error:
            yield Finding(NAME, error.message, error.remedy or "", "ops" if "repair ops" in (error.remedy or "") else "")
        return
    problem = problem_of(subject.ops, deep=subject.is_deep)
    if problem:
        yield repaired_by(NAME, f"{subject.home.ops_file} is damaged ({problem})", "ops")
