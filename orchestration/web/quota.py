"""What the server writes to the log under attack: a few lines a minute of each kind, so that refusals never fill the disk."""

from __future__ import annotations

import logging

LINES, SECONDS = 5, 60


class Quota(logging.Filter):
    """Lets through the first lines of a message in each minute; the next minute's first says how many were left out."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        since, count = self._seen.get(message, (record.created, 0))
        is_new_minute = record.created - since >= SECONDS
        self._seen[message] = (record.created, 1) if is_new_minute else (since, count + 1)
        if is_new_minute and count > LINES:
            record.msg, record.args = f"{message} (and {count - LINES} times more since the last line)", None
        return is_new_minute or count < LINES
