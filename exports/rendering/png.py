"""Charts as PNG, from data alone: no browser, no network, the same bytes on every machine of one lock.

The font is the one that vl-convert carries (Liberation Sans); the ground is opaque, so that dark mail clients keep the ink readable.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any

from base.errors import DeliveryError
from exports.document.charts import ChartSpec, FunnelChart, IntervalChart, ShareChart
from exports.rendering.cleaning import clean

FONT = "Liberation Sans"
GROUND, INK, QUIET, LINE = "#fcfcfb", "#1f2933", "#616e7c", "#dfe3e8"
STRONG, MIDDLE, PALE = "#22577a", "#e09f3e", "#c9d3dc"
WIDTH = 400
#: A picture above this is refused: three of them must not make a mail heavy.
LARGEST_PNG = 150_000


def png(chart: ChartSpec) -> bytes:
    """The chart as PNG at twice its size in CSS pixels. Raises ValueError above 150 kB."""
    import vl_convert

    chart = _cleaned(chart)
    if isinstance(chart, FunnelChart):
        drawing = _funnel(chart)
    elif isinstance(chart, IntervalChart):
        drawing = _interval(chart)
    else:
        drawing = _share(chart)
    data = _deflated(vl_convert.vegalite_to_png(drawing.to_dict(), scale=2))
    if len(data) > LARGEST_PNG:
        raise DeliveryError(
            f"A chart takes {len(data)} bytes as a picture; the limit for mail is {LARGEST_PNG}",
            remedy="Choose fewer stages in the report's options.",
        )
    return data


def _deflated(data: bytes) -> bytes:
    """The same PNG with its pixels packed by zlib's best effort: a third of what the renderer's fast setting leaves."""
    chunks: list[tuple[bytes, bytes]] = []
    at, pixels = 8, b""
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"IDAT":
            pixels += body
        else:
            chunks.append((kind, body))
    chunks.insert(-1, (b"IDAT", zlib.compress(zlib.decompress(pixels), 9)))
    packed = (len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big") for kind, body in chunks)
    return data[:8] + b"".join(packed)


def _cleaned(chart: ChartSpec) -> ChartSpec:
    """Labels are data; see cleaning.py for why none may reach the renderer as it is."""
    rows: Any = tuple(replace(row, label=clean(row.label)[:60]) for row in chart.rows)
    return replace(chart, rows=rows)


def _funnel(chart: FunnelChart) -> Any:
    import altair as alt

    parts = ("advanced", "waiting", "left")
    values = [
        {"stage": row.label, "part": part, "order": order, "people": getattr(row, part)}
        for row in chart.rows
        for order, part in enumerate(parts)
    ]
    base = alt.Chart(alt.Data(values=values)).encode(y=_labels("stage", chart.rows))
    bars = base.mark_bar(height=18).encode(
        x=alt.X("sum(people):Q", title="applications", axis=alt.Axis(tickCount=5, format=",d")),
        color=alt.Color(
            "part:N",
            scale=alt.Scale(domain=list(parts), range=[STRONG, MIDDLE, PALE]),
            legend=alt.Legend(title=None, orient="top", symbolType="square"),
        ),
        order="order:Q",
    )
    return _dressed(bars, len(chart.rows))


def _interval(chart: IntervalChart) -> Any:
    import altair as alt

    values = [{"label": r.label, "value": r.value, "low": r.low, "high": r.high, "text": r.text} for r in chart.rows]
    base = alt.Chart(alt.Data(values=values)).encode(y=_labels("label", chart.rows))
    axis = alt.Axis(tickCount=5, format=".0%") if chart.is_rate else alt.Axis(tickCount=5)
    scale = alt.Scale(domain=[0, 1]) if chart.is_rate else alt.Scale(domainMin=0)
    layers = (
        base.mark_rule(strokeWidth=6, color=PALE, strokeCap="round").encode(
            x=alt.X("low:Q", title=chart.unit, axis=axis, scale=scale), x2="high:Q"
        ),
        base.mark_circle(size=110, color=STRONG, opacity=1).encode(x=alt.X("value:Q", title=chart.unit)),
        base.mark_text(dy=-13, fontSize=11, color=INK).encode(x="value:Q", text="text:N"),
    )
    return _dressed(alt.layer(*layers), len(chart.rows), step=36)


def _share(chart: ShareChart) -> Any:
    import altair as alt

    values = [{"label": r.label, "now": r.now, "before": r.before, "text": r.text} for r in chart.rows]
    base = alt.Chart(alt.Data(values=values)).encode(y=_labels("label", chart.rows))
    title = f"bar: {chart.now_label}, tick: {chart.before_label}"
    layers = (
        base.mark_bar(height=16, color=STRONG).encode(x=alt.X("now:Q", title=title, axis=alt.Axis(tickCount=5, format=".0%"))),
        base.mark_tick(thickness=3, size=24, color=MIDDLE, opacity=1).encode(x="before:Q"),
    )
    return _dressed(alt.layer(*layers), len(chart.rows))


def _labels(field: str, rows: tuple[Any, ...]) -> Any:
    """A label axis in the order given, never sorted by name."""
    import altair as alt

    return alt.Y(f"{field}:N", sort=[row.label for row in rows], title=None, axis=alt.Axis(labelLimit=150, ticks=False, domain=False))


def _dressed(chart: Any, row_count: int, *, step: int = 28) -> Any:
    return (
        chart.properties(width=WIDTH, height=max(row_count, 1) * step, background=GROUND, padding=14)
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=12, titleFontSize=11, titleFontWeight="normal", labelColor=INK, titleColor=QUIET, gridColor=LINE)
        .configure_legend(labelFontSize=12, labelColor=INK)
    )
