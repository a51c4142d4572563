"""The editions: each a folder with a view model (numbers), build (queries) and layout (words). `edition(name)` finds one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from base.config import Report
from exports.document.model import Document, Frame
from exports.editions import offer_declines, weekly_funnel
from exports.editions.options import Options, read_options
from exports.marts import Marts


@dataclass(frozen=True)
class Edition:
    """One kind of report. `build` reads published marts alone; `layout` turns its numbers into words."""

    name: str
    title: str
    options: type[Options]
    build: Callable[[Marts, Any, Frame], Any]
    layout: Callable[[Any, Frame], Document]


EDITIONS = {
    edition.name: edition
    for edition in (
        Edition("weekly_funnel", weekly_funnel.TITLE, weekly_funnel.WeeklyFunnelOptions, weekly_funnel.build, weekly_funnel.layout),
        Edition("offer_declines", offer_declines.TITLE, offer_declines.OfferDeclinesOptions, offer_declines.build, offer_declines.layout),
    )
}


def options_of(report: Report) -> Options:
    """The report's options, checked. Raises ConfigError."""
    return read_options(EDITIONS[report.edition].options, report.id, report.options)


def document(marts: Marts, report: Report, frame: Frame) -> Document:
    """The report as a document, from one published version."""
    edition = EDITIONS[report.edition]
    return edition.layout(edition.build(marts, options_of(report), frame), frame)
