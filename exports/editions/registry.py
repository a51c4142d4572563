"""The editions there are: name in reports.yml -> its definition. A new edition is one folder here and one line below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from base.config import Mistake, Report
from base.registry import Registry

if TYPE_CHECKING:
    from exports.editions.edition import Edition

EDITIONS: Registry[Edition] = Registry(
    "edition",
    {
        "weekly_funnel": "exports.editions.weekly_funnel:EDITION",
        "offer_declines": "exports.editions.offer_declines:EDITION",
    },
)


def check_report(report: Report) -> None:
    """Raises Mistake where reports.yml names no edition, or has options that the edition does not."""
    if report.edition not in EDITIONS:
        raise Mistake(EDITIONS.unknown(report.edition), "edition", remedy=EDITIONS.remedy(report.edition))
    EDITIONS[report.edition].check_options(report)
