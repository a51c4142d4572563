"""A report as every channel sees it: sections of figures, tables, bullets and pictures, in words that are final.

A view model (one per edition) holds typed numbers; its layout turns them into a Document; the renderers (render.py, slack_blocks.py) turn a
Document into HTML, text and Slack blocks. So every channel says the same, and a new report needs no template.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from exports.document.charts import ChartSpec

Direction = Literal["up", "down", "flat", "none"]


@dataclass(frozen=True)
class Figure:
    """One number with its change since the period before, and what it means."""

    label: str
    value: str
    change: str
    direction: Direction = "none"
    meaning: str = ""


@dataclass(frozen=True)
class Figures:
    items: tuple[Figure, ...]


@dataclass(frozen=True)
class Column:
    label: str
    is_number: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell's text and a quieter second line."""

    text: str
    detail: str = ""


@dataclass(frozen=True)
class Table:
    """A real table: caption for screen readers, first cell of a row heads it. `more` says what was cut."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: str = ""


@dataclass(frozen=True)
class Bullet:
    text: str
    detail: str = ""


@dataclass(frozen=True)
class Bullets:
    items: tuple[Bullet, ...]
    more: str = ""


@dataclass(frozen=True)
class Picture:
    """A chart. `alt` states what it shows in numbers; nothing is told by the picture alone."""

    name: str
    alt: str
    chart: ChartSpec


Block = Figures | Table | Bullets | Picture


@dataclass(frozen=True)
class Section:
    """`meaning`: one sentence on what the numbers say. `next_step`: what to do and who owns it. Without blocks, `meaning` says why."""

    id: str
    title: str
    meaning: str
    blocks: tuple[Block, ...] = ()
    next_step: str = ""


@dataclass(frozen=True)
class Document:
    """`subject` differs per period, so that mail clients do not thread editions together."""

    subject: str
    title: str
    company: str
    period: str
    scope: str
    headline: str
    preheader: str
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
    notice: str = ""
    language: str = "en"

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(block for section in self.sections for block in section.blocks if isinstance(block, Picture))


@dataclass(frozen=True)
class Frame:
    """What every edition needs from outside the marts. `now` is not among them: a report is a function of what is published."""

    company: str
    title: str | None = None
    notice: str = ""


@dataclass(frozen=True)
class Provenance:
    """What a footer names, so that any figure can be traced and the report rebuilt."""

    as_of: datetime
    known_at: datetime | None
    version_id: str
    time_zone: str
    #: Sources that the run could not read, each with the moment since which its rows are stale.
    stale_since: tuple[tuple[str, datetime], ...] = ()
