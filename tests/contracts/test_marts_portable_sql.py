"""Canonical, core and marts compiled for a second engine: what is not portable sits in macros/dialect or in staging, and nowhere else."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot.errors import ErrorLevel

from tests.support.marts import CompiledProject, compile_project

LAYERS = ("canonical", "core", "marts")
#: Functions of DuckDB that Spark does not have; sqlglot parses unknown functions, so they are looked for by name.
FOREIGN = {
    "epoch_us", "to_microseconds", "to_months", "quantile_cont", "median", "string_agg", "arg_max", "arg_min", "list", "list_value",
    "bool_or_agg", "timezone", "strptime", "json_extract", "json_extract_string", "regexp_matches", "read_csv", "read_parquet", "unnest",
}  # fmt: skip


@pytest.fixture(scope="module")
def for_spark(tmp_path_factory: pytest.TempPathFactory) -> CompiledProject:
    return compile_project(tmp_path_factory.mktemp("spark"), [f"path:models/{layer}" for layer in LAYERS], {"dialect": "spark"})


def test_every_model_behind_staging_parses_as_spark_sql(for_spark: CompiledProject) -> None:
    problems = []
    for name, sql in for_spark.sql.items():
        try:
            sqlglot.parse_one(_without_quotes(sql), read="spark", error_level=ErrorLevel.RAISE)
        except sqlglot.errors.SqlglotError as error:
            problems.append(f"{name}: {str(error)[:300]}")
    assert not problems, "\n".join(problems)
    assert len(for_spark.sql) > 60


def test_no_model_behind_staging_calls_a_function_that_only_duckdb_has(for_spark: CompiledProject) -> None:
    problems = []
    for name, sql in for_spark.sql.items():
        for node in sqlglot.parse_one(_without_quotes(sql), read="spark").find_all(sqlglot.exp.Anonymous):
            if str(node.this).lower() in FOREIGN:
                problems.append(f"{name}: {node.this}")
    assert not problems, "\n".join(sorted(set(problems)))


def test_no_model_behind_staging_uses_qualify_or_duckdbs_shorthands(for_spark: CompiledProject) -> None:
    problems = []
    for name, sql in for_spark.sql.items():
        tree = sqlglot.parse_one(_without_quotes(sql), read="spark")
        if any(True for _ in tree.find_all(sqlglot.exp.Qualify)):
            problems.append(f"{name}: qualify")
        lowered = " ".join(sql.lower().split())
        problems += [
            f"{name}: {word}" for word in ("::", "group by all", " semi join repeated", "exclude (", "union all by name") if word in lowered
        ]
    assert not problems, "\n".join(problems)


def _without_quotes(sql: str) -> str:
    """dbt-duckdb quotes relations with double quotes, which the second engine's adapter would write in its own way."""
    return sql.replace('"', "`")
