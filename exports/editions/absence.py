"""What a view model holds instead of figures whose tables no source brings: then a report says so, and never "none"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from exports.document.model import Section
from exports.document.words import listed
from exports.marts import Marts

PartT = TypeVar("PartT")


@dataclass(frozen=True)
class NotLoaded:
    """No source brings these canonical tables."""

    tables: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"Not loaded: no source brings {listed(table.replace('_', ' ') for table in self.tables)}."

    def section(self, name: str, title: str) -> Section:
        return Section(name, title, self.words)


def absent(marts: Marts, *tables: str) -> NotLoaded | None:
    """Those of the canonical tables that were not loaded; None when all were."""
    missing = tuple(table for table in tables if not marts.is_loaded(table))
    return NotLoaded(missing) if missing else None


def loaded(marts: Marts, tables: tuple[str, ...], read: Callable[[], PartT]) -> PartT | NotLoaded:
    """A part of a view model: read where the canonical tables that it is made of were loaded."""
    return absent(marts, *tables) or read()
