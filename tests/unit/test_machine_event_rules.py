"""The patterns of machine_event_rules.csv against agents and headers as they look, by the engine's own regular expressions."""

from __future__ import annotations

import csv

import duckdb
import pytest

from base.home import DBT_PROJECT_DIR

RULES = list(csv.DictReader((DBT_PROJECT_DIR / "seeds" / "terminology" / "machine_event_rules.csv").open(encoding="utf-8")))
ORDER = {rule["rule_id"]: int(rule["rule_order"]) for rule in RULES}


def first_match(test: str, event: str, text: str) -> str | None:
    """The rule that decides for an event with this agent or these headers, as event_verdicts chooses it."""
    matching = [
        rule["rule_id"]
        for rule in RULES
        if rule["test_code"] == test
        and rule["event_code"] in ("", event)
        and duckdb.execute("select regexp_matches(lower(?), ?)", [text, rule["pattern"]]).fetchall() == [(True,)]
    ]
    return min(matching, key=ORDER.__getitem__, default=None)


@pytest.mark.parametrize(
    ("event", "agent", "rule"),
    [
        ("opened", "Mozilla/5.0", "agent-prefetch"),
        ("opened", "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", "agent-prefetch"),
        ("opened", "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", "agent-prefetch"),
        ("clicked", "Mozilla/5.0", None),
        ("clicked", "Mozilla/5.0 (compatible; SafeLinks/1.0)", "agent-scanner"),
        ("clicked", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.example.com/bot.html)", "agent-scanner"),
        ("clicked", "Barracuda Sentinel (EE)", "agent-scanner"),
        ("opened", "python-requests/2.32", "agent-scanner"),
        (
            "opened",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15",
            None,
        ),
        ("clicked", "Mozilla/5.0 (Linux; Android 9; CUBOT X19 Build/PPR1) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", None),
        ("clicked", "Mozilla/5.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)", None),
    ],
)
def test_an_agent_is_a_proxy_a_scanner_or_a_person(event: str, agent: str, rule: str | None) -> None:
    assert first_match("user_agent", event, agent) == rule


@pytest.mark.parametrize(
    ("headers", "rule"),
    [
        ("Subject: Re: A role\nAuto-Submitted: no", None),
        ("Auto-Submitted: no (by a person)\nSubject: Re: hello", None),
        ("Subject: Re: your office is out of the way", None),
        ("Subject: hi\nAuto-Submitted: auto-replied (vacation)", "reply-auto-submitted"),
        ("AUTO-SUBMITTED:auto-generated", "reply-auto-submitted"),
        ("Auto-Submitted: notified", "reply-auto-submitted"),
        ("X-Auto-Response-Suppress: All\nSubject: Re: hi", None),
        ("X-Autoreply: yes", "reply-auto-header"),
        ("X-Autoreply: no", None),
        ("X-Autorespond: I am away", "reply-auto-header"),
        ("Precedence: auto_reply", "reply-precedence"),
        ("Precedence: bulk\nList-Id: <all.example.com>", "reply-precedence"),
        ("List-Id: <all.example.com>", "reply-list"),
        ("Return-Path: <>\nAuto-Submitted: auto-replied", "reply-delivery-report"),
        ("Return-Path: <a@example.com>", None),
        ('Content-Type: multipart/report; report-type="delivery-status"', "reply-delivery-report"),
        ("Content-Type: text/calendar; charset=utf-8; method=REPLY\nAuto-Submitted: auto-generated", "reply-calendar"),
        ("Subject: Automatic reply: A role", "reply-subject"),
        ("Subject: Réponse automatique : Un poste", "reply-subject"),
        ("Subject: RE: Automatic reply systems", None),
    ],
)
def test_a_reply_is_automatic_by_report_header_list_and_subject_in_this_order(headers: str, rule: str | None) -> None:
    assert first_match("reply_headers", "replied", headers) == rule


def test_every_rule_has_a_place_of_its_own_a_version_and_what_its_test_needs() -> None:
    assert len(set(ORDER.values())) == len(RULES)
    for rule in RULES:
        assert int(rule["rule_version"]) >= 1
        assert rule["verdict_code"] in ("machine", "person")
        assert bool(rule["pattern"]) == (rule["test_code"] in ("user_agent", "reply_headers")), rule["rule_id"]
        assert bool(rule["threshold"]) == (rule["test_code"].endswith(("_delivery", "_seconds"))), rule["rule_id"]
