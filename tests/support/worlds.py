"""Small worlds: a folder of canonical CSV files, loaded and built as a run would, to be asked with SQL.

Expected rows are worked out by hand in the tests. What is built is what ships: ingestion.extract into a home, then dbt in this process.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb

from base.config import load_config
from base.home import CONFIG_VARIABLE, DBT_PROJECT_DIR, HOME_VARIABLE, Home
from base.ops import engine

WORLDS = Path(__file__).resolve().parent.parent / "golden" / "worlds"
#: What parses the log, as in a run.
STAGING = "+stg_*"
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
) -> duckdb.DuckDBPyConnection:
    """Load `csv_folder` (canonical files) into `home` and build `select` at `as_of`; the warehouse, opened for reading.

    `variables` are more dbt vars, `mappings` the tenant's mapping files by name. With `is_gated` the quality gate judges the rows in between,
    as it does in a run (seconds of import); without, every row is taken. Raises AssertionError naming what dbt could not build or
    which test failed. A home that was built before is opened as it is, so a world of a session is built once.
    """
    place = Home(home)
    if not place.warehouse.exists():
        place.prepare()
        shutil.copy(empty_warehouse(), place.warehouse)
        exclude = [*exclude, *other_kinds()]
        config = _write_config(home / "config", csv_folder, mappings or {})
        with _environment({HOME_VARIABLE: str(home), CONFIG_VARIABLE: str(config)}):
            _load(place, config, as_of)
            given = {"as_of": as_of.strftime("%Y-%m-%d %H:%M:%S"), **(variables or {})}
            if is_gated:
                _build(place, [STAGING], given, other_kinds())
                _gate(place, as_of)
                exclude = [*exclude, STAGING]
            _build(place, select, given, exclude)
    return duckdb.connect(str(place.warehouse), read_only=True, config={"threads": 2})


@cache
def empty_warehouse() -> Path:
    """A build file in which staging is built over an empty lake. Once per process: a world copies it and builds only what it has rows for."""
    folder = Path(tempfile.mkdtemp(prefix="funnelcast-empty-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    place = Home(folder).prepare()
    (folder / "config" / "mappings").mkdir(parents=True)
    with _environment({HOME_VARIABLE: str(folder), CONFIG_VARIABLE: str(folder / "config")}):
        _build(place, ["+path:models/staging"], {"as_of": "2000-01-01 00:00:00"}, ["resource_type:test"])
    return place.warehouse


def other_kinds() -> list[str]:
    """dbt selectors of the staging models of kinds of source that no world has."""
    folders = sorted(path.name for path in (DBT_PROJECT_DIR / "models" / "staging").iterdir() if path.is_dir())
    return [f"path:models/staging/{name}" for name in folders if name not in ("canonical_files", "config", "run", "quality")]


def run_unit_tests(home: Path, select: str) -> list[tuple[str, str, str]]:
    """The dbt unit tests of a selection over a built home (its tables give the types): (name, status, message) of each."""
    from dbt.cli.main import dbtRunner

    from orchestration import dbt

    place = Home(home)
    arguments = ["--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR), "--target-path", str(place.dbt_target)]
    with _environment({HOME_VARIABLE: str(home), CONFIG_VARIABLE: str(home / "config")}):
        runner = dbtRunner(manifest=dbt.parse(place))
        try:
            outcome = runner.invoke(
                ["test", "--select", f"{select},test_type:unit", *arguments, "--quiet", "--no-write-json", "--log-level-file", "none"]
            )
        finally:
            dbt.close_connections()
    if outcome.exception:
        raise outcome.exception
    return [
        (result.node.name, str(result.status), result.message or "")
        for result in outcome.result.results
        if result.node.resource_type == "unit_test"
    ]


def _write_config(folder: Path, csv_folder: Path, mappings: Mapping[str, str]) -> Path:
    (folder / "mappings").mkdir(parents=True)
    source = {"name": SOURCE, "kind": "canonical_files", "path": str(csv_folder)}
    (folder / "sources.yml").write_text(json.dumps({"sources": [source]}), encoding="utf-8")
    for name, text in mappings.items():
        (folder / "mappings" / name).write_text(text, encoding="utf-8")
    return folder


def _load(home: Home, config_folder: Path, window_end: datetime) -> None:
    from ingestion.extract import extract

    config = load_config(config_folder)
    ops = engine(home)
    try:
        for source in config.sources:
            extract(config, home, ops, source, window_end=window_end)
    finally:
        ops.dispose()


def _gate(home: Home, judged_at: datetime) -> None:
    from ingestion.gate import gate

    ops = engine(home)
    try:
        gate(home, ops, run_id="world", judged_at=judged_at)
    finally:
        ops.dispose()


def _build(home: Home, select: Sequence[str], variables: Mapping[str, str | None], exclude: Sequence[str] = ()) -> None:
    from orchestration import dbt

    results = dbt.build(home, select=select, exclude=exclude, variables=variables)
    broken = [f"{node.name}: {node.message}" for node in results if not node.is_ok and not node.is_warning]
    assert not broken, broken


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
