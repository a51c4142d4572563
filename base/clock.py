"""The only place that asks what time it is.

Everything inside takes times as arguments. `FUNNELCAST_NOW` (an ISO time) freezes the clock: the demo and the tests live at the
simulated company's "now", so the same inputs give the same bytes on any day.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from base.errors import ConfigError

NOW_VARIABLE = "FUNNELCAST_NOW"
#: No instant that is computed with lies outside; what is far off would also leave what a database can hold.
FIRST_YEAR, LAST_YEAR = 1970, 2200

#: Where the lake's integers of time begin.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_frozen() -> bool:
    """Whether a person has set the clock (FUNNELCAST_NOW): times of files are then of another clock."""
    return bool(os.environ.get(NOW_VARIABLE))


def now() -> datetime:
    """Current time, UTC, whole seconds; frozen by FUNNELCAST_NOW."""
    frozen = os.environ.get(NOW_VARIABLE)
    if frozen:
        return parse_instant(frozen, what=NOW_VARIABLE)
    return datetime.now(UTC).replace(microsecond=0)


def parse_instant(text: str, *, zone: str = "UTC", what: str = "time") -> datetime:
    """An ISO date or time as UTC. A date means its first instant in `zone`; a time without a zone is taken in `zone`.

    Raises ConfigError naming `what` when the text is neither.
    """
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            moment = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
        else:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=ZoneInfo(zone))
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ConfigError(
            f"{what}: '{text[:60]}' is not an ISO date or time", remedy="Write it like 2026-06-30 or 2026-06-30T08:00:00Z."
        ) from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ConfigError(f"{what}: '{text}' is not between {FIRST_YEAR} and {LAST_YEAR}", remedy="Correct the year.")
    return moment


def iso(moment: datetime) -> str:
    """`2026-06-30T08:00:00Z`: the one spelling of an instant in ledgers, manifests and dbt vars."""
    text = moment.astimezone(UTC).isoformat(timespec="microseconds" if moment.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def second(moment: datetime) -> str:
    """`2026-06-30T08:00:00Z`, rounded down: what filters and names of a vendor's take that knows no more than seconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def naive_utc(moment: datetime) -> datetime:
    """The same instant without a zone: how the lake and the warehouse keep times."""
    return moment.astimezone(UTC).replace(tzinfo=None)
