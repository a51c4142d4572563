"""How the doubles limit requests: a leaky bucket, in real time."""

from __future__ import annotations

import time


class LeakyBucket:
    """Requests fill it, time empties it. Size and rate come with each request, because a test may change them while a double serves."""

    def __init__(self) -> None:
        self._level, self._since = 0.0, time.monotonic()

    def is_full(self, size: float, rate_per_second: float) -> bool:
        """Whether one more request is too many; if it is not, it is counted."""
        moment = time.monotonic()
        self._level = max(0.0, self._level - (moment - self._since) * rate_per_second)
        self._since = moment
        if self._level >= size:
            return True
        self._level += 1
        return False
