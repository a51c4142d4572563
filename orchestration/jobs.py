"""Two jobs: `daily`, everything in order, one at a time; `reports`, the deliveries that are due, from what is published."""

from __future__ import annotations

from typing import Any

import dagster as dg
from dagster import AssetSelection

from orchestration.instance.dagster_home import DAILY, REPORTS


def build_jobs() -> list[Any]:
    """Both run in one process: steps share the open run, and a second process could not open the build file.

    (`Any`: Dagster exports no name for what define_asset_job returns.)
    """
    daily = dg.define_asset_job(
        DAILY,
        selection=AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="Load, transform, check, publish and deliver what is due. The same job as `funnelcast run`, with the same options"
        " (resources > session).",
    )
    reports = dg.define_asset_job(
        REPORTS,
        selection=AssetSelection.groups("reports"),
        executor_def=dg.in_process_executor,
        description="Deliver the reports that are due, from the published state. The options of a run have no effect here.",
    )
    return [daily, reports]
