"""The gate as blocking asset checks: between the staging models and everything built on them.

One check per staging model. A failed one stops what is downstream in the same run, so nothing is built on it and nothing is published.
"""

# No `from __future__ import annotations` here: Dagster reads the annotations of these functions as types.

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from base import clock
from base.errors import GateError
from ingestion.gate import StreamVerdict
from ingestion.gate.drift import Finding, Policy
from orchestration.assets.keys import node_key
from orchestration.build.staged import fields_read, staged_stream
from orchestration.resources import SessionResource
from orchestration.run.received import tables_received

GATE = "gate"


def build_gate(manifest: Mapping[str, Any]) -> dg.AssetChecksDefinition:
    nodes = manifest["nodes"].values()
    staged = {stream: node_key(node) for node in nodes if (stream := staged_stream(node))}
    read = fields_read(nodes)
    specs = [
        dg.AssetCheckSpec(GATE, asset=key, blocking=True, description="Great Expectations on the newly parsed rows of this stream.")
        for key in sorted(staged.values())
    ]

    @dg.multi_asset_check(name="quality_gate", specs=specs, can_subset=True, pool="warehouse")
    def quality_gate(context: dg.AssetCheckExecutionContext, session: SessionResource) -> Iterator[dg.AssetCheckResult]:
        from ingestion.gate import gate

        work = session.session
        with work.step("gate: Great Expectations on the new rows"):
            asked = {source.name: str(work.stopped[source.name]) if source.name in work.stopped else None for source in work.sources}
            report = gate(
                work.home,
                work.ops,
                run_id=work.run.run_id,
                judged_at=clock.now(),
                fields_read=read,
                sources=asked,
                read={(stream.source, stream.stream) for stream in work.result.streams},
                configured=frozenset(source.name for source in work.config.sources),
                policy=Policy.of(work.config.company),
            )
            work.result.tables = tables_received(work.home, work.ops, work.config, work.result.streams, report)
            for notice in report.notices:
                work.progress(f"  {notice}")
            for finding in report.drift:
                work.progress(f"  drift: {finding}")
            verdicts = {(verdict.kind, verdict.stream): verdict for verdict in report.streams}
            asked_for = {check.asset_key for check in context.selected_asset_check_keys}
            for stream, key in staged.items():
                if key not in asked_for:
                    continue
                verdict = verdicts.get(stream)
                if verdict and verdict.failed_count:
                    work.progress(_set_aside(verdict, work.home.quality))
                yield dg.AssetCheckResult(
                    asset_key=key,
                    check_name=GATE,
                    passed=verdict is None or not verdict.blocking,
                    metadata=_metadata(verdict) | _drifted(report.drift, stream),
                )
            if not report.is_passed:
                more = f" (and {len(report.blocking) - 1} more)" if len(report.blocking) > 1 else ""
                raise GateError(
                    f"The quality gate blocks publishing: {report.blocking[0]}{more}",
                    remedy=f"Readers still see the last good state; every verdict is in {work.home.quality / 'index.html'}.",
                )

    return quality_gate


def _set_aside(verdict: StreamVerdict, page: Path) -> str:
    """The sentence for the terminal: how many rows of a stream are in quarantine, and why (rules, never values of a record)."""
    rules = ", ".join(f"{rule.rule} {rule.failed_count:,}" for rule in verdict.rules if rule.severity == "quarantine" and not rule.is_met)
    return f"  {verdict.stream}: {verdict.failed_count:,} of {verdict.row_count:,} rows quarantined ({rules}); see {page / 'index.html'}"


def _drifted(drift: Sequence[Finding], stream: tuple[str, str]) -> dict[str, Any]:
    findings = [str(finding) for finding in drift if (finding.kind, finding.stream) == stream]
    return {"drift": "; ".join(findings)} if findings else {}


def _metadata(verdict: StreamVerdict | None) -> dict[str, Any]:
    if verdict is None:
        return {"note": "no new rows"}
    broken = {rule.rule: rule.failed_count for rule in verdict.rules if not rule.is_met}
    return {"status": verdict.status, "rows": verdict.row_count, "quarantined": verdict.failed_count, "rules": len(verdict.rules), **broken}
