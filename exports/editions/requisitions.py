"""How a report names the requisitions of a list: by title, with the id in the ATS where several of them share one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol


class AboutRequisition(Protocol):
    """A row about a requisition. `has_job` without a name: no list of jobs has it."""

    @property
    def job_name(self) -> str | None: ...
    @property
    def job_id(self) -> str | None: ...
    @property
    def has_job(self) -> bool: ...


def requisition_names(rows: Sequence[AboutRequisition], *, has_jobs: bool) -> list[str]:
    """A name per row. `has_jobs`: whether a source brings the list of jobs."""
    ids: defaultdict[str | None, set[str | None]] = defaultdict(set)
    for row in rows:
        ids[row.job_name].add(row.job_id)
    return [_name(row, is_shared=len(ids[row.job_name]) > 1, has_jobs=has_jobs) for row in rows]


def _name(row: AboutRequisition, *, is_shared: bool, has_jobs: bool) -> str:
    if row.job_name is not None:
        return f"{row.job_name} ({row.job_id})" if is_shared else row.job_name
    if not row.has_job:
        return "No requisition"
    return "A requisition that is not in the list of jobs" if has_jobs else "A requisition whose name is not loaded"
