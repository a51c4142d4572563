"""The gate's verdicts: as typed results, as rows of the operations database, and as a page to open in a browser.

Neither rows nor page hold a value of a record, except codes outside a known set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from jinja2 import Environment, FileSystemLoader, select_autoescape
from sqlalchemy.engine import Engine

from base.clock import iso
from base.ops import Instant, metadata
from base.personal_data import Place, columns_of
from ingestion.gate.drift import Finding, Seen

gate_results = sa.Table(
    "gate_results",
    metadata,
    sa.Column("run_id", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(40), primary_key=True),
    sa.Column("stream", sa.String(64), primary_key=True),
    sa.Column("rule", sa.String(200), primary_key=True),
    sa.Column("severity_code", sa.String(16), nullable=False),
    sa.Column("is_met", sa.Boolean, nullable=False),
    sa.Column("evaluated_count", sa.BigInteger, nullable=False),
    sa.Column("failed_count", sa.BigInteger, nullable=False),
    sa.Column("explanation", sa.Text, nullable=False),
    sa.Column("judged_at", Instant, nullable=False),
)

PLACES = (
    Place(
        "verdicts of the gate",
        "rules and counts; of values only codes that a vendor has added",
        format="text",
        columns=columns_of("gate_results", "run_id", "kind", "stream", "rule", "severity_code", "explanation"),
    ),
    Place("page of the gate", "the same as a page", format="HTML", files=("quality/*",)),
)

PASSED, WARNED, QUARANTINED, BLOCKED = "passed", "warned", "quarantined", "blocked"
#: Of a load that was blocked and whose table is no longer read.
RELEASED = "released"


@dataclass(frozen=True)
class RuleResult:
    """One rule over the new rows of one stream. `severity`: quarantine, warning or blocking; `reasons`: (source, reason, rows) of those that are taken all the same."""

    rule: str
    severity: str
    evaluated_count: int
    failed_count: int
    explanation: str = ""
    reasons: tuple[tuple[str, str, int], ...] = ()

    @property
    def is_met(self) -> bool:
        return self.failed_count == 0


@dataclass(frozen=True)
class StreamVerdict:
    """One stream's new rows, over all sources of its kind. `failed_count` rows went to quarantine; `blocking` says why it must not pass."""

    kind: str
    stream: str
    row_count: int
    failed_count: int
    rules: tuple[RuleResult, ...]
    blocking: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        if self.blocking:
            return BLOCKED
        if self.failed_count:
            return QUARANTINED
        return PASSED if all(rule.is_met for rule in self.rules) else WARNED


@dataclass(frozen=True)
class GateReport:
    """What the gate judged in this run. `blocking`: one sentence per reason not to publish, also from earlier runs that still hold.

    `drift`: how the records' shape differs from earlier ones, as far as it was not known before. `notices`: what else a person should know.
    """

    run_id: str
    judged_at: datetime
    streams: list[StreamVerdict] = field(default_factory=list)
    blocking: list[str] = field(default_factory=list)
    drift: list[Finding] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def is_passed(self) -> bool:
        return not self.blocking


def store(ops: Engine, report: GateReport) -> None:
    """Write the report's rules as rows; a repeated run replaces its own."""
    rows = [
        {
            "run_id": report.run_id,
            "kind": verdict.kind,
            "stream": verdict.stream,
            "rule": result.rule,
            "severity_code": result.severity,
            "is_met": result.is_met,
            "evaluated_count": result.evaluated_count,
            "failed_count": result.failed_count,
            "explanation": result.explanation,
            "judged_at": report.judged_at,
        }
        for verdict in report.streams
        for result in verdict.rules
    ]
    if not rows:
        return
    judged = [(verdict.kind, verdict.stream) for verdict in report.streams]
    with ops.begin() as connection:
        for kind, stream in judged:
            of_stream = (gate_results.c.run_id == report.run_id) & (gate_results.c.kind == kind) & (gate_results.c.stream == stream)
            connection.execute(gate_results.delete().where(of_stream))
        connection.execute(gate_results.insert(), rows)


def write_page(folder: Path, ops: Engine, blocking: Sequence[str], drift: Sequence[Seen] = (), unjoined: Sequence[object] = ()) -> Path:
    """Write index.html: what is broken, then `drift`, then ids that join nothing (ingestion/gate/unjoined.py), then of each stream its newest verdict.

    Returns its path.
    """
    with ops.connect() as connection:
        newest = (
            sa.select(gate_results.c.kind, gate_results.c.stream, sa.func.max(gate_results.c.judged_at).label("judged_at"))
            .group_by(gate_results.c.kind, gate_results.c.stream)
            .subquery()
        )
        same = (
            (gate_results.c.kind == newest.c.kind)
            & (gate_results.c.stream == newest.c.stream)
            & (gate_results.c.judged_at == newest.c.judged_at)
        )
        query = sa.select(gate_results).join(newest, same)
        rows = connection.execute(
            query.order_by(gate_results.c.kind, gate_results.c.stream, gate_results.c.is_met, gate_results.c.rule)
        ).all()
    streams: dict[tuple[str, str], list[sa.Row[tuple[object, ...]]]] = {}
    for row in rows:
        streams.setdefault((row.kind, row.stream), []).append(row)
    broken = {place: failed for place, rules in streams.items() if (failed := [rule for rule in rules if not rule.is_met])}
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape(default=True))
    environment.filters["iso"] = iso
    page = environment.get_template("page.html.j2").render(
        streams=streams, broken=broken, blocking=blocking, drift=drift, unjoined=unjoined
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "index.html"
    temporary = folder / ".tmp-index.html"
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(path)
    return path
