"""Two jobs: `daily`, everything in order, one at a time; `reports`, the deliveries that are due, from what is published."""

from __future__ import annotations

import dagster as dg
from dagster import AssetSelection
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from orchestration.instance import DAILY


def build_jobs() -> tuple[UnresolvedAssetJobDefinition, UnresolvedAssetJobDefinition]:
    """(daily, reports). Both run in one process: steps share the open run, and a second process could not open the build file."""
    daily = dg.define_asset_job(
        DAILY,
        selection=AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="Load, transform, check, publish and deliver what is due. The same job as `funnelcast run`.",
    )
    reports = dg.define_asset_job(
        "reports",
        selection=AssetSelection.groups("reports"),
        executor_def=dg.in_process_executor,
        description="Deliver the reports that are due, from the published state.",
    )
    return daily, reports
