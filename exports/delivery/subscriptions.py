"""When a subscriber is due: the newest tick of the report's cron in the subscriber's zone, and the period it closes.

The period key comes from the logical tick, never from the clock: a late run, a re-run and a second scheduler all meet the same key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from base.config import Company, Config, Report, Subscriber
from base.errors import ConfigError
from base.registry import near_and_known


@dataclass(frozen=True)
class Tick:
    """One firing of a cron, with the key of the local period that it closes. The key says no zone: another zone does not make it another week."""

    at: datetime
    period_key: str


def zone_of(company: Company, report: Report, subscriber: Subscriber | None = None) -> str:
    """The subscriber's own zone, else the report's, else the company's."""
    return (subscriber.time_zone if subscriber else None) or report.time_zone or company.time_zone


def newest_tick(cron: str, zone: str, now: datetime) -> Tick:
    """The last firing at or before `now`. DST as Debian's cron: a skipped local time fires at the jump, a doubled one once."""
    local = now.astimezone(ZoneInfo(zone))
    backwards = CronSim(cron, local + timedelta(minutes=1), reverse=True)
    fired = next(moment for moment in backwards if moment <= local)
    before = next(CronSim(cron, fired, reverse=True))
    after = next(CronSim(cron, fired))
    gap = min(fired.astimezone(UTC) - before.astimezone(UTC), after.astimezone(UTC) - fired.astimezone(UTC))
    return Tick(fired.astimezone(UTC), closed_period(fired, gap))


def next_tick(cron: str, zone: str, now: datetime) -> datetime:
    """The first firing after `now`, UTC."""
    return next(CronSim(cron, now.astimezone(ZoneInfo(zone)))).astimezone(UTC)


def closed_period(fired: datetime, gap: timedelta) -> str:
    """Name of the local period that ended before the tick: as long as the cron's own rhythm.

    So moving a weekly report from 8 to 9 o'clock on its day does not send that week twice. `b`: the second of an hour that autumn doubles.
    """
    day = fired.date()
    if gap >= timedelta(days=85):
        first = _months_before(day, 3)
        return f"{first.year}-Q{(first.month - 1) // 3 + 1}"
    if gap >= timedelta(days=27):
        return f"{_months_before(day, 1):%Y-%m}"
    if gap >= timedelta(days=6, hours=12):
        year, week, _ = (day - timedelta(days=7)).isocalendar()
        return f"{year}-W{week:02}"
    if gap >= timedelta(hours=20):
        return (day - timedelta(days=1)).isoformat()
    return f"{fired:%Y-%m-%dT%H:%M}{'b' if fired.fold else ''}"


def find_report(config: Config, report_id: str) -> Report:
    """The configured report. Raises ConfigError with the near name and those there are."""
    for report in config.reports:
        if report.id == report_id:
            return report
    known = [report.id for report in config.reports]
    remedy = near_and_known(report_id, known) if known else "docs/configuration.md shows how to add one."
    raise ConfigError(f"{config.folder / 'reports.yml'} has no report '{report_id}'", remedy=remedy)


def find_subscriber(report: Report, subscriber_id: str) -> Subscriber:
    """One of the report's subscribers. Raises ConfigError with the near name and those there are."""
    for subscriber in report.subscribers:
        if subscriber.id == subscriber_id:
            return subscriber
    remedy = near_and_known(subscriber_id, [subscriber.id for subscriber in report.subscribers])
    raise ConfigError(f"{report.place('subscribers')}: report '{report.id}' has no subscriber '{subscriber_id}'", remedy=remedy)


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
