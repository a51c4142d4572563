"""When people act: office hours of the company as UTC (13:00 to 21:00, Monday to Friday) for the team, any time for applicants."""

from __future__ import annotations

from sandbox.model import DAY, HOUR
from sandbox.rng import Rng

OPEN, CLOSE = 13 * HOUR, 21 * HOUR
#: 1970-01-01 was a Thursday; Monday is 0.
_EPOCH_WEEKDAY = 3


def weekday(seconds: int) -> int:
    return (seconds // DAY + _EPOCH_WEEKDAY) % 7


def at_work(rng: Rng, seconds: float) -> int:
    """The first working moment at or after `seconds`; an act that waited for the morning happens in its first two hours."""
    moment = int(seconds)
    day, second = divmod(moment, DAY)
    if weekday(moment) < 5 and OPEN <= second < CLOSE:
        return moment
    if second >= CLOSE:
        day += 1
    while (day + _EPOCH_WEEKDAY) % 7 >= 5:
        day += 1
    return day * DAY + OPEN + rng.between(0, 2 * HOUR)
