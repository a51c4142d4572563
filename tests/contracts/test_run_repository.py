"""The repository itself: the example configuration is valid, asset keys change on purpose only, nothing names the machine it was made on."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from base.home import PROJECT_ROOT
from base.source_kinds import kind_names
from orchestration.assets.keys import kind_of
from orchestration.checked_config import load_config

#: Asset keys: those of everybody here, those of a kind of source with its tests.
SNAPSHOT = Path(__file__).parent / "asset_keys.txt"
KINDS = PROJECT_ROOT / "tests" / "sources"


def tracked_files() -> list[Path]:
    """Files under version control; every file outside ignored folders where there is no git."""
    answer = subprocess.run(["git", "-C", str(PROJECT_ROOT), "ls-files", "-z"], capture_output=True, text=True)
    if answer.returncode == 0 and answer.stdout:
        return [PROJECT_ROOT / name for name in answer.stdout.split("\0") if name and (PROJECT_ROOT / name).is_file()]
    ignored = {".venv", ".git", "demo_home", "target", "__pycache__"}
    return [path for path in PROJECT_ROOT.rglob("*") if path.is_file() and not ignored & set(path.parts)]


def test_the_example_configuration_is_valid() -> None:
    from orchestration.answers.mapping_files import check_mappings

    config = load_config(PROJECT_ROOT / "config")
    assert config.sources
    assert config.reports
    assert not config.company.delivery.enabled
    assert set(check_mappings(config.mappings)) >= {"stages", "reasons", "sources"}


def test_nothing_names_the_machine_it_was_made_on() -> None:
    # Put together here, so that this file does not name them either.
    words = ["/" + "work" + "/", "/" + "root" + "/", "/home/" + "runner", "." + "pyenv"]
    host = socket.gethostname()
    if len(host) > 8:
        words.append(host)
    found = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(PROJECT_ROOT)}: {word}" for word in words if word in text]
    assert not found


def test_no_package_index_is_named() -> None:
    """The locks work with any index: they have hashes and no address."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (PROJECT_ROOT / name).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--index-url|--find-links", text)


def test_no_secret_is_in_the_repository() -> None:
    secret = re.compile(r"xox[bp]-[0-9]{6,}-|AKIA[0-9A-Z]{16}|-----BEGIN (RSA |EC )?PRIVATE KEY|ghp_[A-Za-z0-9]{30,}")
    found = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if secret.search(text):
            found.append(str(path.relative_to(PROJECT_ROOT)))
    assert not found


#: The modules that reach into Dagster and dbt past their public interfaces, with the reason of each.
INTERNALS = ("orchestration/instance/dagster_internals.py", "orchestration/build/dbt_internals.py")
PRODUCT = ("base/", "ingestion/", "exports/", "orchestration/", "sandbox/", "benchmarks/")


@pytest.mark.parametrize(
    ("private", "folders"),
    [(r"\bdagster(_dbt)?(\.\w+)*\._\w", (*PRODUCT, "tests/")), (r"\bdbt\.(?!cli\.main\b)[a-z_.]+ import", PRODUCT)],
    ids=["dagster", "dbt"],
)
def test_one_module_each_reaches_into_dagster_and_dbt(private: str, folders: tuple[str, ...]) -> None:
    """Of dbt, dbt.cli.main (dbtRunner) is the documented interface for programs."""
    found = []
    for path in tracked_files():
        name = str(path.relative_to(PROJECT_ROOT))
        if name.startswith(folders) and path.suffix == ".py" and name not in INTERNALS:
            found += [f"{name}: {line}" for line in path.read_text(encoding="utf-8").splitlines() if re.search(private, line)]
    assert not found


@pytest.fixture(scope="module")
def definitions(manifest: dict[str, Any]) -> Any:
    """Built without home and configuration, from the manifest that the session parsed."""
    from orchestration.definitions import build_definitions

    return build_definitions()


def test_asset_keys_change_on_purpose_only(definitions: Any) -> None:
    """After a wanted change: write the new keys with `python -m tests.contracts.test_run_repository`."""
    assert {path: keys for path, keys in asset_keys(definitions).items() if _read(path) != keys} == {}


def test_dagster_can_load_the_code_location(definitions: Any) -> None:
    """What `dagster definitions validate` and `dg check defs` ask: every job, schedule and resource can be resolved."""
    import dagster as dg

    dg.Definitions.validate_loadable(definitions)


def test_assets_are_grouped_by_layer_and_keyed_by_schema_and_table(definitions: Any) -> None:
    layers = {"raw", "staging", "intermediate", "canonical", "core", "marts", "reports"}
    graph = definitions.resolve_asset_graph()
    nodes = [graph.get(key) for key in graph.get_all_asset_keys()]
    assert {node.group_name for node in nodes} == layers
    assert {len(node.key.path) for node in nodes} == {2}


def test_lineage_runs_from_the_log_to_the_report(definitions: Any) -> None:
    import dagster as dg

    graph = definitions.resolve_asset_graph()
    upstream, found = [dg.AssetKey(["reports", "weekly_funnel"])], set()
    while upstream:
        key = upstream.pop()
        if key not in found:
            found.add(key)
            upstream += graph.get(key).parent_keys
    assert dg.AssetKey(["raw", "greenhouse__applications"]) in found
    assert dg.AssetKey(["marts", "funnel_passthrough"]) in found


def test_the_gate_blocks_every_staging_model(definitions: Any) -> None:
    graph = definitions.resolve_asset_graph()
    gated = {key.asset_key for key in graph.asset_check_keys if key.name == "gate"}
    staged = {key for key in graph.get_all_asset_keys() if key.path[0] == "staging" and re.match(r"stg_(?!config)", key.path[1])}
    assert gated == staged


def test_one_run_writes_at_a_time(definitions: Any) -> None:
    """Everything that opens the build file shares one pool, and both jobs run in one process."""
    daily = definitions.resolve_job_def("daily")
    pools = {node.name: node.definition.pool for node in daily.graph.nodes}
    assert {name: pool for name, pool in pools.items() if not name.startswith("reports__")} == {
        name: "warehouse" for name in pools if not name.startswith("reports__")
    }
    assert daily.executor_def.name == "in_process"


def test_schedules_follow_the_configuration(manifest: dict[str, Any]) -> None:
    from orchestration.definitions import build_definitions

    location = build_definitions(config=load_config(PROJECT_ROOT / "config"))
    schedules = {schedule.name: (schedule.cron_schedule, schedule.execution_timezone) for schedule in location.schedules or []}
    assert schedules == {
        "daily": ("0 4 * * *", "America/New_York"),
        "report_weekly_funnel": ("0 8 * * MON", "America/New_York"),
        "report_offer_declines": ("0 8 1 * *", "America/New_York"),
    }


def asset_keys(definitions: Any) -> dict[Path, list[str]]:
    """Snapshot -> the keys that belong into it, in order."""
    found: dict[Path, list[str]] = {}
    for key in sorted(definitions.resolve_asset_graph().get_all_asset_keys()):
        kind = kind_of(key)
        path = KINDS / kind / SNAPSHOT.name if kind in kind_names() else SNAPSHOT
        found.setdefault(path, []).append(key.to_user_string())
    return found


def _read(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


if __name__ == "__main__":
    from orchestration.definitions import build_definitions

    for path, keys in asset_keys(build_definitions()).items():
        path.write_text("\n".join(keys) + "\n", encoding="utf-8")
