"""The simulated company has something to say in every public table, so that the demo shows all of it."""

from __future__ import annotations

import pytest

from tests.support.company import Company

pytestmark = [pytest.mark.xdist_group("company"), pytest.mark.slow]

#: Table -> why the company leaves it empty.
EMPTY: dict[str, str] = {}


def test_every_table_of_core_and_marts_has_a_row_or_a_reason(company: Company) -> None:
    tables = company.ask("select schema_name || '.' || table_name as name from duckdb_tables() where schema_name in ('core', 'marts')")
    names = sorted(row["name"] for row in tables)
    assert len(names) > 50
    counts = company.ask(" union all ".join(f"select '{name}' as name, count(*) as rows from {name}" for name in names))
    assert {row["name"] for row in counts if row["rows"] == 0} == set(EMPTY)


def test_what_stands_beside_the_process_is_seen_where_it_counts(company: Company) -> None:
    (calibration,) = company.ask("select sum(requested_count) as requests, sum(from_stage_count) as stays from marts.review_calibration")
    assert calibration["requests"] > 100 and calibration["stays"] == 0, "from requests, not from stays in a stage"
    held = company.ask("select is_on_hold, hold_days from marts.requisition_health where risk_code = 'on_hold'")
    assert held and all(row["is_on_hold"] and row["hold_days"] > 0 for row in held)
    (agreed,) = company.ask("select count(*) as rows from core_work.int_core__sla_terms where hours <> 16")
    assert agreed["rows"] > 0
