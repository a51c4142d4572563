"""B8, C12, C13: a report says no more than its data. Each canonical table is taken away in turn; what is tied is said to be."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from base.config import Report
from base.home import Home
from base.slices import slices
from exports.document.model import Document, Frame
from exports.editions.registry import EDITIONS
from exports.editions.report_options import report_slices
from exports.marts import Marts
from exports.rendering.mail import render_mail
from tests.support.published_sample import publish_sample, sample_rows

Rows = dict[str, list[dict[str, Any]]]


def documents(home: Path, rows: Rows, **options: Any) -> dict[str, Document]:
    """Every edition over these published rows."""
    publish_sample(Home(home), rows=rows)
    with Marts.current(Home(home)) as marts:
        return {
            name: edition.document(marts, Report(id="r", edition=name, cron="0 8 * * 1", options=options), Frame("Northwind"))
            for name, edition in EDITIONS.items()
        }


def words(report: Document) -> str:
    return " ".join(render_mail(report).text.split())


def without(*relations: str) -> Callable[[Rows], None]:
    def take(rows: Rows) -> None:
        for relation in relations:
            rows[relation] = []

    return take


def sources_without_names(rows: Rows) -> None:
    for row in rows["marts.source_of_hire"]:
        row["source_name"] = None


OFFERS = ("core.fct_offers", "marts.offer_acceptance", "marts.offer_decline_reasons", "marts.offer_decline_followups")
FORECASTS = ("marts.forecast_expected_hires", "marts.forecast_required_pipeline")
#: Canonical table -> what core and marts lack without it, what the reports say then, and what would be false.
ABSENT: dict[str, tuple[Callable[[Rows], None], list[str], str]] = {
    "offers": (
        without(*OFFERS),
        ["Not loaded: no source brings offers."],
        r"no offer|offers? (was|were) declined|declined an offer|extended and|decided yet|missing a reason|no offers yet",
    ),
    "jobs": (
        without("core.dim_jobs", *FORECASTS),
        ["Not loaded: no source brings jobs.", "A requisition whose name is not loaded: open for 3 days", "Open pipeline and expected hires"],
        r"no active pipeline|None|No requisition|longer than usual",
    ),
    "users": (
        without("core.dim_users"),
        ["people, names are not loaded", "someone whose name is not loaded", "A recruiter whose name is not loaded: Product Manager", "next step: someone whose name is not loaded"],
        r"no recruiter named|No recruiter named|no owner named|has the most overdue|None",
    ),
    "stage_visits": (
        without("core.fct_application_stages", "marts.time_in_stage"),
        ["Not loaded: no source brings stage visits.", "Moved forward – (not loaded)|Moved forward: – (not loaded)", "last known stage only"],
        r"moved forward,|0 moved forward|no visit",
    ),
    "sources": (sources_without_names, ["Not loaded: no source brings sources."], r"brought the most|hired yet|None"),
    "departments": (lambda rows: None, ["Not loaded: no source brings departments."], r"no department has|No department stands out"),
    "outreach_messages": (
        without("marts.outreach_link_stats"), ["Not loaded: no source brings outreach messages."], r"no link in outreach"
    ),
    "applications": (
        without("core.fct_applications", "marts.funnel_passthrough", "marts.pipeline_board", "marts.source_of_hire", "marts.time_to_hire", *FORECASTS),
        ["Not loaded: no source brings applications."],
        r"nobody applied|Nobody has to act|nothing is recorded|hired yet|no application|no active pipeline|As many people",
    ),
}  # fmt: skip


@pytest.mark.parametrize("table", ABSENT)
def test_of_a_table_that_no_source_brings_a_report_says_so_and_nothing_else(tmp_path: Path, table: str) -> None:
    """B8."""
    take, sentences, false = ABSENT[table]
    rows = sample_rows()
    rows["marts.data_coverage"] = [row for row in rows["marts.data_coverage"] if row["table_name"] != table]
    take(rows)
    text = " ".join(words(report) for report in documents(tmp_path, rows).values())
    for sentence in sentences:
        assert any(choice in text for choice in sentence.split("|")), (sentence, text)
    assert not re.search(false, text), re.search(false, text)


def test_unknown_owners_are_one_line_with_their_number_and_nobody_is_another(tmp_path: Path) -> None:
    rows = sample_rows()
    rows["core.dim_users"] = [row for row in rows["core.dim_users"] if row["user_key"] == "u0"]
    text = words(documents(tmp_path, rows)["weekly_funnel"])
    assert text.count("nobody named") == 1
    assert "3 people, not in the list of users" in text
    assert "Of those who are named, Rosa Recruiter has the most overdue" in text


def test_an_empty_section_never_contradicts_what_the_report_says_elsewhere(tmp_path: Path) -> None:
    """256 at Offer and "no offer has been extended yet"; 40 active and "no active pipeline"; hires and "nobody has been hired yet"."""
    rows = sample_rows()
    without(*OFFERS, *FORECASTS, "marts.source_of_hire")(rows)
    text = words(documents(tmp_path, rows)["weekly_funnel"])
    assert "no offer is recorded, although 14 applications have reached the stage Offer in the last 12 months" in text
    assert "none of the 58 active candidates is in a stage of a requisition that can be forecast" in text
    assert "of none of the 4 hires is it known when they applied" in text


def test_a_report_of_some_stages_says_nothing_of_the_others(tmp_path: Path) -> None:
    publish_sample(Home(tmp_path), rows={**sample_rows(), "core.fct_application_stages": []})
    with Marts.current(Home(tmp_path)) as marts:
        report = Report(id="r", edition="weekly_funnel", cron="0 8 * * 1", options={"stages": ["reference_check"]})
        text = words(EDITIONS["weekly_funnel"].document(marts, report, Frame("Northwind")))
    assert "none of the 124 applications of the last 12 months has reached a stage that this report shows" in text
    assert "no visit to a stage that this report shows has a known length" in text
    assert "nothing is recorded" not in text


@pytest.mark.parametrize("slice_type", [name for name in report_slices() if name != "company"])
def test_a_slice_that_is_not_forecast_has_no_section_for_it(tmp_path: Path, slice_type: str) -> None:
    """C12: a hiring manager with active candidates never "has no active pipeline"."""
    rows = sample_rows()
    for row in rows["marts.funnel_passthrough"]:
        row.update(slice_type=slice_type, slice_key="u2", slice_name="Hana")
    report = documents(tmp_path, {name: rows[name] for name in ("core.dim_stages", "marts.funnel_passthrough", "marts.data_coverage")},
                       slice_type=slice_type, slice_name="Hana")["weekly_funnel"]  # fmt: skip
    assert ("forecast" in [section.id for section in report.sections]) is slices()[slice_type].is_decided_by_requisition


def test_what_is_tied_is_said_to_be(tmp_path: Path) -> None:
    """C13."""
    rows = sample_rows()
    for row in rows["marts.source_of_hire"]:
        row["hires_count"] = 3
    for row in rows["marts.time_in_stage"]:
        row["median_days"] = 4.0
    for row in rows["marts.pipeline_board"]:
        row.update(is_overdue=row["application_key"] in ("a002", "a006"))
    for row in rows["marts.offer_decline_reasons"]:
        if row["quarter"] == date(2026, 4, 1):
            row.update(prior_quarter_share_rate=row["share_rate"] - 0.1)
    found = documents(tmp_path, rows)
    text = words(found["weekly_funnel"])
    assert "Agency, Referral and Job board (a tie) brought the most: 3 hires each" in text
    assert "Candidates stay longest at Entered process, Recruiter screen, Phone interview and 2 more (a tie)" in text
    assert "Hana Manager and Rosa Recruiter (a tie) have the most overdue (1 each)." in text
    assert "Base salary, Competing offer and Unknown (a tie) grew most: by 10 points each of declines." in words(found["offer_declines"])


def test_the_quarter_before_is_counted_whether_it_is_shown_or_not(tmp_path: Path) -> None:
    report = documents_of_declines(tmp_path)
    assert "5 offers were declined in Q2 2026, after 3 the quarter before" in report.headline


def documents_of_declines(home: Path) -> Document:
    publish_sample(Home(home))
    with Marts.current(Home(home)) as marts:
        return EDITIONS["offer_declines"].document(
            marts, Report(id="r", edition="offer_declines", cron="0 8 * * 1", options={"quarters": 1}), Frame("Northwind")
        )
