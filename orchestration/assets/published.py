"""The published state: core and marts as readers see them. Made only by a run whose gate, models and tests all passed."""

# No `from __future__ import annotations` here: Dagster reads the annotations of these functions as types.

from collections.abc import Mapping
from typing import Any

import dagster as dg

from base.clock import iso, now
from orchestration.assets.keys import PUBLISHED, node_key
from orchestration.build import dbt, restricted_files
from orchestration.build.arguments import run_variables
from orchestration.resources import SessionResource
from orchestration.run import runs
from orchestration.run.result import Publication
from orchestration.run.session import RunSession

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
    """Publish the build file under this run's facts, and note version and content hash in the run ledger.

    A rebuild (--known-at, or an as_of older than what readers see) gets its own version folder and does not become current.
    """
    from exports.publish import RunFacts, publish

    run, config = work.run, work.config
    assert run.as_of is not None
    facts = RunFacts(
        run_id=run.run_id,
        as_of=run.as_of,
        known_at=run.known_at,
        published_at=now(),
        config_digest=run.config_digest,
        mappings_digest=run.mappings_digest,
        lock_digest=run.lock_digest,
        git_version=run.code_version,
        time_zone=config.company.time_zone,
        company_name=config.company.name,
    )
    version = publish(work.home, manifest_path=dbt.manifest_path(work.home), facts=facts, make_current=run.known_at is None)
    if version.is_current:
        with work.step("restricted: names, answers, adverse impact"):
            restricted_files.build(work.home, run_variables(config.company, as_of=run.as_of, known_at=run.known_at))
    # Last: an attempt that takes this run up goes on with the reports.
    runs.remember_published(work.ops, run, version=version.version_id, content_hash=version.content_hash)
    work.result.publication = Publication(version.version_id, version.content_hash, str(version.path), version.is_current)
    counts = version.row_counts
    return dg.MaterializeResult(
        PUBLISHED,
        metadata={
            "version": version.version_id,
            "content_hash": version.content_hash,
            "as_of": iso(run.as_of),
            "is_current": version.is_current,
            "tables": len(counts),
            "rows": sum(counts.values()),
            "path": dg.MetadataValue.path(str(version.path)),
        },
        check_results=[dg.AssetCheckResult(check_name="is_complete", passed=len(counts) > 0, metadata=dict(counts))],
    )
