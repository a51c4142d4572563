"""The marts over given core rows: dbt's compiled SQL, run in a DuckDB file that holds nothing else.

A test says the few columns of the few core rows it is about; every other column is null and every other table empty. What runs is the SQL
that a build runs, model by model, so a metric is tested without an ATS, a lake or a mapping in between.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from base.environment import home_variables
from base.home import DBT_PROJECT_DIR, Home

Row = Mapping[str, Any]
AS_OF = datetime.fromisoformat("2026-01-01")

#: Tables without a contract that marts read, with the columns they read.
_PLAIN = {
    "run_clock": {"as_of": "timestamp", "known_at": "timestamp", "time_zone": "varchar"},
    "int_core__sla_terms": {"job_key": "varchar", "need_code": "varchar", "hours": "double", "from_on": "date", "to_on": "date"},
}


@dataclass(frozen=True)
class CompiledProject:
    """Compiled SQL by model name, dbt's nodes by name, and `render`, which turns a piece of Jinja into SQL."""

    sql: Mapping[str, str]
    nodes: Mapping[str, Mapping[str, Any]]

    render: Callable[[str], str]

    def parents(self, name: str) -> list[str]:
        return [parent.split(".")[-1] for parent in self.nodes[name]["depends_on"]["nodes"]]

    def in_order(self, names: Sequence[str]) -> list[str]:
        """`names` and the marts they are built from, parents first."""
        done: list[str] = []

        def visit(name: str) -> None:
            if name in done or not self.is_mart(name):
                return
            for parent in self.parents(name):
                visit(parent)
            done.append(name)

        for name in names:
            visit(name)
        return done

    def is_mart(self, name: str) -> bool:
        return name in self.nodes and self.nodes[name]["fqn"][1] == "marts"


def compile_project(folder: Path, select: Sequence[str], variables: Mapping[str, Any] | None = None) -> CompiledProject:
    """dbt compile of a selection, in this process, with an empty home and configuration below `folder`."""
    from dbt.cli.main import dbtRunner

    from orchestration.build import dbt
    from orchestration.build.dbt_internals import close_connections

    home = Home(folder / "home").prepare()
    (folder / "config" / "mappings").mkdir(parents=True, exist_ok=True)
    with home_variables(home, folder / "config"):
        manifest = dbt.parse(home)
        nodes = dbt.manifest_json(home)["nodes"]

    def compiled(*what: str) -> list[Any]:
        """The nodes that dbt compiled for these arguments."""
        arguments = ["--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR), "--target-path", str(home.dbt_target)]
        arguments += ["--vars", json.dumps(variables or {}), "--quiet", "--no-print", "--no-write-json", "--log-level-file", "none"]
        with home_variables(home, folder / "config"):
            try:
                outcome = dbtRunner(manifest=manifest).invoke(["compile", *what, *arguments])
            finally:
                close_connections()
        if outcome.exception:
            raise outcome.exception
        assert outcome.success, [result.message for result in outcome.result.results if result.message]
        return [result.node for result in outcome.result.results]

    sql = {node.name: node.compiled_code for node in compiled("--select", *select) if node.resource_type == "model"}
    by_name = {node["name"]: node for node in nodes.values() if node["resource_type"] in ("model", "seed")}
    return CompiledProject(sql, by_name, lambda text: str(compiled("--inline", text)[0].compiled_code))


def build_marts(
    project: CompiledProject, folder: Path, given: Mapping[str, Sequence[Row]], marts: Sequence[str], as_of: datetime = AS_OF
) -> duckdb.DuckDBPyConnection:
    """`marts` (and what they are built from) over the `given` rows of core tables, in a new file of `folder`."""
    connection = open_core(project, folder, given, marts, as_of)
    for name in project.in_order(marts):
        relation = project.nodes[name]["relation_name"]
        connection.execute(f"create schema if not exists {relation.rsplit('.', 1)[0]}")
        connection.execute(f"create table {relation} as {project.sql[name]}")
    return connection


def open_core(
    project: CompiledProject, folder: Path, given: Mapping[str, Sequence[Row]], marts: Sequence[str], as_of: datetime = AS_OF
) -> duckdb.DuckDBPyConnection:
    """Every table that `marts` read and that is no mart: empty but for the `given` rows; the clock and the seeds as they are."""
    connection = duckdb.connect(str(folder / "warehouse.duckdb"), config={"threads": 2})
    connection.execute("set TimeZone = 'UTC'")
    given = {
        "run_clock": [{"as_of": as_of, "known_at": datetime.fromisoformat("9999-01-01"), "time_zone": "UTC"}],
        "dim_stages": _stages(),
        **given,
    }
    inputs = {parent for name in project.in_order(marts) for parent in project.parents(name) if not project.is_mart(parent)}
    for name in sorted(inputs):
        node = project.nodes[name]
        connection.execute(f"create schema if not exists {node['relation_name'].rsplit('.', 1)[0]}")
        if node["resource_type"] == "seed":
            path = DBT_PROJECT_DIR / node["original_file_path"]
            connection.execute(f"create table {node['relation_name']} as from read_csv('{path}', header = true)")
            continue
        columns = _PLAIN.get(name) or {column: spec["data_type"] for column, spec in node["columns"].items()}
        declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        connection.execute(f"create table {node['relation_name']} ({declared})")
        insert(connection, node["relation_name"], given.get(name, ()))
    unknown = set(given) - inputs - {"dim_stages"}
    assert not unknown, f"given, but not read by {list(marts)}: {sorted(unknown)}"
    return connection


def insert(connection: duckdb.DuckDBPyConnection, relation: str, rows: Sequence[Row]) -> None:
    """Insert rows of the same columns, as one statement per set of columns."""
    by_columns: dict[tuple[str, ...], list[list[Any]]] = {}
    for row in rows:
        by_columns.setdefault(tuple(row), []).append(list(row.values()))
    for columns, values in by_columns.items():
        import pandas as pd

        frame = pd.DataFrame(values, columns=list(columns))  # noqa: F841 - read by DuckDB below
        connection.execute(f"insert into {relation} by name from frame")


def rows_of(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """The query's rows as dictionaries."""
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _stages() -> list[Row]:
    import csv

    with (DBT_PROJECT_DIR / "seeds/terminology/canonical_stages.csv").open(encoding="utf-8") as file:
        return [
            {
                "stage_code": row["stage_code"],
                "stage_order": int(row["stage_order"]),
                "stage_name": row["stage_label"],
                "is_outreach": row["is_outreach"] == "true",
            }
            for row in csv.DictReader(file)
        ]
