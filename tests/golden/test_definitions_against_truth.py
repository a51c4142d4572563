"""Outreach, offers, sources and reasons of the simulated company, cell by cell: the definitions over the simulator's truth against the marts of
its files. The funnel and its times stand in test_marts_against_truth.py."""

from __future__ import annotations

import duckdb
import pytest

from tests.support.company import Company
from tests.support.definitions_compare import MARTS, as_named, differences, of_table
from tests.support.definitions_laws import ADDITIVE, LAWS, not_adding_up
from tests.support.definitions_oracle import Cells
from tests.support.definitions_oracle import Company as ByDefinition
from tests.support.definitions_truth import company_of

pytestmark = [pytest.mark.xdist_group("company"), pytest.mark.slow]

TABLES = (
    *(f"outreach_{table}_stats" for table in ("sequence", "step", "subject", "sender", "link")),
    *(
        "outreach_cohorts",
        "offer_acceptance",
        "offer_decline_reasons",
        "source_of_hire",
        "time_to_hire",
        "withdrawals",
        "rejection_reasons",
    ),
)
#: What the truth does not tell: when somebody clicked, who complained, how long each stage took, what managers had promised.
UNTOLD = (
    *("interested_after_click_count", "unsubscribed_count", "stage_sum_days"),
    *(f"{action}_overdue_count" for action in ("manager", "review", "feedback", "decision")),
)


@pytest.fixture(scope="module")
def by_definition(company: Company) -> ByDefinition:
    return company_of(company.truth, company.now)


@pytest.mark.parametrize("mart", TABLES)
def test_every_count_and_rate_equals_the_truth(company: Company, by_definition: ByDefinition, mart: str) -> None:
    with duckdb.connect(str(company.home / "warehouse.duckdb"), read_only=True) as connection:
        found = _without_trees(of_table(connection, mart))
    assert len(found) > 2
    assert differences(_without_trees(as_named(mart, MARTS[mart](by_definition))), found, UNTOLD)[:5] == []


def test_the_laws_of_counting_hold(company: Company) -> None:
    queries = {**LAWS, **{mart: not_adding_up(mart) for mart in ADDITIVE}}
    with duckdb.connect(str(company.home / "warehouse.duckdb"), read_only=True) as connection:
        broken = {law: connection.execute(query).fetchmany(3) for law, query in queries.items()}
    assert {law: rows for law, rows in broken.items() if rows} == {}


def _without_trees(cells: Cells) -> Cells:
    """Without department trees: which department belongs to which is no part of the truth."""
    return {key: values for key, values in cells.items() if "department_tree" not in key}
