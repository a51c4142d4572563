"""Reports: every number is the published one, every channel says the same, and nothing that someone typed can do harm."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from base.config import Report
from base.errors import ConfigError, DeliveryError
from base.home import Home
from exports.document import ties, words
from exports.document.model import Document, Frame
from exports.editions.offer_declines.build import build as build_offer_declines
from exports.editions.offer_declines.view import OfferDeclinesOptions
from exports.editions.registry import EDITIONS
from exports.editions.weekly_funnel.build import build as build_weekly_funnel
from exports.editions.weekly_funnel.view import WeeklyFunnelOptions
from exports.marts import Marts
from exports.rendering import mail
from exports.rendering.mail import HTML_BUDGET, render_mail
from exports.rendering.png import png
from exports.rendering.slack_blocks import slack_blocks
from tests.support.published_sample import publish_sample, sample_rows

FRAME = Frame("Northwind Robotics")
HOSTILE = "<script>alert(1)</script> <!channel> <https://evil.example|click> {{ 7*7 }} \u202egnp.exe\x07\r\nBcc: all@example.com & \"'"


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marts]:
    home = Home(tmp_path_factory.mktemp("reports"))
    publish_sample(home)
    with Marts.current(home) as opened:
        yield opened


def document(marts: Marts, edition: str, frame: Frame = FRAME, **options: Any) -> Document:
    return EDITIONS[edition].document(marts, Report(id="r", edition=edition, cron="0 8 * * 1", options=options), frame)


def published(home: Path, rows: dict[str, list[dict[str, Any]]]) -> Marts:
    publish_sample(Home(home), rows=rows)
    return Marts.current(Home(home))


class Page(HTMLParser):
    """What a mail client sees: tags with attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_funnel_in_the_mail_is_the_published_funnel(marts: Marts) -> None:
    text = render_mail(document(marts, "weekly_funnel")).text
    figures = re.findall(
        r"\(([\d,]+) of ([\d,]+) advanced, ([\d,]+) waiting; so far (\d+)%, decided only (\d+)%\)\n +Projected: (\d+)%", text
    )
    rows = marts._connection.execute(
        "select advanced_count, reached_count, waiting_count, reached_rate, resolved_rate, adjusted_rate from marts.funnel_passthrough "
        "where stage_code <> 'hired' and cohort_code = 'trailing_12m' and slice_type = 'company' order by stage_order"
    ).fetchall()
    assert len(rows) == 5
    assert [tuple(map(int, row)) for row in figures] == [
        (a, r, w, *(int(words.half_up(rate * 100)) for rate in rates)) for a, r, w, *rates in rows
    ]


def test_the_week_is_the_seven_local_days_before_as_of_and_the_one_before(marts: Marts) -> None:
    view = build_weekly_funnel(marts, WeeklyFunnelOptions(), FRAME)
    assert (str(view.first_day), str(view.last_day)) == ("2026-06-22", "2026-06-28")
    # By hand from the sample: see _applications, _application_stages and _offers there.
    assert vars(view.week) == {
        "new_applications": 24, "advanced": 9, "offers_extended": 2, "offers_accepted": 2, "offers_declined": 1, "hires": 3,
    }  # fmt: skip
    assert vars(view.week_before) == {
        "new_applications": 20, "advanced": 4, "offers_extended": 2, "offers_accepted": 0, "offers_declined": 0, "hires": 1,
    }  # fmt: skip


def test_an_event_at_local_midnight_counts_in_the_week_it_begins(tmp_path: Path) -> None:
    rows = sample_rows()
    first = {**rows["core.fct_applications"][0]}
    stamps = ["2026-06-21T21:59:59", "2026-06-21T22:00:00", "2026-06-28T21:59:59", "2026-06-28T22:00:00"]
    rows["core.fct_applications"] = [{**first, "application_key": str(i), "applied_at": stamp} for i, stamp in enumerate(stamps)]
    with published(tmp_path, rows) as marts:
        view = build_weekly_funnel(marts, WeeklyFunnelOptions(), FRAME)
    assert (view.week.new_applications, view.week_before.new_applications) == (2, 1)


def test_who_decides_a_stage_owns_those_stuck_there(tmp_path: Path) -> None:
    rows = sample_rows()
    deciders = {
        "recruiter_screen": "Rosa Recruiter",
        "onsite": "Hana Manager",
        "reference_check": "Rosa Recruiter",
        "offer": "Rosa Recruiter",
    }
    board = [{**rows["marts.pipeline_board"][0], "days_in_stage": 90.0}]
    rows["marts.pipeline_board"] = [
        {**board[0], "application_key": f"a{number:03}", "stage_code": stage} for number, stage in enumerate([*deciders, *deciders])
    ]
    rows["core.dim_stages"].append(
        {"stage_code": "reference_check", "stage_order": 110, "stage_name": "Reference check", "is_outreach": False}
    )
    rows["marts.time_in_stage"].append({**rows["marts.time_in_stage"][0], "stage_code": "reference_check", "stage_order": 110})
    with published(tmp_path, rows) as marts:
        view = build_weekly_funnel(marts, WeeklyFunnelOptions(), FRAME)
    codes = {row["stage_name"]: row["stage_code"] for row in rows["core.dim_stages"]}
    assert {codes[row.stage_name]: row.owner_name for row in view.stuck} == deciders


def test_the_decline_report_says_the_published_reasons_and_names_recruiters_only(marts: Marts) -> None:
    view = build_offer_declines(marts, OfferDeclinesOptions(), FRAME)
    assert [(r.reason_name, r.declined_count, round(r.share_rate, 2)) for r in view.reasons] == [
        ("Base salary", 2, 0.4),
        ("Competing offer", 2, 0.4),
        ("Unknown", 1, 0.2),
    ]
    text = render_mail(document(marts, "offer_declines")).text
    assert "5 offers were declined in Q2 2026, after 3 the quarter before; most often for Base salary and Competing offer (2 each)." in text
    assert "Competing offer\n    Declines: 2\n    Share: 40%\n    Shift: +40 points (from 0%)" in text
    assert "Rosa Recruiter: Product Manager, declined 24 June 2026 - recorded as Other; open for 5 days" in text
    assert "Ravi Recruiter: " not in text


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_number_of_the_html_is_in_the_text_too(marts: Marts, edition: str) -> None:
    mail = render_mail(document(marts, edition))
    html = Page(re.sub(r"<(style|title)[^>]*>.*?</\1>", "", mail.html, flags=re.S))
    numbers = set(re.findall(r"\d[\d,.]*\d|\d", html.text))
    assert numbers
    assert numbers <= set(re.findall(r"\d[\d,.]*\d|\d", mail.text))


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_mail_is_small_self_contained_and_readable_by_a_screen_reader(marts: Marts, edition: str) -> None:
    mail = render_mail(document(marts, edition))
    page = Page(mail.html)
    assert len(mail.html.encode()) < HTML_BUDGET
    assert not re.search(r"(?:src|href|url\()\s*=?\s*[\"'(]?\s*https?:", mail.html)
    assert not page.all("link") and not page.all("script")
    assert {image["src"] for image in page.all("img")} == {f"cid:{name}" for name in mail.images}
    assert all(re.search(r"\d", image["alt"] or "") for image in page.all("img"))
    assert len(mail.images) <= 3 and all(len(data) < 150_000 for data in mail.images.values())
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == 1
    tables = [table for table in page.all("table") if table.get("role") != "presentation"]
    assert len(page.all("caption")) == len(tables) >= 2
    assert {heading["scope"] for heading in page.all("th")} == {"row", "col"}


def test_a_number_keeps_its_unit_on_its_line_on_a_phone_and_a_heading_may_wrap(marts: Marts) -> None:
    html = render_mail(document(marts, "weekly_funnel")).html
    assert '<span style="white-space:nowrap">2.3 days</span>' in html
    headings = re.findall(r"<th scope=.col.[^>]*>", html)
    assert headings and all("word-break:normal" in heading and "nowrap" not in heading for heading in headings)


def test_the_footer_names_the_two_clocks_and_the_version(marts: Marts) -> None:
    text = render_mail(document(marts, "weekly_funnel")).text
    assert "Data as of 2026-06-29 08:00 Europe/Berlin" in text
    assert "It includes everything known at that time" in text
    assert marts.state.version_id in text
    assert "acme loaded to 2026-06-29 07:45 Europe/Berlin, ids that name no row: 2; gem" in text


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_footer_names_a_source_that_could_not_be_read_and_since_when_it_is_stale(marts: Marts, edition: str) -> None:
    report = document(marts, edition, Frame("Northwind Robotics", notice="The newest run failed."))
    assert "gem could not be read: its rows have been stale since 2026-06-28 08:00 Europe/Berlin." in render_mail(report).text
    assert report.notice.startswith(
        "The newest run failed. gem could not be read recently: what has happened there since is not in these figures."
    )


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_same_version_gives_the_same_bytes(marts: Marts, edition: str) -> None:
    first, second = (render_mail(document(marts, edition)) for _ in range(2))
    assert first == second


def test_charts_have_an_opaque_ground(marts: Marts) -> None:
    for picture in document(marts, "weekly_funnel").pictures:
        data = png(picture.chart)
        assert data.startswith(b"\x89PNG")
        assert data[25] == 2 or b"tRNS" not in data


@pytest.mark.parametrize("edition", EDITIONS)
def test_hostile_names_stay_words_in_every_channel(tmp_path: Path, edition: str) -> None:
    rows = sample_rows()
    for relation, column in (
        ("core.dim_jobs", "job_name"),
        ("core.dim_users", "user_name"),
        ("core.dim_stages", "stage_name"),
        ("marts.offer_decline_reasons", "decline_reason_name"),
        ("marts.source_of_hire", "source_name"),
        ("marts.outreach_link_stats", "link_url"),
    ):
        for row in rows[relation]:
            row[column] = HOSTILE
    with published(tmp_path, rows) as marts:
        report = document(marts, edition, Frame(HOSTILE, HOSTILE, HOSTILE))
        mail, blocks = render_mail(report), slack_blocks(report)
    page = Page(mail.html)
    assert not page.all("script")
    assert "<script>alert(1)</script>" in page.text
    assert "49" not in re.findall(r"\{\{[^}]*\}\}|\b49\b", page.text)
    for text in (mail.text, page.text):
        assert "\u202e" not in text and "\x07" not in text
    assert not any(line.startswith("Bcc:") for line in mail.text.splitlines())
    assert "<!channel>" not in "".join(text for block in blocks for text in mrkdwn(block))
    assert "<https:" not in "".join(text for block in blocks for text in mrkdwn(block))


def mrkdwn(block: dict[str, Any]) -> list[str]:
    parts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
    return [part["text"] for part in parts if part and part["type"] == "mrkdwn"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_slack_blocks_stay_within_slacks_limits_however_long_the_report(tmp_path: Path, edition: str) -> None:
    rows = sample_rows()
    rows["core.dim_users"] = [{**row, "user_name": "x" * 380} for row in rows["core.dim_users"]]
    rows["core.dim_jobs"] = [{**row, "job_name": "y" * 380} for row in rows["core.dim_jobs"]]
    with published(tmp_path, rows) as marts:
        blocks = slack_blocks(document(marts, edition))
    assert len(blocks) <= 50
    texts = [part["text"] for b in blocks for part in [b.get("text"), *b.get("fields", []), *b.get("elements", [])] if part]
    assert max(map(len, texts)) <= 3000
    assert sum(map(len, texts)) <= 12_000
    assert json.loads(json.dumps(blocks)) == blocks


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_company_whose_tables_are_empty_gets_reasons_and_no_zeros(tmp_path: Path, edition: str) -> None:
    with published(tmp_path, {"marts.data_coverage": sample_rows()["marts.data_coverage"]}) as marts:
        report = document(marts, edition)
        mail = render_mail(report)
    assert report.headline.startswith("No data")
    assert all(section.meaning.startswith(("No data, because", "Nobody has to act")) for section in report.sections)
    assert not mail.images
    assert not re.search(r"\b0\b", "".join(section.meaning for section in report.sections))


def test_a_mail_over_budget_is_refused_before_anyone_gets_half_of_it(marts: Marts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "HTML_BUDGET", 5_000)
    with pytest.raises(DeliveryError, match="bytes of HTML"):
        render_mail(document(marts, "weekly_funnel"))


def test_sections_and_stages_are_chosen_in_configuration(marts: Marts) -> None:
    report = document(marts, "weekly_funnel", sections=["funnel", "week"], stages=["onsite", "offer"])
    assert [section.id for section in report.sections] == ["funnel", "week"]
    assert "Onsite 28 reached, 14 advanced; Offer 14 reached, 12 advanced" in report.pictures[0].alt


@pytest.mark.parametrize(
    ("options", "words_of_error"),
    [
        ({"sectionz": []}, "options.sectionz"),
        ({"sections": ["nonsense"]}, "options.sections.0: there is no section 'nonsense'. Known: "),
        ({"slice_type": "departement"}, "options.slice_type: there is no slice 'departement'. Did you mean 'department'?"),
        ({"slice_type": "department_tree", "slice_name": "Sales"}, "options.slice_type: there is no slice 'department_tree'"),
        ({"stages": ["onsit"]}, "options.stages.0: there is no stage 'onsit'. Did you mean 'onsite'?"),
        ({"slice_type": "department"}, "options.slice_type: slice_type and slice_name go together"),
        ({"slice_type": "department", "slice_name": "Nowhere"}, "no department 'Nowhere' is published"),
    ],
)
def test_wrong_options_are_named_with_their_key(marts: Marts, options: dict[str, Any], words_of_error: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(words_of_error)):
        document(marts, "weekly_funnel", **options)


def test_subjects_differ_per_period(tmp_path: Path, marts: Marts) -> None:
    from datetime import timedelta

    from tests.support.published_sample import AS_OF

    publish_sample(Home(tmp_path), as_of=AS_OF + timedelta(days=7))
    with Marts.current(Home(tmp_path)) as later:
        for edition in EDITIONS:
            assert document(later, edition).subject != document(marts, edition).subject


def test_counts_are_said_as_a_person_would() -> None:
    assert [words.of_them(number, "is", "are") for number in (0, 1, 2)] == ["none is", "1 is", "2 are"]
    assert ties.leaders([("a", 2), ("b", 2), ("c", 1)]) == "a and b (2 each)"
    assert ties.leaders([("a", 2), ("b", 1)]) == "a (2)"
    assert ties.leaders([(name, 1) for name in "abcd"]) == ties.leaders([("a", 0)]) == ties.leaders([]) == ""


@pytest.mark.parametrize(
    ("value", "text"), [(0.385, "39%"), (0.125, "13%"), (0.0, "0%"), (None, "–"), (1.0, "100%"), (0.005, "1%"), (0.0049, "0%")]
)
def test_rates_are_rounded_half_up(value: float | None, text: str) -> None:
    assert words.percent(value) == text
