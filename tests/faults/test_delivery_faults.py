"""A1, T8, T9, T11: odd addresses, clocks and zones that change, a database that is lost, notices and uploads that are cut off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from base import ops as ops_database
from base.home import Home
from exports.channels import slack as slack_channel
from exports.channels.email import address_refusal
from exports.delivery import delivery_ledger as ledger
from exports.delivery import notices, overview, pauses, rebuilding, requests
from exports.delivery.deliver import deliver_due
from tests.support.delivery_desk import NOW, Desk, delivery_desk

OWNER = {"owner": {"email": "owner@example.com"}}


@pytest.fixture(params=[True])
def desk(request: pytest.FixtureRequest, published: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("TEST_SLACK_TOKEN", "xoxb-test")
    with delivery_desk(published, tmp_path, smtputf8=request.param) as desk:
        yield desk


def mails(*addresses: str) -> tuple[dict[str, Any], ...]:
    return tuple({"id": f"s{number}", "channel": "email", "address": address} for number, address in enumerate(addresses))


def to_owner(desk: Desk) -> list[str]:
    return [str(mail.get_content()) for mail in desk.box.messages if mail["To"] == "owner@example.com"]


@pytest.mark.parametrize("desk", [False], indirect=True)
def test_an_address_that_the_server_cannot_take_fails_in_words_and_the_others_get_theirs(desk: Desk) -> None:
    """A1."""
    config = desk.config(subscribers=mails("jörg@example.com", "anna@example.com", "ben@example.com"), company=OWNER)
    desk.deliver(config)
    assert desk.states() == {"s0": "failed", "s1": "sent", "s2": "sent"}
    reason = ledger.find(desk.ops)[0].reason or ""
    assert reason.startswith("the SMTP server does not take letters beyond ASCII before the @ (SMTPUTF8), which this address has")
    for _ in range(2):
        desk.deliver(config, NOW + timedelta(hours=1))
    [notice] = to_owner(desk)
    assert "weekly, s0 (email, 2026-W26): failed. the SMTP server does not take" in notice


def test_letters_beyond_ascii_go_by_smtputf8_and_domains_by_idna(desk: Desk) -> None:
    """A1: its family. An apostrophe is a letter like any other."""
    people = mails("jörg@example.com", "lead@München.example", "lead@straße.de", "o'brien@EXAMPLE.com")
    desk.deliver(
        desk.config(
            subscribers=people, company={"delivery": {"allowed_domains": ["example.com", "münchen.example", "STRASSE.de", "straße.de"]}}
        )
    )
    assert set(desk.states().values()) == {"sent"}
    assert desk.box.recipients == ["jörg@example.com", "lead@xn--mnchen-3ya.example", "lead@xn--strae-oqa.de", "o'brien@example.com"]
    assert [str(mail["To"]) for mail in desk.box.messages[:2]] == ["jörg@example.com", "lead@xn--mnchen-3ya.example"]


@pytest.mark.parametrize(
    "address",
    ['"a b"@example.com',   "a@b@example.com", "a@-x-.com", "a@example..com",
     "a, b@example.com", "<a@example.com>", "a@", "\u202ea@example.com", "a" * 65 + "@example.com"],
)  # fmt: skip
def test_what_is_no_address_is_skipped_in_words_and_reaches_no_header(desk: Desk, address: str) -> None:
    desk.deliver(desk.config(subscribers=mails(address, "anna@example.com")))
    assert desk.states() == {"s0": "skipped", "s1": "sent"}
    assert (ledger.find(desk.ops)[0].reason or "").startswith("the subscriber's address in reports.yml is not an email address")
    assert desk.box.recipients == ["anna@example.com"]


@pytest.mark.parametrize("address", ["a@example.com\nBcc: all@example.com", "a@example.com\n", "a@example.com\r\n", "\ud800@example.com"])
def test_a_line_break_in_an_address_is_refused_before_it_is_a_header(desk: Desk, address: str) -> None:
    """The configuration refuses one, too; this is for whoever builds one in code."""
    assert address_refusal(desk.config().company, address) == "the subscriber's address in reports.yml is not an email address"


def test_one_refused_recipient_of_many_fails_alone_and_a_refused_sender_fails_nobody_for_good(desk: Desk) -> None:
    config = desk.config(subscribers=mails(*(f"p{number}@example.com" for number in range(4))))
    desk.box.recipient_answers = ["ok", "550 no such user", "ok", "ok"]
    desk.deliver(config)
    assert desk.states() == {"s0": "sent", "s1": "failed", "s2": "sent", "s3": "sent"}
    other = desk.config(subscribers=mails("new@example.com"), id="other")
    desk.box.sender_answers = ["553 sender refused"]
    desk.deliver(other)
    [row] = ledger.find(desk.ops, report_id="other")
    assert (row.state, row.reason) == ("rendered", "the SMTP server refused the sender: 553 sender refused")
    desk.deliver(other, NOW + timedelta(hours=1))
    assert ledger.get(desk.ops, row.delivery_id).state == "sent"


def test_a_notice_that_could_not_be_sent_is_sent_once_when_telling_works_again(desk: Desk) -> None:
    """T9: the mail server refuses everybody; an hour later it works."""
    config = desk.config(subscribers=mails("a@example.com"), company=OWNER)
    desk.box.recipient_answers = ["550 gone", "451 not now"]
    desk.deliver(config)
    notices.notify_owner(config, desk.home, desk.ops, key="run:r1", subject="a run failed", text="Run r1 failed: broken.", now=NOW)
    desk.box.messages.clear()
    with desk.ops.begin() as connection:
        connection.execute(sa.update(notices.owner_notices).values(state="waiting", sent_at=None))
    for hours in (3, 4, 5):
        desk.deliver(config, NOW + timedelta(hours=hours))
    [text] = to_owner(desk)
    assert desk.box.messages[0]["Subject"] == "Funnelcast: 2 notices"
    assert "Run r1 failed: broken." in text and "weekly, s0 (email, 2026-W26): failed. the SMTP server answered 550 gone" in text
    assert text.count("Written 2026-06-29 06:30 UTC; it could not be sent then.") == 2
    notices.notify_owner(config, desk.home, desk.ops, key="run:r1", subject="a run failed", text="Run r1 failed: broken.", now=NOW)
    assert len(to_owner(desk)) == 1


def test_an_upload_that_was_cut_off_is_unresolved_after_the_lease_and_a_person_settles_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T11."""
    team = ({"id": "team", "channel": "slack", "address": "C0TEAM"},)
    config = desk.config(subscribers=team, company=OWNER)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(slack_channel.SlackChannel, "attach_charts", killed)
        with pytest.raises(KeyboardInterrupt):
            desk.deliver(config)
    [row] = ledger.find(desk.ops)
    assert (row.state, row.charts_state) == ("sent", "sending")
    desk.deliver(config, NOW + timedelta(minutes=10))
    assert ledger.get(desk.ops, row.delivery_id).charts_state == "sending", "it may be at work"
    for hours in (1, 2):
        desk.deliver(config, NOW + timedelta(hours=hours))
    row = ledger.get(desk.ops, row.delivery_id)
    assert (row.state, row.charts_state) == ("sent", "unknown")
    [notice] = to_owner(desk)
    assert "weekly, team (slack, 2026-W26): sent. unknown whether all charts arrived" in notice
    assert (len(desk.slack.posts), len(desk.slack.files)) == (1, 0)
    requests.settle(config, desk.home, desk.ops, "weekly", NOW + timedelta(hours=3), has_arrived=False)
    assert (len(desk.slack.posts), len(desk.slack.files)) == (1, 2)
    assert ledger.get(desk.ops, row.delivery_id).charts_state == "done"


@pytest.mark.parametrize(("has_arrived", "received"), [(True, 1), (False, 2)])
def test_a_held_delivery_is_settled_by_a_person(desk: Desk, has_arrived: bool, received: int) -> None:
    config = desk.config(subscribers=mails("a@example.com"), on_ambiguous="hold")
    desk.box.answers = ["drop"]
    desk.deliver(config)
    assert desk.states() == {"s0": "ambiguous"}
    requests.settle(config, desk.home, desk.ops, "weekly", NOW + timedelta(days=3), has_arrived=has_arrived)
    assert desk.states() == {"s0": "sent"}
    assert len(desk.box.messages) == received
    assert len({mail["Message-ID"] for mail in desk.box.messages}) == 1


def test_another_zone_does_not_send_the_period_again(desk: Desk) -> None:
    """T8."""
    desk.deliver(desk.config())
    for zone in ("America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"):
        desk.deliver(desk.config(time_zone=zone), NOW + timedelta(hours=10))
    assert (len(desk.box.messages), len(desk.slack.posts)) == (1, 1)


def test_an_older_period_is_never_sent_after_a_newer_one_even_when_forced(desk: Desk) -> None:
    """T8: the clock goes seven days back."""
    config = desk.config(options={"max_data_age_hours": 1000})
    desk.deliver(config)
    back = NOW - timedelta(days=7)
    outcomes = [*desk.deliver(config, back), *requests.send(config, desk.home, desk.ops, "weekly", back, force=True)]
    assert {outcome.state for outcome in outcomes} == {"skipped"}
    assert all((outcome.reason or "").startswith("older period: 2026-W26 was sent already") for outcome in outcomes)
    assert (len(desk.box.messages), len(desk.slack.posts)) == (1, 1)


def test_a_clock_that_was_ahead_blocks_nothing_once_its_ticks_are_put_back(desk: Desk) -> None:
    config = desk.config(options={"max_data_age_hours": 5000}, subscribers=mails("a@example.com"))
    desk.deliver(config, NOW + timedelta(days=140, hours=2))
    assert [outcome.state for outcome in desk.deliver(config)] == ["skipped"]
    assert ledger.put_back_ticks(desk.ops, NOW) == 1
    assert {outcome.state for outcome in requests.send(config, desk.home, desk.ops, "weekly", NOW)} == {"sent"}
    assert len(desk.box.messages) == 2


def test_a_lost_database_sends_nothing_again_and_rebuilt_everything_waits_for_a_person(desk: Desk) -> None:
    """T8."""
    config = desk.config(company=OWNER)
    desk.box.answers = ["drop"]
    desk.deliver(desk.config(company=OWNER, on_ambiguous="hold"))
    assert desk.states() == {"lead": "ambiguous", "team": "sent"}
    desk.ops.dispose()
    for path in desk.home.root.glob("ops.sqlite*"):
        path.unlink()
    desk.ops = ops_database.engine(desk.home, is_new=True)
    desk.deliver(config)
    assert desk.states() == {"lead": "ambiguous", "team": "sent"}
    with desk.ops.begin() as connection:
        for table in (ledger.delivery_events, ledger.deliveries):
            connection.execute(sa.delete(table))
    assert rebuilding.rebuild(desk.home, desk.ops, NOW) == 2
    later = NOW + timedelta(days=7)
    stale = desk.config(company=OWNER, options={"max_data_age_hours": 1000})
    waiting = [outcome for outcome in desk.deliver(stale, later) if outcome.key.period_key == "2026-W27"]
    assert {(outcome.state, (outcome.reason or "")[:23]) for outcome in waiting} == {("planned", "all deliveries are held")}
    assert pauses.release(desk.ops, later)
    desk.deliver(stale, later)
    assert {row.state for row in ledger.find(desk.ops, period_key="2026-W27")} == {"sent"}
    assert [mail["X-Report-Key"] for mail in desk.box.messages if mail["X-Report-Key"]] == [
        "weekly|1|lead|email|2026-W26",
        "weekly|1|lead|email|2026-W27",
    ]
    assert len(desk.slack.posts) == 2


def test_what_was_rendered_and_then_damaged_is_rendered_again(desk: Desk) -> None:
    config = desk.config(subscribers=mails("a@example.com"), title="To be damaged")
    desk.box.recipient_answers = ["451 later"] * 3
    desk.deliver(config)
    [row] = ledger.find(desk.ops)
    text = desk.home.reports / (row.artifact or "") / "report.mail.html"
    text.write_text(text.read_text().replace("hire", "fire", 1))
    desk.deliver(config, NOW + timedelta(hours=1))
    assert desk.states() == {"s0": "sent"}
    assert "fire" not in str(desk.box.messages[0])
    [story] = overview.why(config, desk.ops, "weekly")
    assert any("its rendered files are damaged: rendered again" in sentence for sentence in story.sentences)


def test_keys_that_named_a_zone_lose_it_in_the_migration(tmp_path: Path) -> None:
    """T8: of one period delivered in two zones, what was sent keeps the key; what was still planned is skipped."""
    from alembic import command

    engine = sa.create_engine(f"sqlite:///{tmp_path / 'ops.sqlite'}")
    config = ops_database.alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        row = {"report_id": "r", "edition_number": 1, "subscriber_id": "s", "channel": "email", "tick_at": NOW, "window_ends_at": NOW,
               "attempt_count": 0, "ambiguous_count": 0, "is_transmitting": False, "created_at": NOW, "updated_at": NOW}  # fmt: skip
        old = (
            ("2026-W26@Europe/Berlin", "sent"),
            ("2026-W26@UTC", "planned"),
            ("2026-W25@UTC", "sent"),
            ("2026-06-29T08:00+0200@Europe/Berlin", "sent"),
        )
        columns = [column for column in ledger.deliveries.c if column.name != "notice_state"]
        table = sa.table("deliveries", *(sa.column(column.name, column.type) for column in columns))
        connection.execute(sa.insert(table), [{**row, "period_key": key, "state": state} for key, state in old])
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    with engine.connect() as connection:
        found = connection.execute(sa.text("select period_key, state from deliveries order by delivery_id")).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [
        ("2026-W26", "sent"), ("2026-W26@UTC", "skipped"), ("2026-W25", "sent"), ("2026-06-29T08:00", "sent"),
    ]  # fmt: skip


def test_a_cron_that_never_fires_holds_up_no_other_report(desk: Desk) -> None:
    config = desk.config(subscribers=mails("a@example.com"))
    never = config.reports[0].model_copy(update={"id": "never", "cron": "0 8 30 2 *"})
    outcomes = deliver_due(config.model_copy(update={"reports": (never, *config.reports)}), desk.home, desk.ops, NOW)
    assert {outcome.key.report_id: outcome.state for outcome in outcomes} == {"never": "failed", "weekly": "sent"}
