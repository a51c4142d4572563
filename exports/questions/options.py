"""Parameters that several questions share: narrowing to members of slices, a quarter."""

from __future__ import annotations

from base.slices import slices
from exports.questions.narrowing import slice_names
from exports.questions.question import Parameter

QUARTER = Parameter("quarter", "quarter", "E.g. 2025-Q4; Q4 is the latest one")


def only(*names: str, of_requisition: bool = False) -> tuple[Parameter, ...]:
    """Parameters that narrow a question: to members of these slices, else of all. A requisition is named by title (--job) or by id (--job-id)."""
    found = []
    for name in names or slice_names(of_requisition=of_requisition):
        words = slices()[name].words
        below = ", with all below it" if slices()[name].gathers else ""
        found.append(Parameter(name.replace("_", "-"), name, f"Only this {words.removesuffix(' tree')}{below}", is_optional=True))
        if name == "job":
            found.append(Parameter("job-id", "job_id", "Only the requisition with this id in the ATS", is_optional=True))
    return tuple(found)
