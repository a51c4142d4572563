"""The gate as blocking asset checks: between the staging models and everything built on them.

One check per staging model. A failed one stops what is downstream in the same run, so nothing is built on it and nothing is published.
"""

# No `from __future__ import annotations` here: Dagster reads the annotations of these functions as types.

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from base import clock
from base.errors import FunnelcastError
from orchestration.assets.keys import node_key, staged_stream
from orchestration.resources import SessionResource

GATE = "gate"


def build_gate(manifest: Mapping[str, Any]) -> dg.AssetChecksDefinition:
    staged = {
        staged_stream(node["name"]): node_key(node)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and staged_stream(node["name"])
    }
    specs = [
        dg.AssetCheckSpec(GATE, asset=key, blocking=True, description="Great Expectations on the newly parsed rows of this stream.")
        for key in sorted(staged.values())
    ]

    @dg.multi_asset_check(name="quality_gate", specs=specs, can_subset=False, pool="warehouse")
    def quality_gate(context: dg.AssetCheckExecutionContext, session: SessionResource) -> Iterator[dg.AssetCheckResult]:
        from ingestion.gate import gate

        work = session.session
        with work.step("gate: Great Expectations on the new rows"):
            report = gate(work.home, work.ops, run_id=work.run.run_id, judged_at=clock.now())
        verdicts = _by_stream(report)
        for stream, key in staged.items():
            failed, metadata = verdicts.get(stream, (False, {"note": "nothing new"}))
            yield dg.AssetCheckResult(asset_key=key, check_name=GATE, passed=not failed, metadata=metadata)
        failed_streams = [f"{kind} {stream}" for (kind, stream), (failed, _) in sorted(verdicts.items()) if failed]
        if failed_streams:
            work.fail(_gate_error(report, failed_streams), during="gate")

    return quality_gate


def _by_stream(report: Any) -> dict[tuple[str, str], tuple[bool, dict[str, Any]]]:
    raise NotImplementedError


def _gate_error(report: Any, failed: list[str]) -> FunnelcastError:
    raise NotImplementedError
