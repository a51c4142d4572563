"""Where this project reaches into Dagster past its public interface, each with its reason. Nothing else does so (a test says so).

A new version of Dagster is tried against what stands here (docs/decisions/0002-versions.md pins it).
"""

from __future__ import annotations

import logging

# The event log in SQLite is a documented setting of dagster.yaml, but the class that it names is exported from nowhere else.
# orchestration/instance/event_storage.py overrides how it connects.
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage as SqliteEventLogStorage

#: The logger that writes a line for each check of a run without a result. It has no other name, and the line has no setting.
PLAN_LOGGER = "dagster._core.execution.plan.active"


def silence_missing_results() -> None:
    """Keep one line per check and run out of the log: that what was left out (orchestration/build/idle.py) has no new result is no news.

    Nor is a check lost that could not be made because a model failed: the run then fails with that model.
    """
    logging.getLogger(PLAN_LOGGER).addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return "emitted no result" not in record.getMessage()
