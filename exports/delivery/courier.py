"""One call's circumstances, and what became of each delivery in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.engine import Engine

from base.config import Config, Report, Subscriber
from base.home import Home
from exports.channels.channel import Channel, Key
from exports.channels.registry import CHANNELS


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery in this call."""

    key: Key
    state: str
    reason: str | None
    provider_id: str | None = None


@dataclass
class Courier:
    """One call's circumstances. `notice` is printed at the top of every report rendered (a failed build, say)."""

    config: Config
    home: Home
    ops: Engine
    now: datetime
    notice: str = ""
    sleep: Callable[[float], None] = time.sleep
    is_forced: bool = False
    stopped: dict[str, str] = field(default_factory=dict)

    def channel(self, name: str) -> Channel:
        """The channel of that name. Raises ConfigError when there is none."""
        return CHANNELS.named(name)(self.config.company, self.home)

    def find(self, key: Key) -> tuple[Report, Subscriber] | None:
        """The report and subscriber as configured today; None when either was removed, or moved to another channel."""
        for report in self.config.reports:
            for subscriber in report.subscribers:
                if (report.id, subscriber.id, subscriber.channel) == (key.report_id, key.subscriber_id, key.channel):
                    return report, subscriber
        return None
