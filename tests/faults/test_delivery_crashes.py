"""A process killed at each step of a delivery, by each channel; then the run is started again. Nothing is lost, nothing doubled in silence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from base import ops as ops_database
from base.home import PROJECT_ROOT, Home
from exports.delivery import delivery_ledger as ledger
from exports.delivery import overview
from exports.delivery.deliver import deliver_due
from orchestration.checked_config import load_config
from tests.support.inboxes import Mailbox, Workspace, mailbox, workspace

NOW = datetime(2026, 6, 29, 6, 30, tzinfo=UTC)
DELIVER = """
import sys
from datetime import datetime
from pathlib import Path
from base import ops
from orchestration.checked_config import load_config
from base.home import Home
from exports.delivery.deliver import deliver_due
home = Home(Path(sys.argv[1]))
deliver_due(load_config(Path(sys.argv[2])), home, ops.engine(home), datetime.fromisoformat(sys.argv[3]))
"""


class Site:
    def __init__(self, folder: Path, published: Home, port: int, box: Mailbox, slack: Workspace) -> None:
        self.home = Home(folder / "home").prepare()
        self.home.published.rmdir()
        self.home.published.symlink_to(published.published)
        self.folder, self.box, self.slack, self.port = folder / "config", box, slack, port

    def configure(self, channel: str, on_ambiguous: str) -> None:
        self.folder.mkdir(exist_ok=True)
        address = "lead@example.com" if channel == "email" else "C0TEAM"
        subscriber = {"id": "lead", "channel": channel, "address": address}
        report = {
            "id": "weekly",
            "edition": "weekly_funnel",
            "cron": "0 8 * * 1",
            "on_ambiguous": on_ambiguous,
            "subscribers": [subscriber],
        }
        delivery: dict[str, Any] = {
            "enabled": True,
            "allowed_domains": ["example.com"],
            "smtp": {"host": "127.0.0.1", "port": self.port, "security": "none", "from_address": "reports@funnelcast.example"},
            "slack": {"base_url": f"{self.slack.url}/api/"},
        }
        files = {
            "sources.yml": {"sources": []},
            "company.yml": {"name": "Northwind", "time_zone": "Europe/Berlin", "delivery": delivery},
            "reports.yml": {"reports": [report]},
        }
        for name, content in files.items():
            (self.folder / name).write_text(json.dumps(content))

    def run_and_die(self, fault: str) -> int:
        environment = {**os.environ, "FUNNELCAST_FAULT": fault, "PYTHONPATH": str(PROJECT_ROOT)}
        command = [sys.executable, "-c", DELIVER, str(self.home.root), str(self.folder), NOW.isoformat()]
        return subprocess.run(command, env=environment, cwd=PROJECT_ROOT, check=False).returncode

    def run(self) -> None:
        engine = ops_database.engine(self.home)
        deliver_due(load_config(self.folder), self.home, engine, NOW)
        engine.dispose()

    def state(self) -> ledger.Delivery:
        engine = ops_database.engine(self.home)
        (row,) = ledger.find(engine)
        engine.dispose()
        return row

    def received(self, channel: str) -> int:
        return len(self.box.messages) if channel == "email" else len(self.slack.posts)


@pytest.fixture
def site(tmp_path: Path, published: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-test")
    with mailbox() as (box, port), workspace() as slack:
        yield Site(tmp_path, published, port, box, slack)


@pytest.mark.parametrize(
    ("channel", "fault", "on_ambiguous", "received_then", "received_finally", "state"),
    [
        ("email", "delivery.before_send", "hold", 0, 1, "sent"),
        ("email", "delivery.between_send_and_record", "resend", 1, 2, "sent"),
        ("email", "delivery.between_send_and_record", "hold", 1, 1, "ambiguous"),
        ("slack", "delivery.before_send", "hold", 0, 1, "sent"),
        ("slack", "delivery.between_send_and_record", "hold", 1, 1, "sent"),
    ],
)
def test_a_killed_delivery_ends_as_the_ledger_says_and_doubles_only_where_it_says_so(
    site: Site, channel: str, fault: str, on_ambiguous: str, received_then: int, received_finally: int, state: str
) -> None:
    site.configure(channel, on_ambiguous)
    assert site.run_and_die(fault) == -signal.SIGKILL
    assert (site.state().state, site.received(channel)) == ("sending", received_then)
    for _ in range(2):
        site.run()
    assert (site.state().state, site.received(channel)) == (state, received_finally)
    assert len({mail["Message-ID"] for mail in site.box.messages}) <= 1
    engine = ops_database.engine(site.home)
    (story,) = overview.why(load_config(site.folder), engine, "weekly")
    engine.dispose()
    text = " ".join(story.sentences)
    if received_finally == 2:
        assert "it may arrive twice" in text
    if state == "ambiguous":
        assert "held: unknown whether it arrived" in text
    if channel == "slack":
        assert site.state().charts_state == "done"
        assert len(site.slack.files) == 2


def test_a_delivery_that_a_living_process_is_sending_is_left_to_it(site: Site) -> None:
    site.configure("email", "resend")
    assert site.run_and_die("delivery.before_send") == -signal.SIGKILL
    engine = ops_database.engine(site.home)
    with engine.begin() as connection:
        connection.execute(ledger.deliveries.update().values(claimed_by=ledger.this_process()))
    assert deliver_due(load_config(site.folder), site.home, engine, NOW) == []
    engine.dispose()
    assert (site.state().state, site.received("email")) == ("sending", 0)
