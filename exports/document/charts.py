"""What a chart in a report shows, as data: how a funnel divides, a value with its interval, and shares now and before.

Three shapes are enough for mail; rendering/png.py draws them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FunnelBar:
    label: str
    advanced: int
    waiting: int
    left: int


@dataclass(frozen=True)
class FunnelChart:
    """Per stage, who reached it: advanced, still waiting, left."""

    rows: tuple[FunnelBar, ...]


@dataclass(frozen=True)
class IntervalBar:
    label: str
    value: float
    low: float
    high: float
    text: str


@dataclass(frozen=True)
class IntervalChart:
    """A value per label with the range it may lie in. `unit` titles the axis; `is_rate` shows 0..1 as per cent."""

    rows: tuple[IntervalBar, ...]
    unit: str
    is_rate: bool = False


@dataclass(frozen=True)
class ShareBar:
    label: str
    now: float
    before: float
    text: str


@dataclass(frozen=True)
class ShareChart:
    """A share per label, now (bar) and in the period before (tick)."""

    rows: tuple[ShareBar, ...]
    now_label: str
    before_label: str


ChartSpec = FunnelChart | IntervalChart | ShareChart
