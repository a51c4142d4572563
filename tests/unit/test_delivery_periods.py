"""Period keys and ticks: from the cron in its zone, right on both days of the year that are not 24 hours long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from exports.delivery.subscriptions import newest_tick, next_tick


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "zone", "now", "tick", "period"),
    [
        ("0 8 * * 1", "Europe/Berlin", "2026-06-29T06:00", "2026-06-29T06:00", "2026-W26"),
        ("0 8 * * 1", "Europe/Berlin", "2026-06-29T05:59", "2026-06-22T06:00", "2026-W25"),
        ("0 8 * * 1", "America/New_York", "2026-11-02T13:00", "2026-11-02T13:00", "2026-W44"),
        ("0 8 * * 1", "America/New_York", "2026-11-02T12:59", "2026-10-26T12:00", "2026-W43"),
        ("0 9 1 * *", "UTC", "2026-06-15T00:00", "2026-06-01T09:00", "2026-05"),
        ("0 9 1 1,4,7,10 *", "UTC", "2026-04-02T00:00", "2026-04-01T09:00", "2026-Q1"),
        ("0 9 * * *", "UTC", "2026-01-01T09:00", "2026-01-01T09:00", "2025-12-31"),
        ("0 9 * * 1,4", "UTC", "2026-06-25T10:00", "2026-06-25T09:00", "2026-06-24"),
        ("0 8 * * 1", "Asia/Kolkata", "2026-01-05T02:30", "2026-01-05T02:30", "2026-W01"),
    ],
)
def test_the_newest_tick_and_the_period_it_closes(cron: str, zone: str, now: str, tick: str, period: str) -> None:
    found = newest_tick(cron, zone, utc(now))
    assert (found.at, found.period_key) == (utc(tick), period)


def test_a_local_time_that_spring_skips_fires_once_at_the_jump() -> None:
    before = newest_tick("30 2 * * *", "Europe/Berlin", utc("2026-03-29T00:59"))
    after = newest_tick("30 2 * * *", "Europe/Berlin", utc("2026-03-29T12:00"))
    assert (before.period_key, after.period_key) == ("2026-03-27", "2026-03-28")
    assert after.at == utc("2026-03-29T01:00")


def test_a_local_time_that_autumn_doubles_is_one_period() -> None:
    first = newest_tick("30 2 * * *", "Europe/Berlin", utc("2026-10-25T00:30"))
    second = newest_tick("30 2 * * *", "Europe/Berlin", utc("2026-10-25T01:45"))
    assert first == second


def test_every_monday_of_a_year_has_its_own_week_and_local_hour() -> None:
    moment, keys = utc("2026-01-01T00:00"), []
    for _ in range(52):
        moment = next_tick("0 8 * * 1", "America/New_York", moment)
        tick = newest_tick("0 8 * * 1", "America/New_York", moment)
        assert tick.at == moment
        keys.append(tick.period_key)
    assert len(set(keys)) == 52


def test_moving_a_weekly_report_by_an_hour_does_not_open_a_second_period() -> None:
    now = utc("2026-06-29T10:00")
    assert newest_tick("0 8 * * 1", "UTC", now).period_key == newest_tick("0 9 * * 1", "UTC", now).period_key
