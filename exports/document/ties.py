"""Superlatives: whoever shares the first place is named with it, so that "the most" is never an accident of the order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from exports.document.words import count, listed

RowT = TypeVar("RowT")
_NAMED = 3


def at_the_top(rows: Sequence[RowT], value: Callable[[RowT], object]) -> list[RowT]:
    """The rows, sorted already, that have the first one's value."""
    return [row for row in rows if value(row) == value(rows[0])]


def named(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B, C and 4 more (a tie)`: each name once, in the order given."""
    distinct = list(dict.fromkeys(names))
    shown = distinct[:_NAMED] + ([f"{len(distinct) - _NAMED} more"] if len(distinct) > _NAMED else [])
    return listed(shown) + (" (a tie)" if len(distinct) > 1 else "")


def leaders(counted: Iterable[tuple[str, int]]) -> str:
    """Those with the highest count: `Base salary (3)`, `Base salary and Location (2 each)`; empty when none stands out (all 0, or four share it)."""
    found = list(counted)
    most = max((value for _, value in found), default=0)
    names = [name for name, value in found if value == most]
    return f"{listed(names)} ({count(most)}{' each' if len(names) > 1 else ''})" if most and len(names) <= _NAMED else ""
