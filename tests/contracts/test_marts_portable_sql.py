"""Canonical, core and marts compiled for a second engine: what is not portable sits in macros/dialect or in staging, and nowhere else."""

from __future__ import annotations

import re

import pytest
import sqlglot
from sqlglot import exp

from tests.support.marts import CompiledProject
from tests.support.spark_sql import own_tree

pytestmark = pytest.mark.xdist_group("spark_sql")

#: Functions of DuckDB that Spark does not have; sqlglot parses unknown functions, so they are looked for by name.
FOREIGN = {
    "epoch_us", "to_microseconds", "to_months", "quantile_cont", "median", "string_agg", "arg_max", "arg_min", "list", "list_value",
    "bool_or_agg", "timezone", "strptime", "json_extract", "json_extract_string", "regexp_matches", "read_csv", "read_parquet", "unnest",
}  # fmt: skip


def test_every_model_behind_staging_parses_as_spark_sql(for_spark: CompiledProject) -> None:
    problems = []
    for name, sql in for_spark.sql.items():
        try:
            own_tree(sql)
        except sqlglot.errors.SqlglotError as error:
            problems.append(f"{name}: {str(error)[:300]}")
    assert not problems, "\n".join(problems)
    assert len(for_spark.sql) > 60


def test_no_model_of_core_and_marts_calls_a_function_that_only_duckdb_has(for_spark: CompiledProject) -> None:
    problems = {
        f"{name}: {node.this}"
        for name, sql in behind_canonical(for_spark).items()
        for node in own_tree(sql).find_all(exp.Anonymous)
        if str(node.this).lower() in FOREIGN
    }
    assert not problems, "\n".join(sorted(problems))


def test_no_model_of_core_and_marts_uses_qualify_or_duckdbs_shorthands(for_spark: CompiledProject) -> None:
    problems = []
    for name, sql in behind_canonical(for_spark).items():
        tree = own_tree(sql)
        problems += [f"{name}: qualify" for _ in tree.find_all(exp.Qualify)]
        problems += [f"{name}: union by name" for node in tree.find_all(exp.SetOperation) if node.args.get("by_name")]
        problems += [f"{name}: group by all" for node in tree.find_all(exp.Group) if node.args.get("all")]
        problems += [f"{name}: {word}" for word in ("::", "exclude (", "filter (") if word in for_spark.nodes[name]["raw_code"].lower()]
    assert not problems, "\n".join(problems)


def test_no_model_names_a_type_that_spark_does_not_have(for_spark: CompiledProject) -> None:
    """`varchar` without a length is an error there; a contract says `string`, SQL asks the dialect."""
    problems = [f"{name}: varchar" for name, sql in for_spark.sql.items() if re.search(r"\bvarchar\b", sql, re.IGNORECASE)]
    for name, node in for_spark.nodes.items():
        known = {"string", "bigint", "integer", "double", "boolean", "date", "timestamp"}
        problems += [
            f"{name}.{column}: {spec['data_type']}"
            for column, spec in node.get("columns", {}).items()
            if spec["data_type"] not in {None, *known}
        ]
    assert not problems, "\n".join(sorted(problems))


def behind_canonical(project: CompiledProject) -> dict[str, str]:
    """Core and marts. A canonical model inlines staging's reading of plain files (macros/lake), which is written for the lake's engine."""
    return {name: sql for name, sql in project.sql.items() if project.nodes[name]["fqn"][1] in ("core", "marts")}
