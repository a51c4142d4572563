"""The other doubles over real HTTP and SMTP: Gem, SES files, SMTP, Slack, the fault switches, and time that moves on."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from orchestration.checked_config import load_config
from sandbox.company import simulate
from sandbox.config import write_config
from sandbox.doubles.gem.service import GemSettings
from sandbox.doubles.slack_limits import refusal
from sandbox.server import Doubles
from sandbox.truth import truth_of
from sandbox.world import World


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(requisitions=12, years=0.5)


@pytest.fixture(scope="module")
def running(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doubles]:
    with Doubles(world, tmp_path_factory.mktemp("sandbox")) as doubles:
        yield doubles


@pytest.fixture
def doubles(running: Doubles) -> Doubles:
    running.faults.clear()
    return running


def gem(doubles: Doubles, path: str, **params: Any) -> httpx.Response:
    return httpx.get(f"{doubles.gem_url}/{path}", params=params, headers={"X-API-Key": "sandbox-gem-key"}, timeout=20)


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "funnel@example.com", "reader@example.com", "Weekly <funnel>"
    message.set_content("In plain words.")
    message.add_alternative('<p>Hello <img src="cid:chart" alt="a chart"></p>', subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG-bytes", maintype="image", subtype="png", cid="<chart>")  # type: ignore[index, union-attr]
    return message


def send(doubles: Doubles) -> None:
    with smtplib.SMTP(doubles.smtp_host, doubles.smtp_port, timeout=10) as smtp:
        smtp.send_message(letter())


def events(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(folder.rglob("*")) if path.is_file() for line in path.read_text().splitlines()]


def test_gem_lists_are_bare_arrays_paged_by_a_header(doubles: Doubles) -> None:
    first = gem(doubles, "candidates", page_size=7, sort="asc")
    facts = json.loads(first.headers["x-pagination"])
    assert len(first.json()) == 7 and facts["page"] == 1 and facts["next_page"] == 2 and facts["total_pages"] == -(-facts["total"] // 7)
    last = gem(doubles, "candidates", page_size=7, page=facts["last_page"], sort="asc")
    assert "next_page" not in json.loads(last.headers["x-pagination"])
    created = [row["created_at"] for row in first.json()]
    assert created == sorted(created) and all(isinstance(value, int) for value in created)
    assert gem(doubles, "candidates", page_size=101).status_code == 400
    assert httpx.get(f"{doubles.gem_url}/users").status_code == 401


def test_gem_events_are_per_candidate_and_tell_replies_but_no_sequence(doubles: Doubles, world: World) -> None:
    replied = next(m for m in truth_of(world).messages if m.reply_class_code == "interested")
    person = next(p for p in world.persons if p.email == replied.person_email)
    rows = gem(doubles, f"candidates/{person.gem_id}/events", sort="asc").json()
    assert rows[0]["type"] == "first_outreach" and rows[-1]["type"] == "reply" and rows[-1]["reply_status"] == "interested"
    assert rows[-1]["timestamp"] == replied.replied_at
    assert set(rows[0]) == {
        *("id", "timestamp", "candidate_id", "contact_medium", "user_id", "on_behalf_of_user_id", "type", "subtype", "reply_status"),
    }


def test_gem_filters_by_update_and_refuses_when_its_bucket_is_full(doubles: Doubles) -> None:
    rows = gem(doubles, "candidates", page_size=100, sort="asc").json()
    bound = sorted(row["last_updated_at"] for row in rows)[-3]
    assert all(row["last_updated_at"] >= bound for row in gem(doubles, "candidates", updated_after=bound).json())
    doubles.gem.settings = GemSettings(rate_limit=2, rate_per_second=0.0001)
    try:
        statuses = [gem(doubles, "users").status_code for _ in range(4)]
    finally:
        doubles.gem.settings = GemSettings()
    assert statuses[-1] == 429


def test_ses_files_hold_one_event_a_line_in_dated_folders_and_agree_with_the_truth(doubles: Doubles, world: World) -> None:
    found = events(doubles.ses_folder)
    files = [path for path in doubles.ses_folder.rglob("*") if path.is_file()]
    assert all(len(path.relative_to(doubles.ses_folder).parts) == 5 for path in files)
    messages = truth_of(world).messages
    sent = {event["mail"]["messageId"] for event in found if event["eventType"] == "Send"}
    assert sent == {message.message_id for message in messages}
    clicked = {(event["mail"]["messageId"], event["click"]["link"]) for event in found if event["eventType"] == "Click"}
    assert clicked == {(message.message_id, link) for message in messages for link in message.clicked}
    bounced = {event["mail"]["messageId"] for event in found if event["eventType"] == "Bounce"}
    assert bounced == {message.message_id for message in messages if message.is_bounced}
    tags = found[0]["mail"]["tags"]
    assert {"sequence_id", "step_number", "candidate_ref", "sender_user_id"} <= set(tags)


def test_machines_act_within_seconds_of_delivery_and_people_minutes_later(doubles: Doubles) -> None:
    delivered = {e["mail"]["messageId"]: e["delivery"]["timestamp"] for e in events(doubles.ses_folder) if e["eventType"] == "Delivery"}
    agents: dict[str, set[bool]] = {}
    for event in events(doubles.ses_folder):
        if event["eventType"] in ("Open", "Click"):
            act = event[event["eventType"].lower()]
            seconds = _seconds(act["timestamp"]) - _seconds(delivered[event["mail"]["messageId"]])
            assert seconds <= 6 or seconds >= 240
            agents.setdefault(act["userAgent"], set()).add(seconds <= 6)
    assert all(len(kinds) == 1 for kinds in agents.values()) and {True} in agents.values() and {False} in agents.values()


def _seconds(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


def test_the_smtp_server_keeps_a_message_where_a_person_can_open_it(doubles: Doubles) -> None:
    send(doubles)
    kept = sorted(doubles.inbox.folder.glob("*.eml"))[-1]
    image = next(doubles.inbox.folder.glob(f"{kept.stem}-1.png"))
    assert image.read_bytes() == b"\x89PNG-bytes" and image.name in kept.with_suffix(".html").read_text()
    index = (doubles.inbox.folder / "index.html").read_text()
    assert "Weekly &lt;funnel&gt;" in index and kept.with_suffix(".html").name in index


@pytest.mark.parametrize(
    ("route", "kind", "expected", "is_kept"),
    [
        ("rcpt", "status", smtplib.SMTPRecipientsRefused, False),
        ("data", "status", smtplib.SMTPDataError, False),
        ("body", "cut", smtplib.SMTPServerDisconnected, False),
        ("data", "cut", smtplib.SMTPServerDisconnected, True),
    ],
)
def test_the_smtp_server_can_refuse_or_hang_up_before_or_after_the_final_dot(
    doubles: Doubles, route: str, kind: str, expected: type[Exception], is_kept: bool
) -> None:
    before = len(doubles.inbox.messages())
    doubles.faults.add(kind, service="smtp", route=route, status=451, times=1)
    with pytest.raises(expected):
        send(doubles)
    assert len(doubles.inbox.messages()) == before + is_kept


def slack(doubles: Doubles) -> WebClient:
    return WebClient("xoxb-sandbox-token", base_url=doubles.slack_url, retry_handlers=[])


def test_slack_keeps_messages_threads_files_and_metadata(doubles: Doubles) -> None:
    client = slack(doubles)
    metadata = {"event_type": "funnelcast_report", "event_payload": {"delivery_key": "k1"}}
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*12* of 31 &lt;advanced&gt;"}}]
    posted = client.chat_postMessage(channel="C0REPORTS", text="Weekly funnel", blocks=blocks, metadata=metadata)
    client.files_upload_v2(channel="C0REPORTS", thread_ts=posted["ts"], content=b"\x89PNG123", filename="chart.png", alt_txt="a chart")
    history = client.conversations_history(channel="C0REPORTS", include_all_metadata=True, oldest="1.0")["messages"]
    assert history[0]["ts"] == posted["ts"] and history[0]["metadata"] == metadata
    assert "metadata" not in client.conversations_history(channel="C0REPORTS")["messages"][0]
    replies = client.conversations_replies(channel="C0REPORTS", ts=posted["ts"])["messages"]
    assert (doubles.folder / "slack" / replies[1]["files"][0]["name"]).read_bytes() == b"\x89PNG123"
    page = (doubles.folder / "slack" / "index.html").read_text()
    assert "<strong>12</strong> of 31 &lt;advanced&gt;" in page and 'alt="a chart"' in page


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0REPORTS", "text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        (
            {"channel": "C0REPORTS", "text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "y" * 3001}}]},
            "invalid_blocks",
        ),
        (
            {"channel": "C0REPORTS", "text": "x", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "y" * 151}}]},
            "invalid_blocks",
        ),
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0PRIVATE", "text": "x"}, "not_in_channel"),
    ],
)
def test_slack_refuses_with_ok_false_and_http_200(doubles: Doubles, arguments: dict[str, Any], error: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        slack(doubles).chat_postMessage(**arguments)
    assert caught.value.response["error"] == error and caught.value.response.status_code == 200


def test_slack_refuses_too_much_text_over_all_blocks() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "y" * 2900}}
    assert refusal("x", [section] * 4) is None
    assert refusal("x", [section] * 5) == ("msg_blocks_too_long", [])


def test_a_slack_post_that_is_cut_was_accepted(doubles: Doubles) -> None:
    before = len(doubles.slack.messages)
    doubles.faults.add("cut", service="slack", route="/api/chat.postMessage", times=1)
    with pytest.raises(Exception, match=r"(?i)incomplete|disconnect|closed"):
        slack(doubles).chat_postMessage(channel="C0REPORTS", text="accepted, never answered")
    assert len(doubles.slack.messages) == before + 1
    doubles.faults.add("ok_false", service="slack", error="internal_error", times=1)
    with pytest.raises(SlackApiError, match="internal_error"):
        slack(doubles).chat_postMessage(channel="C0REPORTS", text="x")
    assert len(doubles.slack.messages) == before + 1


def test_faults_are_set_over_http_and_strike_only_where_and_when_they_should(doubles: Doubles) -> None:
    control = doubles.gem_url.replace("/v0", "/_control/faults")
    switch = {"kind": "status", "service": "gem", "route": "/v0/users", "status": 429, "retry_after": 2, "nth": 2}
    assert httpx.post(control, json=switch).status_code == 200
    replies = [gem(doubles, "users") for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 429, 200] and replies[1].headers["retry-after"] == "2"
    assert gem(doubles, "projects").status_code == 200
    assert httpx.get(control).json()[0]["struck"] == 1
    assert httpx.post(control, json={"kind": "earthquake"}).status_code == 422
    assert httpx.delete(control).json() == []


@pytest.mark.parametrize(("kind", "is_readable"), [("drip", True), ("html", False), ("short", False)])
def test_a_reply_can_come_slowly_or_as_something_else(doubles: Doubles, kind: str, is_readable: bool) -> None:
    doubles.faults.add(kind, service="gem", times=1, seconds=0.002)
    reply = gem(doubles, "users")
    assert reply.status_code == 200
    if is_readable:
        assert reply.json() == gem(doubles, "users").json()
    else:
        with pytest.raises(ValueError, match=r"(?i)expecting|unterminated|delimiter"):
            reply.json()


def test_a_cut_reply_ends_before_its_length(doubles: Doubles) -> None:
    doubles.faults.add("cut", service="gem", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        gem(doubles, "users")


def test_the_configuration_of_the_company_loads_and_names_every_credential(
    doubles: Doubles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_config(write_config(tmp_path / "config", doubles))
    assert {source.name: source.kind for source in config.sources} == {
        "greenhouse": "greenhouse",
        "gem": "gem",
        "ses": "ses",
        "outreach_drop": "canonical_files",
    }
    for name, value in doubles.environment.items():
        monkeypatch.setenv(name, value)
    assert all(source.secret(role) for source in config.sources for role in source.credentials)
    assert config.company.delivery.enabled and {report.edition for report in config.reports} == {"weekly_funnel", "offer_declines"}
    known = {stage.name for job in doubles.world.jobs for stage in job.stages}
    mapped = {line.split(",")[1] for line in (tmp_path / "config" / "mappings" / "stages.csv").read_text().splitlines()[1:]}
    assert mapped >= known - {"Executive Coffee Chat"} and "Executive Coffee Chat" not in mapped


def test_as_time_moves_on_only_what_happened_is_added(world: World, tmp_path: Path) -> None:
    with Doubles(world, tmp_path) as doubles:
        before = {path: path.read_bytes() for path in doubles.ses_folder.rglob("*") if path.is_file()}
        old = len(events(doubles.ses_folder))
        later = doubles.travel(world.now + timedelta(days=1))
        assert all(path.read_bytes() == content for path, content in before.items())
        added = events(doubles.ses_folder)
        assert len(added) > old and len(list((doubles.folder / "truth").iterdir())) == 4
        assert doubles.greenhouse.world is later and len(truth_of(later).applications) > len(truth_of(world).applications)
        with pytest.raises(ValueError, match="cannot be taken back"):
            doubles.travel(world.now)
