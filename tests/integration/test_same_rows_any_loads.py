"""Properties of the whole pipeline: how rows are split into loads, ordered and repeated changes nothing, and every row is accounted for."""

from __future__ import annotations

import pytest

from tests.integration.conftest import Arrivals

pytestmark = [pytest.mark.xdist_group("random_worlds"), pytest.mark.slow]


def test_the_same_rows_in_any_split_order_and_repetition_publish_the_same_content(arrivals: Arrivals) -> None:
    once, parts = arrivals.published_at_once, arrivals.published_in_parts
    assert {table for table in once if once[table] != parts[table]} == set()
    assert len(once) > 8
    assert arrivals.in_parts.received.rows > arrivals.at_once.received.rows


def test_what_was_staged_load_by_load_is_what_one_full_staging_gives(arrivals: Arrivals) -> None:
    before = arrivals.in_parts.staged()
    assert sum(rows[0][0] for rows in before.values()) > 1500
    arrivals.in_parts.forget_staging()
    assert arrivals.in_parts.staged() == before


def test_quarantined_loaded_and_duplicates_are_what_was_received(arrivals: Arrivals) -> None:
    for home in (arrivals.at_once, arrivals.in_parts):
        counted = home.received
        assert counted.fetched == counted.rows
        assert counted.written + counted.duplicates == counted.fetched
        staged = sum(rows[0][0] for rows in home.staged().values())
        assert staged == counted.written
        [(quarantined,)] = home.ask(
            "select count(*) from (select distinct stream, record_id, payload_hash, load_file from quality.quarantine)"
        )
        [(loaded,)] = home.ask("select sum(row_count - failed_count) from quality.gated_loads")
        assert quarantined >= 3
        assert quarantined + loaded + counted.duplicates == counted.rows
    assert arrivals.in_parts.received.duplicates > 100
