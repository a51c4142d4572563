"""The published state: core and marts as readers see them. Made only by a run whose gate, models and tests all passed."""

# No `from __future__ import annotations` here: Dagster reads the annotations of these functions as types.

from collections.abc import Mapping
from typing import Any

import dagster as dg

from base.clock import iso, now
from base.errors import DamageError
from orchestration.assets.keys import PUBLISHED, node_key
from orchestration.build import dbt, restricted_files
from orchestration.build.arguments import run_variables
from orchestration.resources import SessionResource
from orchestration.run import runs
from orchestration.run.result import Publication
from orchestration.run.session import RunSession
from orchestration.verification.verify import verify_sample

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
        check_specs=[
            dg.AssetCheckSpec("is_complete", asset=PUBLISHED, description="Every core and marts table, with its row count."),
            dg.AssetCheckSpec(
                "home_is_whole",
                asset=PUBLISHED,
                description="`funnelcast verify` over the home; of the log, the parts whose turn it is on this day are read.",
            ),
        ],
    )
    def published(context: dg.AssetExecutionContext, session: SessionResource) -> dg.MaterializeResult:
        work = session.session
        with work.step("publish", writes="publishing"):
            result = publish_run(work)
        with work.step("verify: is the home what was written"):
            return result._replace(check_results=[*result.check_results, look(work)])

    return published


def look(work: RunSession) -> dg.AssetCheckResult:
    """The nightly look. What it finds was no part of what was just published, so it stops nothing; the run counts as failed and the owner hears of it."""
    verdict = verify_sample(work.home, work.ops, now().date())
    for found in verdict.findings:
        work.progress(f"  {found}")
    known = "lake" if work.stopped else ""  # a source that stopped for a damaged part has said so
    damage = [found for found in verdict.findings if found.repair and found.repair != known]
    if damage and work.result.publication:
        more = f" (and {len(damage) - 1} more)" if len(damage) > 1 else ""
        work.fail(
            DamageError(f"Version {work.result.publication.version} is published, but {damage[0].problem}{more}", remedy=damage[0].remedy),
            during="verify",
        )
    return dg.AssetCheckResult(
        check_name="home_is_whole",
        passed=not verdict.findings,
        severity=dg.AssetCheckSeverity.ERROR if damage else dg.AssetCheckSeverity.WARN,
        metadata={**verdict.counts, "findings": [str(found) for found in verdict.findings]},
    )


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
