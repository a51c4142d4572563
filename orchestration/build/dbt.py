"""dbt inside this process: one parse, then selections of it, and connections closed afterwards.

A dbt process costs five to seven seconds of start-up whatever it builds; here the parsed manifest is reused. dbt-duckdb keeps its
connection open after a run and DuckDB lets one owner write, so `build` closes it: the gate and the publisher open the file next.
`run_results.json` and `dbt retry` are never used: after a kill they speak of an earlier run.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from base.environment import variables as variables_set
from base.errors import FunnelcastError, GateError
from base.faults import fault_point
from base.home import CONFIG_VARIABLE, DBT_PROJECT_DIR, HOME_VARIABLE, Home
from base.personal_data import Place
from orchestration.build import idle

#: The first selection: what parses the log, by its folder. The gate judges it before anything is built on it.
STAGING = "fqn:funnelcast.staging"

#: Unit tests need no data and belong to development (`make test`), not to a production run.
_NEVER = "resource_type:unit_test"

#: What this build need not build (orchestration/build/idle.py); a tag of the manifest in memory only.
_IDLE = "tag:idle"

#: What the target `restricted` alone can build, into files of its own (orchestration/build/restricted_files.py).
RESTRICTED = "tag:restricted"

_QUIET = [
    "--quiet",
    "--no-use-colors",
    "--no-print",
    "--log-level",
    "none",
    # Database errors quote values of records; none of them goes to a file.
    "--log-level-file",
    "none",
    "--no-send-anonymous-usage-stats",
    "--no-version-check",
]

#: The parsed project, once per process. Nothing in it depends on a home or a configuration: what reads the environment does so when it runs.
_parsed: Any = None

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


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node. `failures` counts a test's failing rows; `message` is cleaned of data."""

    unique_id: str
    resource_type: str
    status: str
    seconds: float
    failures: int
    message: str

    @property
    def name(self) -> str:
        return self.unique_id.split(".")[2]

    @property
    def is_ok(self) -> bool:
        return self.status in ("success", "pass", "no-op")

    @property
    def is_warning(self) -> bool:
        return self.status == "warn"

    @property
    def is_skipped(self) -> bool:
        return self.status == "skipped"


OnNode = Callable[[str, str], None]


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

        # The same for every home, and dbt must see that it is: it parses all again when a variable that a profile names has changed.
        with variables_set({HOME_VARIABLE: None, CONFIG_VARIABLE: None}):
            outcome = dbtRunner().invoke(["parse", *_common(target)])
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
    on_node: OnNode | None = None,
) -> list[NodeResult]:
    """`dbt build` of a selection: seeds, models and data tests in order. Returns every node's result, also when some failed.

    `variables` are dbt vars (instants as ISO texts; None = the project's default). What need not be built (orchestration/build/idle.py) is
    reported as `no-op`. Raises FunnelcastError only when dbt itself could not run; call `raise_on_failure` with the results to turn failures
    into errors.
    """
    from dbt.cli.main import dbtRunner

    manifest = parse(home)
    absent = idle.without_source(home, manifest.nodes)
    log = idle.StagedLog.read(home, manifest.nodes) if STAGING in select else None
    parsed = log.unchanged() if log else []
    absent_models = idle.models(manifest.nodes, absent)
    _tag_idle(manifest, [*absent_models, *parsed])
    arguments = ["build", *_common(target_path(home)), "--no-write-json", "--exclude", _NEVER, _IDLE, *exclude]
    arguments += ["--target", target] if target else [RESTRICTED]
    if select:
        arguments += ["--select", *select]
    if log and log.is_parsed_otherwise():
        arguments.append("--full-refresh")
    given = {name: value for name, value in variables.items() if value is not None}
    arguments += ["--vars", json.dumps({**given, "idle": absent})]
    try:
        outcome = dbtRunner(manifest=manifest, callbacks=[_watch(on_node)]).invoke(arguments)
    finally:
        close_connections()
    if outcome.exception is not None:
        if not isinstance(outcome.exception, Exception):
            raise KeyboardInterrupt from outcome.exception  # told to stop, by a person or by SIGTERM
        raise FunnelcastError(
            f"dbt could not run: {clean(str(outcome.exception))}", remedy="If another program has warehouse.duckdb open, close it there."
        ) from outcome.exception
    results = [_result(result) for result in getattr(outcome.result, "results", [])]
    if log and all(result.is_ok or result.is_warning for result in results):
        log.remember()
    left_alone = [
        _left_alone(unique_id) for unique_id in absent_models.values() if _is_selected(manifest.nodes[unique_id], select, exclude)
    ]
    return _in_order(results, [*left_alone, *(_left_alone(f"model.funnelcast.{name}") for name in parsed)], manifest.nodes)


def raise_on_failure(results: Sequence[NodeResult]) -> None:
    """GateError for the first failed test, FunnelcastError for the first model that could not be built; warnings pass."""
    failed = [result for result in results if not (result.is_ok or result.is_warning or result.is_skipped)]
    if not failed:
        return
    broken = [result for result in failed if result.resource_type != "test"]
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    if broken:
        first = broken[0]
        raise FunnelcastError(
            f"dbt {first.resource_type} '{first.name}' could not be built{more}: {first.message}",
            remedy="Nothing was published; correct the model or the data it reads and run again.",
        )
    first = failed[0]
    found = f"found {first.failures} rows" if first.failures else first.message
    raise GateError(
        f"dbt test '{first.name}' {found}{more}",
        remedy="Nothing was published; the last good state stays. The test's description in dbt_project/ says what it guards.",
    )


def close_connections() -> None:
    """Close dbt-duckdb's process-wide connection, so that the next step may open the build file."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
        DuckDBConnectionManager.close_all_connections()


def clean(message: str) -> str:
    """A database message fit for a log: its telling line, without quoted values (they may be a candidate's)."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    telling = next((line for line in lines if re.match(r"(\w+ )?\w*Error: ", line)), None)
    text = telling or " ".join(lines[:3]) or "no message"
    text = re.sub(r"""(string|value|key|record) (["']).*?\2""", r"\1 '...'", text, flags=re.IGNORECASE)
    return text[:300].rstrip(".")


def _common(target: Path) -> list[str]:
    project = str(DBT_PROJECT_DIR)
    return ["--project-dir", project, "--profiles-dir", project, "--target-path", str(target), "--log-path", str(target), *_QUIET]


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


def _in_order(results: Sequence[NodeResult], left_alone: Sequence[NodeResult], nodes: Mapping[str, Any]) -> list[NodeResult]:
    """All results as if every model had been built: parents before children. What dbt built comes in that order already."""
    place = {result.unique_id: (number, 0) for number, result in enumerate(results)}
    waiting = {result.unique_id for result in left_alone}

    def placed(unique_id: str) -> tuple[int, int]:
        if unique_id not in place:
            parents = [placed(parent) for parent in nodes[unique_id].depends_on.nodes if parent in place or parent in waiting]
            last, depth = max(parents, default=(-1, 0))
            place[unique_id] = (last, depth + 1)
        return place[unique_id]

    return sorted([*results, *left_alone], key=lambda result: placed(result.unique_id))


def _is_selected(node: Any, select: Sequence[str], exclude: Sequence[str]) -> bool:
    """Whether a model is in one of a run's two selections, or in a person's by its name."""
    if STAGING in select:
        return idle.is_staging(node)
    return node.name in select or (STAGING in exclude and not idle.is_staging(node))


def _tag_idle(manifest: Any, names: Sequence[str]) -> None:
    """Give these models the tag, and no other: dbt looks through all nodes for each selector that it is given (a fifth of a small run for 70)."""
    for node in manifest.nodes.values():
        if node.resource_type == "model":
            node.tags = [tag for tag in node.tags if f"tag:{tag}" != _IDLE]
            if node.name in names:
                node.tags.append(_IDLE.removeprefix("tag:"))


def _left_alone(unique_id: str) -> NodeResult:
    return NodeResult(unique_id, "model", "no-op", 0.0, 0, "the log has nothing for it, or nothing new")


def _result(result: Any) -> NodeResult:
    node = result.node
    return NodeResult(
        unique_id=node.unique_id,
        resource_type=str(getattr(node.resource_type, "value", node.resource_type)),
        status=str(getattr(result.status, "value", result.status)),
        seconds=float(result.execution_time or 0),
        failures=int(result.failures or 0),
        message=clean(result.message or ""),
    )
