"""Deliveries over real SMTP and HTTP: what the ledger says is what the recipient's side received."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from base import ops as ops_database
from base.home import Home
from exports.delivery import delivery_ledger as ledger
from exports.delivery import overview, requests
from exports.delivery.deliver import deliver_due
from exports.delivery.preview import preview
from tests.support.delivery_desk import NOW, Desk, delivery_desk
from tests.support.published_sample import AS_OF


@pytest.fixture
def desk(published: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("TEST_SLACK_TOKEN", "xoxb-test")
    with delivery_desk(published, tmp_path) as desk:
        yield desk


def test_a_due_report_reaches_each_subscriber_once_however_often_it_is_asked_for(desk: Desk) -> None:
    for _ in range(3):
        desk.deliver()
    assert desk.states() == {"lead": "sent", "team": "sent"}
    assert (len(desk.box.messages), len(desk.slack.posts)) == (1, 1)


def test_a_report_with_wrong_options_waits_with_the_reason_and_holds_up_no_other(desk: Desk) -> None:
    config = desk.config()
    wrong = config.reports[0].model_copy(update={"id": "wrong", "options": {"sectionz": []}})
    outcomes = desk.deliver(config.model_copy(update={"reports": (wrong, *config.reports)}))
    states = {(outcome.key.report_id, outcome.state) for outcome in outcomes}
    assert states == {("wrong", "planned"), ("weekly", "sent")}
    assert all("options.sectionz" in (outcome.reason or "") for outcome in outcomes if outcome.key.report_id == "wrong")


def test_a_delivery_by_a_channel_that_is_none_is_not_sent_to_files(desk: Desk) -> None:
    """A configuration from a file names no such channel; one that is built in code can."""
    (outcome,) = desk.deliver(desk.config(subscribers=({"id": "x", "channel": "pigeon", "address": "loft"},)))
    assert outcome.state != "sent"
    assert "there is no channel 'pigeon'" in (outcome.reason or "")


def test_the_mail_is_text_html_and_inline_pictures_with_the_headers_a_relay_expects(desk: Desk) -> None:
    desk.deliver()
    (mail,) = desk.box.messages
    assert mail["To"] == "lead@example.com"
    assert mail["Subject"] == "Weekly hiring funnel: 22–28 June 2026"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<weekly.funnelcast.example>"
    assert mail["X-Report-Key"] == "weekly|1|lead|email|2026-W26"
    assert re.fullmatch(r"<[0-9a-f]{32}@funnelcast\.example>", mail["Message-ID"])
    assert mail["Date"].datetime == NOW
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/png"]
    html = next(part for part in mail.walk() if part.get_content_type() == "text/html").get_content()
    cids = {part["Content-ID"].strip("<>") for part in mail.walk() if part.get_content_type() == "image/png"}
    assert cids == set(re.findall(r'src="cid:([^"]+)"', html))
    assert all(len(line) <= 998 for line in desk.box.raw[0].split(b"\r\n"))


def test_slack_gets_blocks_a_text_for_screen_readers_and_the_charts_in_the_thread(desk: Desk) -> None:
    desk.deliver()
    (post,) = desk.slack.posts
    assert post["channel"] == "C0TEAM"
    assert post["text"].startswith("Weekly hiring funnel: 22–28 June 2026. 3 hires in the week")
    assert post["metadata"]["event_payload"]["delivery_key"] == "weekly|1|team|slack|2026-W26"
    assert post["unfurl_links"] in (False, "false", "False", "0")
    assert len(post["blocks"]) <= 50
    assert {file["thread_ts"] for file in desk.slack.files} == {post["ts"]}
    assert len(desk.slack.files) == 2


def test_switched_off_delivery_renders_and_says_why_nothing_was_sent(desk: Desk) -> None:
    config = desk.config(company={"delivery": {"enabled": False}})
    outcomes = desk.deliver(config)
    assert {outcome.state for outcome in outcomes} == {"skipped"}
    assert all(outcome.reason and outcome.reason.startswith("not enabled") for outcome in outcomes)
    assert (desk.box.messages, desk.slack.posts) == ([], [])
    (row, *_) = ledger.find(desk.ops)
    assert row.artifact and (desk.home.reports / row.artifact / "report.html").exists()


@pytest.mark.parametrize(
    ("subscriber", "report", "now", "reason"),
    [
        ({"paused": True}, {}, NOW, "paused"),
        ({"address": "lead@elsewhere.org"}, {}, NOW, "the domain elsewhere.org is not in company.yml delivery.allowed_domains"),
        ({"address": "not an address"}, {}, NOW, "the subscriber's address in reports.yml is not an email address"),
        ({}, {"send_window_hours": 2}, NOW + timedelta(hours=3), "missed window"),
    ],
)
def test_every_skip_has_a_reason_a_person_can_read(
    desk: Desk, subscriber: dict[str, Any], report: dict[str, Any], now: datetime, reason: str
) -> None:
    lead = {"id": "lead", "channel": "email", "address": "lead@example.com", **subscriber}
    (outcome,) = desk.deliver(desk.config(subscribers=(lead,), **report), now)
    assert outcome.state == "skipped"
    assert outcome.reason and outcome.reason.startswith(reason)
    (story,) = overview.why(desk.config(), desk.ops, "weekly")
    assert reason in story.sentences[-1]
    assert desk.box.messages == []


def test_without_a_list_of_domains_only_the_senders_own_gets_mail_and_a_named_sender_keeps_the_name(desk: Desk) -> None:
    smtp = {"host": "127.0.0.1", "port": desk.port, "security": "none", "from_address": "Talent Reports <reports@example.com>"}
    people = tuple({"id": name, "channel": "email", "address": f"{name}@{name}.com"} for name in ("example", "elsewhere"))
    desk.deliver(desk.config(subscribers=people, company={"delivery": {"allowed_domains": [], "smtp": smtp}}))
    assert desk.states() == {"example": "sent", "elsewhere": "skipped"}
    (mail,) = desk.box.messages
    assert mail["From"] == "Talent Reports <reports@example.com>"
    assert mail["Message-ID"].endswith("@example.com>")


def test_stale_data_waits_within_the_window_and_is_then_missed_with_that_reason(desk: Desk) -> None:
    config = desk.config(options={"max_data_age_hours": 24}, send_window_hours=24)
    late = NOW + timedelta(days=7)
    desk.deliver(config, late)
    assert desk.states() == {"lead": "planned", "team": "planned"}
    desk.deliver(config, late + timedelta(hours=25))
    reasons = [row.reason or "" for row in ledger.find(desk.ops)]
    assert all(reason.startswith("missed window") and "stale data: as of 2026-06-29 06:00 UTC" in reason for reason in reasons)
    assert desk.box.messages == []


def test_a_temporary_refusal_is_retried_and_a_final_one_is_not(desk: Desk) -> None:
    config = desk.config(
        subscribers=(
            {"id": "soon", "channel": "email", "address": "soon@example.com"},
            {"id": "never", "channel": "email", "address": "never@example.com"},
        )
    )
    desk.box.recipient_answers = ["451 greylisted", "ok", "550 no such user"]
    desk.deliver(config)
    assert desk.states() == {"soon": "sent", "never": "failed"}
    desk.deliver(config)
    assert desk.box.recipients == ["soon@example.com"]


def test_a_server_that_is_down_is_tried_again_by_later_calls_until_the_window_ends(desk: Desk) -> None:
    lead = ({"id": "lead", "channel": "email", "address": "lead@example.com"},)
    desk.box.answers = ["451 later"] * 3
    config = desk.config(subscribers=lead)
    desk.deliver(config)
    (row,) = ledger.find(desk.ops)
    assert (row.state, row.attempt_count) == ("rendered", 3)
    assert row.next_attempt_at and row.next_attempt_at > NOW
    desk.deliver(config, NOW)
    assert ledger.get(desk.ops, row.delivery_id).attempt_count == 3
    desk.deliver(config, row.next_attempt_at)
    assert desk.states() == {"lead": "sent"}
    assert len(desk.box.messages) == 1


@pytest.mark.parametrize(("policy", "received", "state"), [("resend", 2, "sent"), ("hold", 1, "ambiguous")])
def test_a_line_cut_after_the_final_dot_is_unknown_and_follows_the_policy(desk: Desk, policy: str, received: int, state: str) -> None:
    lead = ({"id": "lead", "channel": "email", "address": "lead@example.com"},)
    config = desk.config(subscribers=lead, on_ambiguous=policy, company={"owner": {"email": "owner@example.com"}})
    desk.box.answers = ["drop"]
    for _ in range(3):
        desk.deliver(config)
    reports = [mail for mail in desk.box.messages if mail["X-Report-Key"]]
    assert len(reports) == received
    assert len({mail["Message-ID"] for mail in reports}) == 1
    assert desk.states() == {"lead": state}
    (story,) = overview.why(desk.config(), desk.ops, "weekly")
    assert any("without saying whether it accepted it" in sentence for sentence in story.sentences)
    if policy == "hold":
        assert [mail["To"] for mail in desk.box.messages if not mail["X-Report-Key"]] == ["owner@example.com"]


def test_slack_is_asked_after_a_cut_line_and_the_message_is_not_posted_twice(desk: Desk) -> None:
    team = ({"id": "team", "channel": "slack", "address": "C0TEAM"},)
    desk.slack.answers = ["drop"]
    desk.deliver(desk.config(subscribers=team))
    assert desk.states() == {"team": "sent"}
    assert len(desk.slack.posts) == 1
    assert len(desk.slack.files) == 2


def test_slack_answers_that_took_nothing_lead_to_one_post(desk: Desk) -> None:
    team = ({"id": "team", "channel": "slack", "address": "C0TEAM"},)
    desk.slack.answers = ["limit", "http500"]
    config = desk.config(subscribers=team)
    desk.deliver(config)
    desk.deliver(config)
    assert desk.states() == {"team": "sent"}
    assert len(desk.slack.posts) == 1


@pytest.mark.parametrize(
    ("answer", "state", "attempts"),
    [("channel_not_found", "rendered", 3), ("invalid_auth", "rendered", 1), ("invalid_blocks", "failed", 1)],
)
def test_slack_refusals_are_wrong_configuration_wrong_token_or_final(desk: Desk, answer: str, state: str, attempts: int) -> None:
    team = ({"id": "team", "channel": "slack", "address": "C0TEAM"},)
    desk.slack.answers = [answer] * 3
    (outcome,) = desk.deliver(desk.config(subscribers=team))
    (row,) = ledger.find(desk.ops)
    assert (row.state, row.attempt_count) == (state, attempts)
    assert outcome.reason and answer in outcome.reason
    assert desk.slack.posts == []


def test_history_that_may_not_be_read_leaves_the_policy_to_decide(desk: Desk) -> None:
    team = ({"id": "team", "channel": "slack", "address": "C0TEAM"},)
    desk.slack.answers, desk.slack.history_error = ["drop"], "missing_scope"
    desk.deliver(desk.config(subscribers=team, on_ambiguous="hold"))
    assert desk.states() == {"team": "ambiguous"}
    assert len(desk.slack.posts) == 1


def test_two_schedulers_at_once_send_one_message(desk: Desk) -> None:
    config = desk.config(title="Rendered by four at once")
    engines = [ops_database.engine(desk.home) for _ in range(4)]
    racers = [threading.Thread(target=deliver_due, args=(config, desk.home, engine, NOW)) for engine in engines]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    for engine in engines:
        engine.dispose()
    assert desk.states() == {"lead": "sent", "team": "sent"}
    assert (len(desk.box.messages), len(desk.slack.posts)) == (1, 1)


def test_data_older_than_what_was_already_sent_is_never_sent(desk: Desk) -> None:
    desk.deliver()
    with desk.ops.begin() as connection:
        connection.execute(ledger.deliveries.update().values(data_as_of=AS_OF + timedelta(days=30)))
    outcomes = desk.deliver(now=NOW + timedelta(days=7))
    fresh = [outcome for outcome in outcomes if outcome.key.period_key.startswith("2026-W27")]
    assert [outcome.state for outcome in fresh] == ["skipped", "skipped"]
    assert all(outcome.reason and outcome.reason.startswith("older data") for outcome in fresh)
    assert len(desk.box.messages) == 1


def test_a_resend_is_a_correction_of_its_own_and_says_so(desk: Desk) -> None:
    config = desk.config()
    desk.deliver(config)
    requests.resend(config, desk.home, desk.ops, "weekly", NOW, subscriber_id="lead")
    subjects = [mail["Subject"] for mail in desk.box.messages]
    assert subjects == ["Weekly hiring funnel: 22–28 June 2026", "Weekly hiring funnel: 22–28 June 2026 (correction 1)"]
    assert len({mail["Message-ID"] for mail in desk.box.messages}) == 2
    assert len(desk.slack.posts) == 1


def test_send_repeats_what_was_skipped_and_never_what_was_sent(desk: Desk) -> None:
    off = desk.config(company={"delivery": {"enabled": False}})
    desk.deliver(off)
    config = desk.config()
    assert {o.state for o in requests.send(config, desk.home, desk.ops, "weekly", NOW)} == {"sent"}
    requests.send(config, desk.home, desk.ops, "weekly", NOW, force=True)
    assert (len(desk.box.messages), len(desk.slack.posts)) == (1, 1)


def test_a_pause_holds_until_it_is_ended(desk: Desk) -> None:
    config = desk.config()
    requests.pause(config, desk.ops, "weekly", NOW - timedelta(days=1), subscriber_id="lead")
    desk.deliver(config)
    assert desk.states() == {"lead": "skipped", "team": "sent"}
    assert requests.resume(config, desk.ops, "weekly", NOW, subscriber_id="lead") == 1
    requests.send(config, desk.home, desk.ops, "weekly", NOW)
    assert desk.states() == {"lead": "sent", "team": "sent"}


def test_the_files_channel_leaves_a_folder_to_open(desk: Desk, tmp_path: Path) -> None:
    share = tmp_path / "share"
    desk.deliver(desk.config(subscribers=({"id": "wiki", "channel": "files", "address": str(share)},)))
    folder = share / "weekly" / "2026-W26"
    html = (folder / "report.html").read_text()
    assert {f"{name}.png" for name in ("funnel", "time_in_stage")} == set(re.findall(r'src="([^"]+)"', html))
    assert all((folder / name).exists() for name in ("funnel.png", "time_in_stage.png", "report.txt"))


def test_list_plan_and_preview_change_nothing_and_send_nothing(desk: Desk, tmp_path: Path) -> None:
    config = desk.config()
    (line,) = overview.list_reports(config, desk.ops, NOW)
    assert line.next_at == datetime(2026, 7, 6, 6, tzinfo=UTC)
    assert [row.state for row in overview.plan(config, desk.ops, NOW)] == ["not planned yet", "not planned yet"]
    paths = preview(config, desk.home, "weekly", tmp_path / "preview", now=NOW)
    assert {path.name for path in paths} >= {"weekly.html", "weekly.eml", "weekly.txt", "weekly.blocks.json", "funnel.png"}
    assert ledger.find(desk.ops) == []
    assert desk.box.messages == []
