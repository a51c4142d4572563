"""A connector of a vendor's service: one HTTP client, the vendor's clock, and the questions of a preflight."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median_low
from typing import Any

import httpx

from base.config import Source
from ingestion.http.client import Auth, Client, HttpError, Reply
from ingestion.http.limits import RateLimiter, RunBudget
from ingestion.protocol.connector import Connector, FirstPage

#: Two answers of one clock are this close.
_SAME = timedelta(minutes=1)


class Service(Connector):
    """`requests_per_second`: the vendor's limit where it states none in its headers; sources.yml overrides it. `busy`: see Client."""

    def __init__(
        self,
        source: Source,
        budget: RunBudget,
        *,
        base_url: str,
        auth: Auth,
        requests_per_second: float | None = None,
        busy: Callable[[Any], str | None] | None = None,
    ) -> None:
        self.source = source
        self._client = Client(
            source.name,
            source.base_url or base_url,
            auth=auth,
            budget=budget,
            limiter=RateLimiter(budget, source.requests_per_second or requests_per_second),
            connections=source.concurrency,
            busy=busy,
        )

    @abstractmethod
    def first_page(self, stream: str) -> FirstPage:
        """What the credential sees of the stream, without a window. Raises HttpError."""

    @abstractmethod
    def rights(self, stream: str) -> str:
        """What to grant when the vendor refuses the stream."""

    def server_now(self) -> datetime | None:
        """Asked twice, and a third time when an answer is lost or the two differ: one wrong Date header (a proxy's, a cache's) moves no window.

        Raises HttpError when none is answered.
        """
        times: list[datetime] = []
        lost: HttpError | None = None
        for _ in range(3):
            try:
                times += [time for time in (self._client.server_now(),) if time]
            except HttpError as error:
                lost = error
                if isinstance(error.__cause__, httpx.ConnectError | httpx.TimeoutException):
                    break  # nobody is there
            if len(times) == 2 and abs(times[0] - times[1]) <= _SAME:
                break
        if lost and not times:
            raise lost
        return median_low(times) if times else None

    def close(self) -> None:
        self._client.close()


def records_of(reply: Reply, stream: str) -> list[dict[str, Any]]:
    """The records of a reply that is a bare list. Raises HttpError when it is not an array of objects."""
    if not isinstance(reply.data, list) or not all(isinstance(record, dict) for record in reply.data):
        raise HttpError(f"{stream}: the reply is not a list of records", status=200, remedy="Check base_url in sources.yml.")
    return reply.data
