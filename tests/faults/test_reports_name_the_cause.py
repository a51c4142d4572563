"""E, found by reading the mails: a sentence says no more than the data, and what a list names can be found in the ATS."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.home import Home
from exports.marts import Marts
from exports.rendering.mail import render_mail
from tests.support.published_sample import publish_sample, sample_rows
from tests.unit.test_reports_editions import document


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A company whose three requisitions share a title, with a name and a decline reason that have no code."""
    home: Path = tmp_path_factory.mktemp("named") / "home"
    rows = sample_rows()
    rows["core.dim_jobs"] = [{**row, "job_name": "Engineer"} for row in rows["core.dim_jobs"]]
    uncoded = {"decline_reason_code": "unmapped", "decline_reason_source_name": "Dog-friendly office elsewhere"}
    rows["core.fct_offers"] = [{**row, **(uncoded if row["offer_key"] == "of1" else {})} for row in rows["core.fct_offers"]]
    as_of = rows["marts.data_coverage"][0]["as_of"]
    rows["marts.unmapped_names"] = [
        {"source_system": "acme", "kind_code": "stage", "unmapped_name": "Coffee", "ids_count": 10, "use_count": 13, "as_of": as_of}
    ]
    rows["marts.data_coverage"] = [
        {**row, "quarantined_count": 4 if row["table_name"] == "stage_visits" else 0} for row in rows["marts.data_coverage"]
    ]
    publish_sample(Home(home), rows=rows)
    with Marts.current(Home(home)) as marts:
        return {edition: render_mail(document(marts, edition)).text for edition in ("weekly_funnel", "offer_declines")}


def test_the_footer_counts_names_not_the_rows_that_use_them_and_records_that_were_set_aside(texts: dict[str, str]) -> None:
    assert "acme loaded to 2026-06-29 07:45 Europe/Berlin, 1 name without a code, 4 records set aside, ids" in texts["weekly_funnel"]


def test_requisitions_of_one_title_are_told_apart_by_their_id_in_the_ats(texts: dict[str, str]) -> None:
    assert "Engineer (0): open for 3 days - extended 26 June" in texts["weekly_funnel"]
    assert "Engineer (1): open for 1 day - extended 27 June" in texts["weekly_funnel"]


def test_a_reason_without_a_code_is_neither_other_nor_nothing_and_asks_for_a_mapping_not_for_a_call(texts: dict[str, str]) -> None:
    text = texts["offer_declines"]
    assert "1 decline gives a reason that has no code." in text
    assert "said “Other”" not in text
    assert "Engineer, declined 24 June 2026 - recorded as Dog-friendly office elsewhere, which has no code;" in text
    assert "Next step: Who keeps the mappings: give the reason a code (funnelcast mappings)." in text
