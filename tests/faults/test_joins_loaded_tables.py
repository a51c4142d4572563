"""B8: whether a table was loaded is a published fact, which reports and questions read through one function."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.home import Home
from exports.marts import Marts
from tests.support.published_sample import AS_OF, publish_sample, sample_rows

TABLES = {"applications": True, "offers": True, "jobs": False}


@pytest.fixture
def marts(tmp_path: Path) -> Marts:
    home = Home(tmp_path / "home").prepare()
    coverage = [
        {"source_system": source, "table_name": table, "row_count": 0, "is_loaded": is_loaded, "status_code": "empty", "as_of": AS_OF}
        for source, table, is_loaded in (*(("acme", table, loaded) for table, loaded in TABLES.items()), ("other", "offers", False))
    ]
    publish_sample(home, rows={**sample_rows(), "marts.data_coverage": coverage})
    return Marts.current(home)


def test_b8_a_table_is_loaded_if_any_source_gave_it_even_without_a_row(marts: Marts) -> None:
    with marts:
        assert {table: marts.is_loaded(table) for table in TABLES} == TABLES
        assert not marts.is_loaded("users"), "no source lists it"


def test_b8_a_table_is_asked_of_one_source(marts: Marts) -> None:
    with marts:
        assert (marts.is_loaded("offers", "acme"), marts.is_loaded("offers", "other"), marts.is_loaded("offers", "nobody")) == (
            True,
            False,
            False,
        )
