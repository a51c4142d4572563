"""What an edition is: options, a view model built from published marts, and a layout that puts its numbers into words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from base.config import Mistake, Report
from exports.document.model import Document, Frame, Section
from exports.editions.report_options import Options, read_options
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
        try:
            return self.check_options(report)
        except Mistake as mistake:
            raise report.error(mistake) from None

    def document(self, marts: Marts, report: Report, frame: Frame) -> Document:
        """The report as a document, from one published version."""
        return self.layout(self.build(marts, self.options_of(report), frame), frame)
