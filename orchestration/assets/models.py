"""Every dbt seed, model and data test as Dagster assets and checks, in two operations: the staging models, then the rest.

dagster-dbt supplies specs and lineage from the manifest; the build itself is orchestration/build/dbt.py, in this process. Between the two
operations stands the gate (orchestration/checks.py). Not here: which models exist (dbt_project) or how a run keeps its clocks.
"""

# No `from __future__ import annotations` here: Dagster reads the annotations of these functions as types.

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject, dbt_assets

from base.errors import DamageError
from ingestion.gate.drift import Policy
from ingestion.gate.unjoined import show_unjoined
from ingestion.log.damage import REPAIR
from orchestration.assets.keys import node_key, of_kinds, raw_keys
from orchestration.build import dbt, staging_parts
from orchestration.build.arguments import RESTRICTED, STAGING, run_variables
from orchestration.build.idle import kinds_in_use
from orchestration.build.node_results import NodeResult, raise_on_failure
from orchestration.build.staged import staged_stream
from orchestration.resources import SessionResource
from orchestration.run.progress import update
from orchestration.run.session import RunSession

LAYERS = ("raw", "staging", "intermediate", "canonical", "core", "marts", "reports")


class LayerTranslator(DagsterDbtTranslator):
    """Key = [schema, table]; group = layer, the first folder (seeds and the clock count as staging); staging models depend on the log."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_asset_checks=True, enable_code_references=False))

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        node = manifest["nodes"].get(unique_id) or manifest["sources"][unique_id]
        layer = node["fqn"][1]
        spec = super().get_asset_spec(manifest, unique_id, project)
        stream = staged_stream(node)
        deps = [*spec.deps, *(dg.AssetDep(key) for key in raw_keys(*stream))] if stream else spec.deps
        return spec.replace_attributes(key=node_key(node), group_name=layer if layer in LAYERS else "staging", deps=deps)


def build_dbt_assets(manifest: Mapping[str, Any]) -> list[dg.AssetsDefinition]:
    """The two operations `dbt_staging` and `dbt_models` over one manifest."""
    translator = LayerTranslator()

    @dbt_assets(manifest=manifest, name="dbt_staging", select=STAGING, dagster_dbt_translator=translator, pool="warehouse")
    def dbt_staging(context: dg.AssetExecutionContext, session: SessionResource) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        with session.session.step("dbt: staging", writes="parsing the log"):
            session.session.check_sources()
            _check_parts(session.session)
            yield from _build(context, session.session, manifest, select=[STAGING])

    @dbt_assets(
        manifest=manifest,
        name="dbt_models",
        select="fqn:*",
        exclude=f"{STAGING} {RESTRICTED} resource_type:unit_test",
        dagster_dbt_translator=translator,
        pool="warehouse",
    )
    def dbt_models(context: dg.AssetExecutionContext, session: SessionResource) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        with session.session.step("dbt: canonical, core, marts and their tests", writes="building the models"):
            yield from _build(context, session.session, manifest, exclude=[STAGING])
            show_unjoined(session.session.home, session.session.ops, Policy.of(session.session.config.company))

    return [dbt_staging, dbt_models]


def _build(
    context: dg.AssetExecutionContext,
    session: RunSession,
    manifest: Mapping[str, Any],
    *,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    variables = run_variables(session.config.company, as_of=session.as_of(), known_at=session.run.known_at)
    if not select and _is_part(context, session):
        select = [manifest["nodes"][unique_id]["name"] for unique_id in _selected(context, manifest)]
    results = dbt.build(
        session.home,
        select=select,
        exclude=exclude,
        variables=variables,
        on_node=lambda unique_id, status: update(session.progress, f"{unique_id.split('.', 2)[2]} {status}"),
    )
    keys = {node_key(manifest["nodes"][result.unique_id]) for result in results if result.resource_type in ("model", "seed")}
    wanted = context.selected_asset_keys
    checks = {key for key in context.selected_asset_check_keys if key.asset_key in keys or key.asset_key in wanted}
    by_test = _check_keys(manifest)
    for result in results:
        if result.resource_type in ("model", "seed") and result.is_ok:
            key = node_key(manifest["nodes"][result.unique_id])
            if key in wanted:
                yield dg.MaterializeResult(key, metadata={"seconds": result.seconds, "as_of": variables["as_of"]})
        elif result.resource_type == "test" and not result.is_skipped:
            check = by_test.get(result.unique_id)
            if check in checks:
                yield _check_result(check, result)
    for result in results:
        if result.is_warning:
            session.progress(f"  warning: {result.name} found {result.failures} rows")
    raise_on_failure(results)


def _check_parts(session: RunSession) -> None:
    """Parts of the log are held against their checksums before they are parsed. Raises DamageError; a part that is parsed already stops its source only."""
    for part in staging_parts.check(session.home, session.ops, dbt.parse(session.home).nodes):
        session.progress(f"  {part}")
        session.stopped.setdefault(part.load.source, DamageError(str(part), remedy=REPAIR))


def _is_part(context: dg.AssetExecutionContext, session: RunSession) -> bool:
    """Whether a person asked for some models only. A run of all leaves out kinds of source that are not in use, and dbt does so too."""
    if not context.is_subset:
        return False
    everything = context.assets_def.node_keys_by_output_name.values()
    return bool(set(of_kinds(everything, kinds_in_use(session.home, session.config))) - context.selected_asset_keys)


def _selected(context: dg.AssetExecutionContext, manifest: Mapping[str, Any]) -> list[str]:
    wanted = context.selected_asset_keys
    nodes = manifest["nodes"].items()
    return [unique_id for unique_id, node in nodes if node["resource_type"] in ("model", "seed") and node_key(node) in wanted]


def _check_keys(manifest: Mapping[str, Any]) -> dict[str, dg.AssetCheckKey]:
    """dbt test -> asset check, by the model the test is attached to (dagster-dbt names a check after its test)."""
    keys = {}
    for unique_id, node in manifest["nodes"].items():
        if node["resource_type"] != "test":
            continue
        attached = node.get("attached_node")
        upstream = node["depends_on"]["nodes"]
        owner = manifest["nodes"].get(attached or (upstream[0] if len(upstream) == 1 else ""))
        if owner is not None:
            keys[unique_id] = dg.AssetCheckKey(node_key(owner), node["name"])
    return keys


def _check_result(check: dg.AssetCheckKey, result: NodeResult) -> dg.AssetCheckResult:
    severity = dg.AssetCheckSeverity.WARN if result.is_warning else dg.AssetCheckSeverity.ERROR
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=result.is_ok,
        severity=severity,
        metadata={"failing_rows": result.failures},
    )
