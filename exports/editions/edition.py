"""What an edition is: options, a view model built from published marts, and a layout that puts its numbers into words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from base.config import Mistake, Report
from exports.document.model import Document, Frame, Section
from exports.editions.report_options import Options, read_options
from exports.editions.scope import find_scope
from exports.marts import Marts


@dataclass(frozen=True)
class Edition:
    """One kind of report. `build` reads published marts alone; `layout` turns its numbers into words, `sections` each a part of them."""

    title: str
    options: type[Options]
    sections: Mapping[str, Callable[[Any], Section | None]]
    build: Callable[[Marts, Any, Frame], Any]
    layout: Callable[[Any, Frame], Document]

    def check_options(self, report: Report) -> Options:
        """The report's options. Raises Mistake, with the key below the report."""
        try:
            return read_options(self.options, self.sections, report.options)
        except Mistake as mistake:
            raise Mistake(str(mistake), "options", *mistake.key, remedy=mistake.remedy) from None

    def options_of(self, report: Report) -> Options:
        """The report's options, checked. Raises ConfigError."""
        with _named(report):
            return self.check_options(report)

    def check_scope(self, marts: Marts, report: Report) -> None:
        """Raises ConfigError when the slice that the report is about is not published."""
        with _named(report):
            find_scope(marts, self.check_options(report))

    def document(self, marts: Marts, report: Report, frame: Frame) -> Document:
        """The report as a document, from one published version."""
        with _named(report):
            return self.layout(self.build(marts, self.check_options(report), frame), frame)


@contextmanager
def _named(report: Report) -> Iterator[None]:
    """A mistake in a report's options gets the file and the line of the report."""
    try:
        yield
    except Mistake as mistake:
        raise report.error(mistake) from None
