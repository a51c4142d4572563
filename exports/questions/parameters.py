"""How the parameters of questions are read: names against what is published (exports/questions/members.py), stages, quarters, months, numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from base.errors import ConfigError
from base.names import folded
from base.registry import near_and_known
from base.slices import slices
from exports.marts import Marts
from exports.questions.members import Member, member_named, requisition_with_id


@dataclass(frozen=True)
class Stage:
    """A canonical stage: its code, what reports call it, its place."""

    code: str
    name: str
    order: int


def _member(slice_type: str) -> Callable[[Marts, str, str], Member]:
    return lambda marts, parameter, text: member_named(marts, parameter, slice_type, text)


def _stage(marts: Marts, parameter: str, text: str) -> Stage:
    """By its code or its name, in any case."""
    _, rows = marts.table("select stage_code, stage_name, stage_order from core.dim_stages where not is_outreach order by stage_order")
    stages = [Stage(*row) for row in rows]
    for stage in stages:
        if folded(text) in (folded(stage.code), folded(stage.name)):
            return stage
    raise ConfigError(
        f"--{parameter}: there is no stage '{text}'", remedy=near_and_known(text.strip().lower(), [stage.code for stage in stages])
    )


def _quarter(marts: Marts, parameter: str, text: str) -> date:
    """`2025-Q4`, `Q4 2025`, or `Q4`: the newest that had begun."""
    found = re.fullmatch(r"\s*(?:(\d{4})[- ]?)?[qQ]([1-4])(?:[- ](\d{4}))?\s*", text)
    if found is None or (found[1] and found[3]) or int(found[1] or found[3] or 1) < 1:
        raise ConfigError(f"--{parameter}: '{text}' is not a quarter", remedy="Write it like 2025-Q4, or Q4 for the latest one.")
    year, number, later = found.groups()
    month = 3 * int(number) - 2
    as_of = marts.state.as_of.date()
    if year or later:
        return date(int(year or later), month, 1)
    return date(as_of.year if date(as_of.year, month, 1) <= as_of else as_of.year - 1, month, 1)


def _month(_: Marts, parameter: str, text: str) -> date:
    """The first day of the month of `2026-01` or `2026-01-31`."""
    try:
        return date.fromisoformat(text if len(text) > 7 else f"{text}-01").replace(day=1)
    except ValueError as error:
        raise ConfigError(f"--{parameter}: '{text}' is not a month", remedy="Write it like 2026-01.") from error


def _hires(_: Marts, parameter: str, text: str) -> int:
    """As many as forecast_required_pipeline holds."""
    if not re.fullmatch(r"[0-9]{1,3}", text.strip()) or not 1 <= int(text) <= 20:
        raise ConfigError(
            f"--{parameter}: '{text}' is not a number from 1 to 20",
            remedy="Give a whole number. The need grows in proportion: 50 hires need ten times the candidates of 5.",
        )
    return int(text)


#: Kind of parameter -> how its text becomes a value.
KINDS: dict[str, Callable[[Marts, str, str], Any]] = {
    **{name: _member(name) for name, found in slices().items() if found.column or found.gathers},
    "job_id": requisition_with_id,
    "stage": _stage,
    "text": lambda _, __, text: text,
    "quarter": _quarter,
    "month": _month,
    "hires": _hires,
}
