"""Outreach of the simulated company, cell by cell: the oracle's definitions over the simulator's truth against the marts of its files."""

from __future__ import annotations

import duckdb
import pytest

from tests.support.company import Company
from tests.support.definitions_compare import MARTS, as_named, differences, of_table
from tests.support.definitions_oracle import Company as ByDefinition
from tests.support.definitions_truth import company_of

pytestmark = [pytest.mark.xdist_group("company"), pytest.mark.slow]

#: What the truth does not tell: when somebody clicked, who complained.
UNTOLD = ("interested_after_click_count", "unsubscribed_count")
TABLES = ["sequence", "step", "subject", "sender", "link"]


@pytest.fixture(scope="module")
def by_definition(company: Company) -> ByDefinition:
    return company_of(company.truth, company.now)


@pytest.mark.parametrize("mart", [*(f"outreach_{table}_stats" for table in TABLES), "outreach_cohorts"])
def test_every_count_and_rate_of_outreach_equals_the_truth(company: Company, by_definition: ByDefinition, mart: str) -> None:
    with duckdb.connect(str(company.home / "warehouse.duckdb"), read_only=True) as connection:
        found = of_table(connection, mart)
    assert len(found) > 2
    assert differences(as_named(mart, MARTS[mart](by_definition)), found, UNTOLD)[:5] == []
