"""Models as a second engine would read them: the project compiled for Spark, parsed without one."""

from __future__ import annotations

from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel

from tests.support.marts import CompiledProject, compile_project

LAYERS = ("canonical", "core", "marts")


def compile_for_spark(folder: Path) -> CompiledProject:
    """Every model behind staging."""
    return compile_project(folder, [f"path:models/{layer}" for layer in LAYERS], {"dialect": "spark"})


def own_tree(sql: str) -> exp.Expression:
    """The model as Spark SQL. Raises on what Spark would not parse."""
    # dbt-duckdb quotes relations with double quotes; the second engine's adapter writes its own.
    return sqlglot.parse_one(sql.replace('"', "`"), read="spark", error_level=ErrorLevel.RAISE)
