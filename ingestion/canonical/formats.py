"""Which stated format fits the values of a column that do not parse as they are: said to people, never guessed from.

`date_format` is what `datetime.strptime` reads (English names of months), `decimal` the mark before the fraction of a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import product

_DAYS = [
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d-%b-%Y",
    "%d/%b/%Y",
    "%m/%d/%y",
    "%d/%m/%y",
    "%d.%m.%y",
    "%d-%b-%y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%Y-%m-%d",
]
_CLOCKS = (
    "",
    " %H:%M",
    " %H:%M:%S",
    " %I:%M %p",
    " %I:%M:%S %p",
    "T%H:%M:%S",
    " %H:%M:%S.%f",
    ", %H:%M",
    ", %I:%M %p",
    " %H:%M %z",
    " %H:%M:%S %z",
)

#: In the order in which they are named. ISO is not among them: what is ISO parses without a format.
DATE_FORMATS = tuple(day + clock for clock, day in product(_CLOCKS, _DAYS) if (day, clock) != ("%Y-%m-%d", ""))
#: Separator of thousands -> what a number with this decimal mark looks like.
_NUMBERS = {
    ",": re.compile(r"[-+]?(\d{1,3}([.' \u00a0]\d{3})+|\d+)(,\d+)?"),
    ".": re.compile(r"[-+]?(\d{1,3}([,' \u00a0]\d{3})+|\d+)(\.\d+)?"),
}


@dataclass(frozen=True)
class Fit:
    """`options`: the values of sources.yml that read the most rows, all equally many: `rows` of `total` that have a value.

    `are_others_mistakes`: no format reads any of the others, so they are written in no other way, but wrong (31.02.2026).
    """

    key: str
    options: tuple[str, ...]
    rows: int
    total: int
    are_others_mistakes: bool = False

    @property
    def can_be_stated(self) -> bool:
        """Whether one format is that of the whole column."""
        return len(self.options) == 1 and (self.rows == self.total or self.are_others_mistakes)

    def reads(self, text: str) -> bool:
        return bool(self.options) and _READS[self.key](text, self.options[0])

    def __str__(self) -> str:
        if not self.options:
            return ""
        names = " and ".join(self.options)
        fits = f"{names} {'fit' if len(self.options) > 1 else 'fits'} {self.rows:,} of {self.total:,} rows"
        if self.rows < self.total:
            fits += ", and no format fits the others" if self.are_others_mistakes else ""
            if not self.can_be_stated:
                return fits
        if len(self.options) > 1:
            return f"{fits}, so the rows do not say which is meant: state it as {self.key}"
        quoted = f'"{self.options[0]}"'
        return f"{fits}: state {self.key}: {quoted}"


def date_fit(texts: Mapping[str, int]) -> Fit:
    """Of a column of dates or times: text -> number of rows."""
    return _fit("date_format", DATE_FORMATS, texts)


def decimal_fit(texts: Mapping[str, int]) -> Fit:
    return _fit("decimal", tuple(_NUMBERS), texts)


@lru_cache(maxsize=65_536)
def read_date(text: str, date_format: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), date_format)  # noqa: DTZ007 - without a zone where the format has none
    except ValueError:
        return None


def read_decimal(text: str, decimal: str) -> str | None:
    """The number as every parser reads it: `1.234,56` -> `1234.56`."""
    text = text.strip()
    if not _NUMBERS[decimal].fullmatch(text):
        return None
    whole, _, fraction = text.partition(decimal)
    digits = re.sub(r"[^\d+-]", "", whole)
    return f"{digits}.{fraction}" if fraction else digits


_READS: dict[str, Callable[[str, str], bool]] = {
    "date_format": lambda text, option: read_date(text, option) is not None,
    "decimal": lambda text, option: read_decimal(text, option) is not None,
}


def _fit(key: str, options: tuple[str, ...], texts: Mapping[str, int]) -> Fit:
    reads = _READS[key]
    total, best = sum(texts.values()), 0
    found: list[str] = []
    for option in options:
        rows = missed = 0
        for text, count in texts.items():
            if reads(text, option):
                rows += count
            else:
                missed += count
                if total - missed < best:
                    break
        if rows > best:
            best, found = rows, [option]
        elif rows and rows == best:
            found.append(option)
    others = [text for text in texts if not any(reads(text, option) for option in found)]
    are_mistakes = total < 2 * best and not any(reads(text, option) for text in others for option in options)
    return Fit(key, tuple(found), best, total, bool(others) and are_mistakes)
