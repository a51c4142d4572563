"""A published home, its delivery ledger and both inboxes, for tests of deliveries over real SMTP and HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.engine import Engine

from base import ops as ops_database
from base.config import Config, Report, company_model
from base.home import Home
from exports.channels.registry import delivery_sections
from exports.delivery import delivery_ledger as ledger
from exports.delivery.courier import Outcome
from exports.delivery.deliver import deliver_due
from tests.support.inboxes import Mailbox, Workspace, mailbox, workspace

NOW = datetime(2026, 6, 29, 6, 30, tzinfo=UTC)


@dataclass
class Desk:
    """A published home, its ledger, and both inboxes."""

    home: Home
    ops: Engine
    box: Mailbox
    slack: Workspace
    port: int

    def config(
        self, *, subscribers: tuple[dict[str, Any], ...] | None = None, company: dict[str, Any] | None = None, **report: Any
    ) -> Config:
        delivery = {
            "enabled": True,
            "allowed_domains": ["example.com"],
            "smtp": {
                "host": "127.0.0.1",
                "port": self.port,
                "security": "none",
                "from_address": "reports@funnelcast.example",
                "timeout_seconds": 5,
            },
            "slack": {"token_env": "TEST_SLACK_TOKEN", "base_url": f"{self.slack.url}/api/"},
        }
        given = {
            "name": "Northwind Robotics",
            "time_zone": "Europe/Berlin",
            "delivery": {**delivery, **(company or {}).pop("delivery", {})},
        }
        everyone = (
            {"id": "lead", "channel": "email", "address": "lead@example.com"},
            {"id": "team", "channel": "slack", "address": "C0TEAM"},
        )
        settings = {"id": "weekly", "edition": "weekly_funnel", "cron": "0 8 * * 1", "subscribers": subscribers or everyone, **report}
        return Config(
            folder=Path("config"),
            sources=(),
            company=company_model(delivery_sections()).model_validate({**given, **(company or {})}),
            reports=(Report.model_validate(settings),),
            digest="d",
            mappings_digest="m",
        )

    def deliver(self, config: Config | None = None, now: datetime = NOW) -> list[Outcome]:
        return deliver_due(config or self.config(), self.home, self.ops, now, sleep=lambda seconds: None)

    def states(self) -> dict[str, str]:
        return {row.key.subscriber_id: row.state for row in ledger.find(self.ops)}


DeskT = TypeVar("DeskT", bound=Desk)


@contextmanager
def delivery_desk(published: Home, folder: Path, *, smtputf8: bool = True, kind: type[DeskT] = Desk) -> Iterator[DeskT]:  # type: ignore[assignment]
    """A desk over what `published` has, in a home of its own; reports are rendered once for all desks. Wants TEST_SLACK_TOKEN to be set."""
    home = Home(folder).prepare()
    for own, shared in ((home.published, published.published), (home.reports, published.reports)):
        own.rmdir()
        own.symlink_to(shared)
    for receipts in home.reports.glob("*/*/receipts"):
        shutil.rmtree(receipts)
    with mailbox(smtputf8=smtputf8) as (box, port), workspace() as slack:
        engine = ops_database.engine(home)
        yield kind(home, engine, box, slack, port)
        engine.dispose()
