"""Credentials of HTTP sources: an API key, or an OAuth client-credentials token that is fetched once and shared by all threads.

Some vendors keep one live token per client: minting a second kills the first. So minting is single-flight, and a 401 renews the token
only if nobody else has done so since (Greenhouse: docs/sources/greenhouse.md, "Vendor facts").
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import tenacity

from base.json_text import parse_json
from ingestion.http.client import UNREACHABLE, HttpError
from ingestion.http.deadlines import DeadlineTransport, deadline
from ingestion.http.limits import RunBudget, retry_after, server_seconds

_DEADLINE_SECONDS = 60.0
_LONGEST_MARGIN_SECONDS = 60.0
_ATTEMPTS = 6


@dataclass(frozen=True)
class ApiKey:
    """A key in a header of its own."""

    header: str
    key: str = field(repr=False)

    def headers(self) -> Mapping[str, str]:
        return {self.header: self.key}

    def renew(self, used: Mapping[str, str]) -> bool:
        return False


@dataclass(frozen=True)
class BasicKey:
    """A key as the user name of HTTP Basic, with no password."""

    key: str = field(repr=False)

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(f"{self.key}:".encode()).decode()}

    def renew(self, used: Mapping[str, str]) -> bool:
        return False


class _Busy(Exception):
    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class ClientCredentials:
    """OAuth 2 client credentials with an optional subject (`sub`: the user whose rights the token has)."""

    def __init__(self, name: str, token_url: str, client_id: str, client_secret: str, *, subject: str | None, budget: RunBudget) -> None:
        self._name, self._url, self._budget = name, token_url, budget
        self._basic = httpx.BasicAuth(client_id, client_secret)
        self._form = {"grant_type": "client_credentials"} | ({"sub": subject} if subject else {})
        self._lock = threading.Lock()
        self._token: str | None = None
        self._renew_at = 0.0

    def headers(self) -> Mapping[str, str]:
        with self._lock:
            if self._token is None or time.monotonic() >= self._renew_at:
                self._mint()
            return {"Authorization": f"Bearer {self._token}"}

    def renew(self, used: Mapping[str, str]) -> bool:
        with self._lock:
            if used.get("Authorization") == f"Bearer {self._token}":
                self._token = None
            return True

    def _mint(self) -> None:
        jitter = tenacity.wait_random_exponential(multiplier=0.5, max=30)

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.wait if isinstance(error, _Busy) else None
            return jitter(state) if asked is None else asked + 0.2

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Busy),
            stop=tenacity.stop_after_attempt(_ATTEMPTS),
            wait=wait,
            sleep=self._budget.wait,
            reraise=True,
        )
        try:
            body, headers = retrying(self._ask)
        except _Busy as error:
            raise HttpError(f"{self._name}: no token from {httpx.URL(self._url).host} ({error})", remedy=UNREACHABLE) from error
        token = body.get("access_token") if isinstance(body, dict) else None
        if not isinstance(token, str) or not token:
            raise HttpError(f"{self._name}: the token endpoint returned no access_token", remedy="Check token_url in sources.yml.")
        self._token = token
        lifetime = _lifetime(body, headers)
        self._renew_at = time.monotonic() + lifetime - min(_LONGEST_MARGIN_SECONDS, lifetime / 10)

    def _ask(self) -> tuple[Any, Mapping[str, str]]:
        try:
            with deadline(_DEADLINE_SECONDS), httpx.Client(transport=DeadlineTransport(self._url, connections=1), timeout=30.0) as http:
                response = http.post(self._url, data=self._form, auth=self._basic)
        except httpx.HTTPError as error:
            raise _Busy("no complete answer") from error
        if response.status_code == 429 or response.status_code >= 500:
            raise _Busy(f"status {response.status_code}", retry_after(response.headers))
        if response.status_code != 200:
            raise HttpError(
                f"{self._name}: the token endpoint refused the credentials (status {response.status_code})",
                status=401,
                remedy="Check client_id, client_secret and user_id: the environment variables named under 'credentials' in sources.yml.",
            )
        try:
            return parse_json(response.content), response.headers
        except ValueError as error:
            raise _Busy("an answer that is not JSON") from error


def _lifetime(body: Mapping[str, Any], headers: Mapping[str, str]) -> float:
    """Seconds that the token lives by the server's own clock; unknown or implausible = until it is refused (a 401 renews it)."""
    until_refused = 24 * 3600.0
    expires_in = body.get("expires_in")
    if isinstance(expires_in, (int, float)) and expires_in > 0:
        return float(expires_in)
    try:
        expires_at = datetime.fromisoformat(str(body.get("expires_at")))
    except ValueError:
        return until_refused
    if expires_at.tzinfo is None:
        expires_at = expires_at.replace(tzinfo=UTC)
    left = expires_at.timestamp() - server_seconds(headers)
    return left if left > 0 else until_refused
