"""No inner join of core drops a row that was accepted: each is listed with the reason why it does not, in inner_joins_of_core.csv.

What is dropped is counted: marts.row_conservation adds up in every build (dbt_project/tests/marts/no_row_is_lost_in_core.sql).
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlglot import exp

from ingestion.canonical.tables import TABLES
from tests.support.marts import CompiledProject
from tests.support.spark_sql import own_tree

pytestmark = pytest.mark.xdist_group("spark_sql")

LIST = Path(__file__).with_name("inner_joins_of_core.csv")
CORE_ROWS = Path(__file__).resolve().parents[2] / "dbt_project/seeds/terminology/core_rows.csv"


def inner_joins(sql: str) -> set[str]:
    """What the query joins so that a row without a match falls away: relations, and subqueries by their alias."""
    return {
        join.this.alias_or_name if isinstance(join.this, exp.Subquery) else join.this.name
        for join in own_tree(sql).find_all(exp.Join)
        if not join.side and join.kind != "CROSS"
    }


def test_an_inner_join_is_seen_in_a_cte_and_a_left_join_is_none() -> None:
    sql = "with a as (select * from x inner join y on x.i = y.i) select * from a left join z on a.i = z.i cross join c join (select 1 as i) as s on s.i = a.i"
    assert inner_joins(sql) == {"y", "s"}


def test_every_inner_join_of_core_has_a_reason(for_spark: CompiledProject) -> None:
    with LIST.open(encoding="utf-8") as file:
        listed = {(row["model"], row["joined"]): row["reason"] for row in csv.DictReader(file)}
    core = {name: sql for name, sql in for_spark.sql.items() if for_spark.nodes[name]["fqn"][1] == "core"}
    found = {(name, joined) for name, sql in core.items() for joined in inner_joins(sql)}
    assert {"not listed": sorted(found - listed.keys()), "no longer there": sorted(listed.keys() - found)} == {
        "not listed": [],
        "no longer there": [],
    }
    assert all(len(reason.split()) > 3 for reason in listed.values())


def test_every_canonical_table_says_what_becomes_of_its_rows_in_core() -> None:
    with CORE_ROWS.open(encoding="utf-8") as file:
        listed = sorted(row["table_name"] for row in csv.DictReader(file))
    assert listed == sorted(name for name, table in TABLES.items() if table.restricted != "eeo")
