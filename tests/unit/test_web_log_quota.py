"""The log under attack."""

from __future__ import annotations

import logging

from orchestration.web.quota import Quota


def written(quota: Quota, message: str, at: float) -> str | None:
    record = logging.LogRecord("funnelcast.web", logging.WARNING, "", 0, "%s", (message,), None)
    record.created = at
    return record.getMessage() if quota.filter(record) else None


def test_each_message_is_written_a_few_times_a_minute_and_what_was_left_out_is_counted() -> None:
    quota = Quota()
    assert [written(quota, "ats: 401", 1000 + second) for second in range(8)] == ["ats: 401"] * 5 + [None] * 3
    assert written(quota, "mail: 401", 1009) == "mail: 401"
    assert written(quota, "ats: 401", 1059) is None
    assert written(quota, "ats: 401", 1060) == "ats: 401 (and 4 times more since the last line)"
    assert written(quota, "ats: 401", 1200) == "ats: 401"
