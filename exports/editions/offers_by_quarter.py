"""Offers by quarter: the part of the marts that several reports show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from exports.document import words
from exports.document.charts import IntervalBar, IntervalChart
from exports.document.model import Cell, Column, Picture, Table
from exports.editions.scope import Scope
from exports.marts import Marts


@dataclass(frozen=True)
class QuarterOffers:
    """marts.offer_acceptance of one quarter of first extension; declined_in_period_count is dated by the decline instead."""

    quarter: date
    extended_count: int
    open_count: int
    accepted_count: int
    declined_count: int
    expired_count: int
    acceptance_rate: float | None
    acceptance_rate_low: float | None
    acceptance_rate_high: float | None
    declined_in_period_count: int

    @property
    def decided_count(self) -> int:
        return self.accepted_count + self.declined_count + self.expired_count


def quarters(marts: Marts, scope: Scope, shown: int) -> tuple[QuarterOffers, ...]:
    """The newest `shown` quarters with an offer extended or settled, oldest first."""
    newest_first = marts.rows(
        QuarterOffers,
        """
        select
            quarter, extended_count, open_count, accepted_count, declined_count, expired_count,
            acceptance_rate, acceptance_rate_low, acceptance_rate_high, declined_in_period_count
        from marts.offer_acceptance
        where slice_type = $slice_type and slice_key = $slice_key
        order by quarter desc
        limit $shown
        """,
        scope.parameters | {"shown": shown},
    )
    return tuple(reversed(newest_first))


def acceptance_table(rows: tuple[QuarterOffers, ...]) -> Table:
    return Table(
        "Acceptance by quarter of first extension; rescinded and open offers are not in the rate",
        (Column("Quarter"), Column("Accepted", True), Column("Rate (95%)", True)),
        tuple(
            (
                Cell(words.quarter(q.quarter), f"{q.extended_count} extended, {q.open_count} open"),
                Cell(f"{q.accepted_count} of {q.decided_count}", f"{q.declined_count} declined, {q.expired_count} expired"),
                Cell(words.percent(q.acceptance_rate), words.interval(q.acceptance_rate_low, q.acceptance_rate_high)),
            )
            for q in rows
        ),
    )


def acceptance_picture(rows: tuple[QuarterOffers, ...]) -> Picture | None:
    """Rates with their intervals; none when fewer than two quarters have a rate."""
    rated = [q for q in rows if q.acceptance_rate is not None]
    if len(rated) < 2:
        return None
    alt = "Offer acceptance: " + "; ".join(
        f"{words.quarter(q.quarter)} {words.percent(q.acceptance_rate)} ({q.accepted_count} of {q.decided_count})" for q in rated
    )
    bars = tuple(
        IntervalBar(
            words.quarter(q.quarter),
            q.acceptance_rate or 0.0,
            q.acceptance_rate_low or 0.0,
            q.acceptance_rate_high or 0.0,
            words.percent(q.acceptance_rate),
        )
        for q in rated
    )
    return Picture("offer_acceptance", alt, IntervalChart(bars, "accepted of decided offers, with the 95% interval", is_rate=True))
