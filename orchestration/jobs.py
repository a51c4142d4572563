"""Two jobs: `daily`, everything in order, one at a time; `reports`, the deliveries that are due, from what is published."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import dagster as dg
from dagster import AssetSelection
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from base.config import Config
from base.home import Home
from base.source_kinds import kind_names, shape_of
from orchestration.assets.keys import kind_of
from orchestration.build.idle import kinds_in_log
from orchestration.instance.dagster_home import DAILY


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


def kinds_in_use(home: Home, config: Config) -> set[str]:
    """Kinds of source that are configured or that the log has records of, with the kinds in whose shape they are read."""
    configured = {source.kind for source in config.sources}
    return configured | {shape_of(kind) for kind in configured} | kinds_in_log(home)


def of_kinds(keys: Iterable[dg.AssetKey], kinds: Collection[str]) -> list[dg.AssetKey]:
    """What a run materializes: all but what belongs to a kind of source that is not in use. A third of a run's events would tell of those."""
    unused = set(kind_names()) - set(kinds)
    return sorted(key for key in keys if kind_of(key) not in unused)
