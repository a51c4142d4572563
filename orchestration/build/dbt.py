"""dbt inside this process: one parse, then selections of it, and connections closed afterwards.

A dbt process costs five to seven seconds of start-up whatever it builds; here the parsed manifest is reused. dbt-duckdb keeps its
connection open after a run and DuckDB lets one owner write, so `build` closes it: the gate and the publisher open the file next.
`run_results.json` and `dbt retry` are never used: after a kill they speak of an earlier run.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from base.environment import variables as variables_set
from base.errors import FunnelcastError
from base.failures import of_text
from base.faults import fault_point
from base.home import CONFIG_VARIABLE, DBT_PROJECT_DIR, HOME_VARIABLE, Home
from base.personal_data import Place
from base.threads import thread_count
from orchestration.build import idle
from orchestration.build.arguments import IDLE, STAGING, build_arguments, parse_arguments
from orchestration.build.dbt_internals import close_connections, tag_models
from orchestration.build.node_results import NodeResult, clean, in_order

PLACES = (
    Place(
        "build file",
        "deleted and built from the log: a deleted row stays readable in a DuckDB file until its block is used again",
        holds=("payloads",),
        erasure="rebuild",
        format="DuckDB",
        files=("warehouse.duckdb**",),
    ),
    Place("dbt's files", "compiled SQL and the manifest, no rows", format="SQL, JSON", files=("dbt_target/**", "dbt_docs/**")),
)

#: Told of each finished node (unique id, status), from the thread that built it.
OnNode = Callable[[str, str], None]

#: What dbt_project/ reads from the environment. The project is parsed without them: dbt parses all of it again when one has another value than the
#: last time, and nothing that it parses depends on them (a build renders profile and models with what is set then).
VARIABLES = (HOME_VARIABLE, CONFIG_VARIABLE, "FUNNELCAST_MEMORY", "FUNNELCAST_DBT_PROJECT")

#: What dbt keeps of a parse for the next one.
_PARTIAL_PARSE = "partial_parse.msgpack"

#: The parsed project and its manifest.json, once per process.
_parsed: Any = None


def target_path(home: Home) -> Path:
    """Where dbt writes: the home, or dbt's own target folder when there is no home yet (loading definitions creates nothing)."""
    return home.dbt_target if home.root.exists() else DBT_PROJECT_DIR / "target"


def manifest_path(home: Home) -> Path:
    return target_path(home) / "manifest.json"


def parse(home: Home) -> Any:
    """dbt's manifest object, parsed at most once per process; manifest.json is in the home's target path afterwards."""
    global _parsed
    _no_telemetry()
    target = target_path(home)
    if _parsed is None:
        from dbt.cli.main import dbtRunner

        with variables_set(dict.fromkeys(VARIABLES)):
            outcome = dbtRunner().invoke(parse_arguments(DBT_PROJECT_DIR, target))
        if outcome.exception or not outcome.success:
            raise FunnelcastError(
                f"The dbt project does not parse: {clean(str(outcome.exception))}",
                remedy="Correct the model or YAML file named there (dbt_project/).",
            ) from outcome.exception
        _parsed = (outcome.result, manifest_path(home).read_bytes())
    elif not manifest_path(home).exists() or manifest_path(home).read_bytes() != _parsed[1]:
        target.mkdir(parents=True, exist_ok=True)
        manifest_path(home).write_bytes(_parsed[1])
    return _parsed[0]


def parse_for_a_while(home: Home, *, like: Home) -> None:
    """Parse for a home that will be removed, from the newest parse of `like` or of dbt's own target folder: from nothing it takes ten times as long.

    Where `like` has none, dbt's own folder keeps this parse for the next time, if it can be written.
    """
    own = DBT_PROJECT_DIR / "target" / _PARTIAL_PARSE
    kept = [path for path in {target_path(like) / _PARTIAL_PARSE, own} if path.exists()]
    known = max(kept, key=lambda path: path.stat().st_mtime, default=None)
    parsed = home.dbt_target / _PARTIAL_PARSE
    parsed.parent.mkdir(parents=True, exist_ok=True)
    if known:
        shutil.copyfile(known, parsed)
    parse(home)
    if known in (None, own) and parsed.exists():
        with suppress(OSError):
            own.parent.mkdir(exist_ok=True)
            temporary = own.with_name(f".tmp-{os.getpid()}-{own.name}")
            shutil.copyfile(parsed, temporary)
            temporary.replace(own)


def manifest_json(home: Home) -> dict[str, Any]:
    """The manifest as plain data, parsed on demand."""
    parse(home)
    data: dict[str, Any] = json.loads(manifest_path(home).read_text(encoding="utf-8"))
    return data


def build(
    home: Home,
    *,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    variables: Mapping[str, Any],
    target: str | None = None,
    threads: int | None = None,
    on_node: OnNode | None = None,
) -> list[NodeResult]:
    """`dbt build` of a selection: seeds, models and data tests in order. Returns every node's result, also when some failed.

    `variables` are dbt vars (instants as ISO texts; None = the project's default), `threads` the models built at once (None = as base/threads.py
    says). What need not be built (orchestration/build/idle.py) is reported as `no-op`. Raises FunnelcastError only when dbt itself could not
    run; call `raise_on_failure` with the results to turn failures into errors.
    """
    from dbt.cli.main import dbtRunner

    manifest = parse(home)
    absent = idle.without_source(home, manifest.nodes)
    log = idle.StagedLog.read(home, manifest.nodes) if STAGING in select else None
    parsed = log.unchanged() if log else []
    absent_models = idle.models(manifest.nodes, absent)
    tag_models(manifest, IDLE.removeprefix("tag:"), {*absent_models, *parsed})
    arguments = build_arguments(
        DBT_PROJECT_DIR,
        target_path(home),
        select=select,
        exclude=exclude,
        variables={**variables, "idle": absent},
        threads=threads or thread_count(),
        target=target,
        full_refresh=log is not None and log.is_parsed_otherwise(),
    )
    try:
        outcome = dbtRunner(manifest=manifest, callbacks=[_watch(on_node)]).invoke(arguments)
    finally:
        close_connections()
    if outcome.exception is not None:
        if not isinstance(outcome.exception, Exception):
            raise KeyboardInterrupt from outcome.exception  # told to stop, by a person or by SIGTERM
        known = of_text(str(outcome.exception), home)
        raise known or FunnelcastError(
            f"dbt could not run: {clean(str(outcome.exception))}", remedy="If another program has warehouse.duckdb open, close it."
        ) from outcome.exception
    results = [NodeResult.of(result) for result in getattr(outcome.result, "results", [])]
    if log and all(result.is_ok or result.is_warning for result in results):
        log.remember()
    left_alone = [
        NodeResult.left_alone(unique_id) for unique_id in absent_models.values() if _is_selected(manifest.nodes[unique_id], select, exclude)
    ]
    left_alone += [NodeResult.left_alone(f"model.funnelcast.{name}") for name in parsed]
    return in_order(results, left_alone, manifest.nodes)


def _no_telemetry() -> None:
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")


def _watch(on_node: OnNode | None) -> Callable[[Any], None]:
    def callback(event: Any) -> None:
        if event.info.name != "NodeFinished":
            return
        node = event.data.node_info
        if node.resource_type == "model":
            fault_point("transform.mid_dbt")
        if on_node:
            on_node(node.unique_id, node.node_status)

    return callback


def _is_selected(node: Any, select: Sequence[str], exclude: Sequence[str]) -> bool:
    """Whether a model is in one of a run's two selections, or in a person's by its name."""
    if STAGING in select:
        return idle.is_staging(node)
    return node.name in select or (STAGING in exclude and not idle.is_staging(node))
