"""Small worlds: a folder of canonical CSV files, loaded and built as a run would, to be asked with SQL.

Expected rows are worked out by hand in the tests. What is built is what ships: ingestion.extract into a home, then dbt in this process.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from base.environment import home_variables
from base.home import DBT_PROJECT_DIR, Home
from base.ops import engine
from orchestration.checked_config import load_config

WORLDS = Path(__file__).resolve().parent.parent / "golden" / "worlds"
#: What parses the log, as in a run.
STAGING = "fqn:funnelcast.staging"
#: The source's name: keys of a world's rows are made with it.
SOURCE = "acme"


def build_world(
    csv_folder: Path,
    home: Path,
    *,
    as_of: datetime,
    select: Sequence[str] = ("+core",),
    variables: Mapping[str, str] | None = None,
    mappings: Mapping[str, str] | None = None,
    exclude: Sequence[str] = (),
    is_gated: bool = False,
    loaded_at: datetime | None = None,
) -> duckdb.DuckDBPyConnection:
    """Load `csv_folder` (canonical files) into `home` and build `select` at `as_of`; the warehouse, opened for reading.

    `variables` are more dbt vars, `mappings` the tenant's mapping files by name. With `is_gated` the quality gate judges the rows in between,
    as it does in a run (seconds of import); without, every row is taken. `loaded_at` (default: `as_of`): when the files were read, which for the
    gate is after all that they say has happened. Raises AssertionError naming what dbt could not build or
    which test failed. A home that was built before is opened as it is, so a world of a session is built once.
    """
    place = Home(home)
    if not place.warehouse.exists():
        place.prepare()
        config = _write_config(home / "config", csv_folder, mappings or {})
        with home_variables(place, config):
            _load(place, config, loaded_at or as_of)
            given = {"as_of": as_of.strftime("%Y-%m-%d %H:%M:%S"), **(variables or {})}
            if is_gated:
                _build(place, [STAGING], given)
                _gate(place, loaded_at or as_of)
                exclude = [*exclude, STAGING]
            else:
                _count_loads(place)
            _build(place, select, given, exclude)
    return duckdb.connect(str(place.warehouse), read_only=True, config={"threads": 2})


def run_unit_tests(home: Path, select: str) -> list[tuple[str, str, str]]:
    """The dbt unit tests of a selection over a built home (its tables give the types): (name, status, message) of each."""
    results = dbt_alone(home, "test", "--select", f"{select},test_type:unit")
    return [(one.node.name, str(one.status), one.message or "") for one in results if one.node.resource_type == "unit_test"]


def dbt_alone(home: Path, *verb: str) -> list[Any]:
    """Results of a dbt command over a home without what a run adds to it (orchestration/build/dbt.py)."""
    from dbt.cli.main import dbtRunner

    from orchestration.build import dbt
    from orchestration.build.dbt_internals import close_connections

    place = Home(home)
    arguments = ["--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR), "--target-path", str(place.dbt_target)]
    arguments += ["--quiet", "--no-write-json", "--log-level-file", "none"]
    with home_variables(place, home / "config"):
        try:
            outcome = dbtRunner(manifest=dbt.parse(place)).invoke([*verb, *arguments])
        finally:
            close_connections()
    if outcome.exception:
        raise outcome.exception
    return list(outcome.result.results)


def _write_config(folder: Path, csv_folder: Path, mappings: Mapping[str, str]) -> Path:
    (folder / "mappings").mkdir(parents=True)
    source = {"name": SOURCE, "kind": "canonical_files", "path": str(csv_folder)}
    (folder / "sources.yml").write_text(json.dumps({"sources": [source]}), encoding="utf-8")
    for name, text in mappings.items():
        (folder / "mappings" / name).write_text(text, encoding="utf-8")
    return folder


def _load(home: Home, config_folder: Path, window_end: datetime) -> None:
    from ingestion.extract.run import extract

    config = load_config(config_folder)
    ops = engine(home)
    try:
        for source in config.sources:
            extract(config, home, ops, source, window_end=window_end)
    finally:
        ops.dispose()


def _count_loads(home: Home) -> None:
    """What the gate brings from the ledger, without its judgement."""
    from ingestion.gate.counts import write_load_counts

    ops = engine(home)
    try:
        with duckdb.connect(str(home.warehouse)) as warehouse:
            warehouse.execute("create schema if not exists quality")
            write_load_counts(warehouse, ops)
    finally:
        ops.dispose()


def _gate(home: Home, judged_at: datetime) -> None:
    from ingestion.gate import gate

    ops = engine(home)
    try:
        gate(home, ops, run_id="world", judged_at=judged_at, fields_read={})
    finally:
        ops.dispose()


def _build(home: Home, select: Sequence[str], variables: Mapping[str, str | None], exclude: Sequence[str] = ()) -> None:
    from orchestration.build import dbt

    results = dbt.build(home, select=select, exclude=exclude, variables=variables)
    broken = [f"{node.name}: {node.message}" for node in results if not node.is_ok and not node.is_warning]
    assert not broken, broken
