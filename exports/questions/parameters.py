"""How the parameters of questions are read: names against what is published (any case; near misses are suggested), quarters, months, numbers."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from base.errors import ConfigError
from base.slices import Slice, slices
from exports.marts import Marts


def _names_of_slice(found: Slice) -> str:
    """A query of the names that a slice's members have in core: of a dimension of its own all, of a shared one (people) those in the role."""
    if found.named_by is None:
        table = "dim_jobs" if found.is_of_requisition else "fct_applications"
        return f"select distinct {found.column} from core.{table}"
    names = f"select distinct {found.name_column} from core.{found.named_by}"
    if found.name_key == found.column:
        return names
    keys = [f"select {found.column} from core.{table}" for table in ("fct_applications", "dim_jobs")]
    return f"{names} where {found.name_key} in ({' union '.join(keys if found.is_of_requisition else keys[:1])})"


#: Kind of parameter -> query of the published names.
_NAMES = {
    **{name: _names_of_slice(found) for name, found in slices().items() if found.column},
    "stage": "select stage_code from core.dim_stages",
}


def _name(kind: str) -> Callable[[Marts, str, str], str]:
    def read(marts: Marts, parameter: str, text: str) -> str:
        known = sorted(str(row[0]) for row in marts.table(_NAMES[kind])[1] if row[0] is not None)
        for name in known:
            if name.casefold() == text.strip().casefold():
                return name
        folded = {name.casefold(): name for name in known}
        near = [folded[found] for found in difflib.get_close_matches(text.casefold(), folded, n=3, cutoff=0.5)]
        near += [name for name in known if text.strip().casefold() in name.casefold() and name not in near]
        what = kind.replace("_", " ")
        raise ConfigError(
            f"--{parameter}: no {what} is called '{text}'",
            remedy=f"Did you mean {' or '.join(near[:3])}?"
            if near
            else f"Known: {', '.join(known[:12]) or 'none'}{' ...' if len(known) > 12 else ''}.",
        )

    return read


def _quarter(marts: Marts, parameter: str, text: str) -> date:
    """`2025-Q4`, `Q4 2025`, or `Q4`: the newest that had begun."""
    found = re.fullmatch(r"\s*(?:(\d{4})[- ]?)?[qQ]([1-4])(?:[- ](\d{4}))?\s*", text)
    if found is None:
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
    if not text.strip().isdecimal() or not 1 <= int(text) <= 20:
        raise ConfigError(
            f"--{parameter}: '{text}' is not a number from 1 to 20",
            remedy="Give a whole number. The need grows in proportion: 50 hires need ten times the candidates of 5.",
        )
    return int(text)


#: Kind of parameter -> how its text becomes a value.
KINDS: dict[str, Callable[[Marts, str, str], Any]] = {
    **{kind: _name(kind) for kind in _NAMES},
    "text": lambda _, __, text: text,
    "quarter": _quarter,
    "month": _month,
    "hires": _hires,
}
