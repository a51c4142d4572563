"""How fast and how long: the rate limit that a source states, shared by all threads, and the time budget of a run."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from base.errors import SourceError

#: A server may ask for any wait; more than an hour is taken for a mistake of its own.
LONGEST_WAIT_SECONDS = 3600.0

#: Rate windows are seconds to a minute; a reset further away is not believed.
_LONGEST_WINDOW_SECONDS = 300.0


class BudgetSpent(SourceError):
    """Waiting would outlast the run's budget; progress is saved and the next run goes on from there."""


class RunBudget:
    """Wall seconds that one run may spend on one source."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def left(self) -> float:
        return self._ends_at - time.monotonic()

    def wait(self, seconds: float) -> None:
        """Sleep, or raise BudgetSpent at once when that would outlast the budget."""
        if seconds >= self.left():
            raise BudgetSpent(
                f"the source asks to wait {seconds:.0f} s but the run's time budget ends before that",
                remedy="What was fetched is saved; run again later, or raise run_budget_minutes in sources.yml.",
            )
        if seconds > 0:
            time.sleep(seconds)


class RateLimiter:
    """Spends no more requests than the source's headers allow (X-RateLimit-Limit, -Remaining, -Reset); one per source."""

    def __init__(self, budget: RunBudget, per_second: float | None = None) -> None:
        self._budget = budget
        self._spacing = 1 / per_second if per_second else 0.0
        self._lock = threading.Lock()
        self._limit: int | None = None
        self._remaining: int | None = None
        self._reset: int | None = None
        self._window_ends_at = 0.0
        self._window_seconds = 1.0
        self._next_at = 0.0
        self._in_flight = 0

    def acquire(self) -> None:
        """Wait for a place in the window. Raises BudgetSpent."""
        while (wait := self._try()) > 0:
            self._budget.wait(wait)

    def _try(self) -> float:
        """Seconds to wait for a place, or 0 with the place taken."""
        with self._lock:
            now = time.monotonic()
            if self._remaining is not None and now >= self._window_ends_at:
                # A new window, of which nothing is known yet: as much as before, for as long as before.
                self._remaining = self._limit
                self._window_ends_at = now + self._window_seconds
            if self._remaining is not None and self._remaining <= 0:
                return self._window_ends_at - now
            if now < self._next_at:
                return self._next_at - now
            self._next_at = now + self._spacing
            self._in_flight += 1
            if self._remaining is not None:
                self._remaining -= 1
            return 0.0

    def release(self, headers: Mapping[str, str] | None) -> None:
        """Give back the place with the reply's headers (None: there was no reply)."""
        with self._lock:
            self._in_flight -= 1
            if headers is None:
                return
            remaining, reset = _integer(headers.get("x-ratelimit-remaining")), _integer(headers.get("x-ratelimit-reset"))
            if remaining is None or reset is None:
                return
            self._limit = _integer(headers.get("x-ratelimit-limit"))
            # What other threads have under way is not in the server's count yet; a reply of an earlier window says nothing.
            remaining -= self._in_flight
            if self._reset is None or reset > self._reset:
                left = min(max(reset - server_seconds(headers), 0.0), _LONGEST_WINDOW_SECONDS)
                self._window_seconds = max(self._window_seconds, left)
                self._reset, self._window_ends_at, self._remaining = reset, time.monotonic() + left, remaining
            elif reset == self._reset and self._remaining is not None:
                self._remaining = min(self._remaining, remaining)

    def pause(self, seconds: float) -> None:
        """A 429 stops every thread, not only the one that met it."""
        with self._lock:
            self._next_at = max(self._next_at, time.monotonic() + seconds)


def server_seconds(headers: Mapping[str, str]) -> float:
    """The server's clock as seconds since 1970, from its Date header; the local clock where it sends none."""
    moment = server_time(headers)
    return moment.timestamp() if moment else time.time()


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """The Date header; None without a readable one."""
    return _http_date(headers.get("date", ""))


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that Retry-After asks for (a number, or a date by the server's clock), between 0 and an hour; None without a usable one."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        moment = _http_date(text)
        if moment is None:
            return None
        seconds = moment.timestamp() - server_seconds(headers)
    if seconds != seconds or seconds <= 0:
        return None
    return min(seconds, LONGEST_WAIT_SECONDS)


def _integer(text: str | None) -> int | None:
    try:
        return int(float(text)) if text is not None else None
    except ValueError:
        return None
