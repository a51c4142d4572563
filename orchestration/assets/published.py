"""The published state: core and marts as readers see them. Made only by a run whose gate, models and tests all passed."""

# No `from __future__ import annotations` here: Dagster reads the annotations of these functions as types.

from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.assets.keys import PUBLISHED, node_key
from orchestration.resources import SessionResource
from orchestration.session import RunSession

PUBLIC_SCHEMAS = ("core", "marts")


def published_state(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model" and node["schema"] in PUBLIC_SCHEMAS]

    @dg.asset(
        key=PUBLISHED,
        group_name="marts",
        deps=[dg.AssetDep(node_key(node)) for node in models],
        pool="warehouse",
        kinds={"duckdb", "parquet"},
        description="published/current: a DuckDB file, Parquet and a manifest, replaced by one rename.",
        check_specs=[dg.AssetCheckSpec("is_complete", asset=PUBLISHED, description="Every core and marts table, with its row count.")],
    )
    def published(context: dg.AssetExecutionContext, session: SessionResource) -> dg.MaterializeResult:
        with session.session.step("publish"):
            return publish_run(session.session)

    return published


def publish_run(work: RunSession) -> dg.MaterializeResult:
    raise NotImplementedError
