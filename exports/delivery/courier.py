"""One call's circumstances, what became of each delivery in it, and the guard that keeps one delivery's failure to itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.engine import Engine

from base.config import Config, Report, Subscriber
from base.errors import FunnelcastError, contained
from base.home import Home
from exports.channels.channel import Channel, Key
from exports.channels.registry import CHANNELS
from exports.delivery import delivery_ledger as ledger
from exports.delivery.delivery_ledger import Delivery


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
    #: Channel -> why nothing more goes through it in this call.
    stopped: dict[str, str] = field(default_factory=dict)
    #: Under which this call claims deliveries.
    claimant: str = field(default_factory=ledger.this_process)
    #: Outcomes that no row of the ledger holds.
    unrecorded: list[Outcome] = field(default_factory=list)

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

    def guard(
        self,
        delivery: Delivery,
        work: Callable[[Courier, Delivery], None],
        record: Callable[[Courier, Delivery, FunnelcastError], None],
    ) -> None:
        """Do the work on one delivery. What it raises stays here: `record` writes it to the ledger, and where that fails the outcome has it."""
        try:
            work(self, delivery)
        except Exception as error:
            problem = contained(error, f"{delivery.key.report_id} to {delivery.key.subscriber_id} by {delivery.key.channel}")
            try:
                record(self, ledger.get(self.ops, delivery.delivery_id), problem)
            except Exception as second:
                contained(second, "recording that")
                self.unrecorded.append(Outcome(delivery.key, "failed", str(problem)))
