"""How numbers and dates are said in every report: one place, so that two reports never round or spell differently."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from base.words import counted
from exports.document.model import Direction, Figure, Provenance


def half_up(value: float, digits: int = 0) -> Decimal:
    """Rounded half up, as docs/concepts.md asks for figures shown."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def count(value: int) -> str:
    return f"{value:,}"


def percent(rate: float | None) -> str:
    """`38%`; an en dash when there is no rate (nothing to divide by)."""
    return "–" if rate is None else f"{half_up(rate * 100)}%"


def interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{half_up(low * 100)}–{half_up(high * 100)}%"


def days(value: float | None) -> str:
    """`8.5 days`, whole from 20 on; an en dash when unknown."""
    if value is None:
        return "–"
    digits = 0 if value >= 20 else 1
    return f"{half_up(value, digits)} days"


def number(value: float, digits: int = 1) -> str:
    return f"{half_up(value, digits):,}"


def plural(value: int, one: str, many: str | None = None) -> str:
    """`1 offer`, `2 offers`, `no offers`."""
    return counted(value, one, many) if value else f"no {many or one + 's'}"


def of_them(value: int, one: str, many: str) -> str:
    """`1 is`, `2 are`, `none is`: so many of those that were just named."""
    return f"none {one}" if value == 0 else plural(value, one, many)


def rest(hidden: int, one: str, many: str) -> str:
    """`and 3 more offers`: what a list leaves out; empty when it is nothing."""
    return f"and {plural(hidden, one, many)}" if hidden > 0 else ""


def listed(items: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    words = list(items)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def change(now: int, before: int, before_label: str) -> tuple[str, Direction]:
    """`+4 from 54 the week before`: the difference and what it is a difference from."""
    if now == before:
        return f"unchanged from {before_label}", "flat"
    return f"{now - before:+,} from {count(before)} {before_label}", "up" if now > before else "down"


def figure(label: str, now: int, before: int, before_label: str, meaning: str = "") -> Figure:
    text, direction = change(now, before, before_label)
    return Figure(label, count(now), text, direction, meaning)


def day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def day_range(first: date, last: date) -> str:
    """`22–28 June 2026`, `29 June – 5 July 2026`."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} – {day(last)}"
    return f"{day(first)} – {day(last)}"


def quarter(first_day: date) -> str:
    """`Q2 2026`."""
    return f"Q{(first_day.month - 1) // 3 + 1} {first_day.year}"


def instant(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M} {zone}"


def note(run_note: str, provenance: Provenance) -> str:
    """What stands at the top of every report when its figures are not what a reader would take them for; empty else."""
    stale = listed(source for source, _ in provenance.stale_since)
    missing = (
        f"{stale} could not be read recently: what has happened there since is not in these figures. The footer says since when."
        if stale
        else ""
    )
    return " ".join(part for part in (run_note, missing) if part)


def provenance_lines(provenance: Provenance, coverage: Iterable[str]) -> tuple[str, ...]:
    """The footer of every report."""
    known = (
        f"what was known by {instant(provenance.known_at, provenance.time_zone)}"
        if provenance.known_at
        else "everything known at that time"
    )
    return (
        f"Data as of {instant(provenance.as_of, provenance.time_zone)}; later events are not counted. It includes {known}.",
        f"Published version {provenance.version_id}. Figures match the core and marts tables of that version.",
        *(
            f"{source} could not be read: its rows have been stale since {instant(since, provenance.time_zone)}."
            for source, since in provenance.stale_since
        ),
        *coverage,
    )


def week_before(as_of: datetime, zone: str) -> tuple[date, date]:
    """First and last day of the seven whole local days that end before as_of's day: on a Monday, the calendar week before."""
    today = as_of.astimezone(ZoneInfo(zone)).date()
    return today - timedelta(days=7), today - timedelta(days=1)


def first_instant(value: date, zone: str) -> datetime:
    """The day's first instant in `zone`, as naive UTC (how timestamps are published)."""
    local = datetime(value.year, value.month, value.day, tzinfo=ZoneInfo(zone))
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
