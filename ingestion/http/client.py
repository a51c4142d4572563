"""The one HTTP client of all sources: JSON over GET (or POST where a vendor reads that way), patient with the network, strict with what it
accepts. It only ever reads.

Retried: 429 and 5xx, timeouts, resets, cut bodies, invalid JSON, HTML with status 200. Never retried: 400, 403, 404, 422 and their like.
Redirects and next links to another host are refused, so that a credential never leaves the configured address. No message holds
a query string, a body or a credential.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx
import orjson
import tenacity

from base.errors import SourceError
from base.json_text import parse_json
from ingestion.http.deadlines import DeadlineTransport, deadline
from ingestion.http.limits import RateLimiter, RunBudget, retry_after, server_time

# httpx writes whole URLs, with their cursors and filters, into its log.
logging.getLogger("httpx").setLevel(logging.WARNING)

FAULT_ATTEMPTS = 7
THROTTLED_ATTEMPTS = 40
REQUEST_DEADLINE_SECONDS = 120.0
LONGEST_BACKOFF_SECONDS = 60.0
LARGEST_BODY_BYTES = 256 * 1024 * 1024


class HttpError(SourceError):
    """A reply that ends the stream. `status` is the HTTP status, None when there was no reply at all."""

    def __init__(self, message: str, *, status: int | None = None, remedy: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.status = status


class _Retry(Exception):
    """Worth another attempt. `wait` is what the server asked for."""

    def __init__(self, why: str, *, status: int | None = None, wait: float | None = None) -> None:
        super().__init__(why)
        self.why, self.status, self.wait = why, status, wait


class Auth(Protocol):
    """How requests prove who asks."""

    def headers(self) -> Mapping[str, str]: ...

    def renew(self, used: Mapping[str, str]) -> bool:
        """After a 401 on `used`: is there a fresh credential to try once more?"""
        ...


@dataclass(frozen=True)
class Reply:
    """A good answer. Header names are lower case."""

    data: Any
    headers: Mapping[str, str]
    url: str


@dataclass(frozen=True)
class _Request:
    method: str
    url: str
    params: Mapping[str, str] | None = None
    content: bytes | None = None


class Client:
    """One source's connection, shared by its threads. `busy`: of vendors whose errors come with status 200, why a body is to be asked again."""

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        auth: Auth,
        budget: RunBudget,
        limiter: RateLimiter | None = None,
        connections: int = 8,
        request_deadline: float = REQUEST_DEADLINE_SECONDS,
        attempts: int = FAULT_ATTEMPTS,
        backoff: float = 0.5,
        busy: Callable[[Any], str | None] | None = None,
    ) -> None:
        self.name, self._busy = name, busy
        self.base_url = base_url.rstrip("/")
        self._auth, self._budget = auth, budget
        self._limiter = limiter or RateLimiter(budget)
        self._deadline, self._attempts = request_deadline, attempts
        self._jitter = tenacity.wait_random_exponential(multiplier=backoff, max=LONGEST_BACKOFF_SECONDS)
        self._http = httpx.Client(
            transport=DeadlineTransport(self.base_url, connections=connections),
            timeout=httpx.Timeout(30.0, connect=10.0, pool=None),
            follow_redirects=False,
            headers={"Accept": "application/json", "User-Agent": "funnelcast"},
        )

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """GET `path` (below the base address, or a whole URL that `next_url` gave). Raises HttpError, BudgetSpent."""
        return self._ask(_Request("GET", self._url(path), params))

    def post(self, path: str, body: Mapping[str, Any]) -> Reply:
        """POST `body` as JSON to a path that only reads. Raises HttpError, BudgetSpent."""
        return self._ask(_Request("POST", self._url(path), content=orjson.dumps(body)))

    def _url(self, path: str) -> str:
        """Raises HttpError for a whole address of another host: the credential would go there."""
        if "://" not in path:
            return f"{self.base_url}/{path.lstrip('/')}"
        if urlsplit(path)[:2] != urlsplit(self.base_url)[:2]:
            raise HttpError(
                f"{self.name}: the next page lies at another host ({urlsplit(path).hostname})",
                remedy="Set base_url in sources.yml to the address that the vendor's links use.",
            )
        return path

    def _ask(self, request: _Request) -> Reply:
        renewed = False
        while True:
            credential = self._auth.headers()
            try:
                return self._patiently(request, credential)
            except HttpError as error:
                if error.status != 401 or renewed or not self._auth.renew(credential):
                    raise
                renewed = True

    def server_now(self) -> datetime | None:
        """The server's clock, from the Date header of any reply; no credential is sent. Raises HttpError when it is unreachable."""
        try:
            with deadline(self._deadline):
                return server_time(self._http.get(self.base_url).headers)
        except httpx.HTTPError as error:
            raise HttpError(f"{self.name}: {self.base_url} cannot be reached ({_why(error)})", remedy=UNREACHABLE) from error

    def next_url(self, reply: Reply) -> str | None:
        """The Link header's rel=next, refused when it leads to another scheme or host. None on the last page."""
        link = httpx.Response(200, headers={"link": reply.headers.get("link", "")}).links.get("next", {}).get("url")
        if not link:
            return None
        absolute = urljoin(reply.url, link)
        if urlsplit(absolute)[:2] != urlsplit(self.base_url)[:2]:
            raise HttpError(
                f"{self.name}: the link to the next page points to another host ({urlsplit(absolute).hostname})",
                remedy="Set base_url in sources.yml to the address that the vendor's links use.",
            )
        return absolute

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _patiently(self, request: _Request, credential: Mapping[str, str]) -> Reply:
        faults = throttled = 0

        def stop(state: tenacity.RetryCallState) -> bool:
            nonlocal faults, throttled
            if _retry_of(state).status == 429:
                throttled += 1
            else:
                faults += 1
            return faults >= self._attempts or throttled >= THROTTLED_ATTEMPTS

        def wait(state: tenacity.RetryCallState) -> float:
            asked = _retry_of(state).wait
            spread = self._jitter(state)
            if asked is None:
                return spread
            if _retry_of(state).status == 429:
                self._limiter.pause(asked)
            return asked + min(spread, 1.0)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Retry), stop=stop, wait=wait, sleep=self._budget.wait, reraise=True
        )
        try:
            return retrying(self._once, request, credential)
        except _Retry as error:
            raise HttpError(
                f"{self.name}: {urlsplit(request.url).path} failed {faults + throttled} times, finally with {error.why}",
                status=error.status,
                remedy=UNREACHABLE
                if error.status is None
                else "The vendor's service has problems. What was fetched is saved; run again later.",
            ) from error

    def _once(self, request: _Request, credential: Mapping[str, str]) -> Reply:
        self._limiter.acquire()
        headers: Mapping[str, str] | None = None
        try:
            with deadline(self._deadline), self._open(request, credential) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                self._refuse(response, headers)
                body = b"".join(_limited(response.iter_bytes()))
        except httpx.HTTPError as error:
            raise _Retry(_why(error)) from error
        finally:
            self._limiter.release(headers)
        data = self._parse(body, headers)
        why = self._busy(data) if self._busy else None
        if why:
            raise _Retry(why, status=429, wait=retry_after(headers))
        return Reply(data, headers, request.url)

    def _open(self, request: _Request, credential: Mapping[str, str]) -> AbstractContextManager[httpx.Response]:
        headers = dict(credential) | ({"Content-Type": "application/json"} if request.content is not None else {})
        return self._http.stream(request.method, request.url, params=request.params, content=request.content, headers=headers)

    def _refuse(self, response: httpx.Response, headers: Mapping[str, str]) -> None:
        status = response.status_code
        if 200 <= status < 300:
            return
        if status == 429 or status >= 500 or status == 409:
            raise _Retry(f"status {status}", status=status, wait=retry_after(headers))
        path = response.request.url.path
        raise HttpError(
            f"{self.name}: {path} answered with status {status}",
            status=status,
            remedy=_REMEDIES.get(status, _REDIRECTED if status < 400 else None),
        )

    def _parse(self, body: bytes, headers: Mapping[str, str]) -> Any:
        try:
            return parse_json(body)
        except ValueError as error:
            kind = headers.get("content-type", "no content type").split(";")[0]
            raise _Retry(f"a body that is not JSON ({kind}, {len(body)} bytes)", status=200) from error


UNREACHABLE = "Check base_url in sources.yml, the network and the vendor's status page; what was fetched is saved."
_REDIRECTED = "Redirects are not followed; set base_url in sources.yml to the final address."
_REMEDIES = {
    400: "The vendor rejected the request as invalid: base_url is wrong, or the connector has a bug.",
    401: "The vendor rejected the credential; check the environment variables named under 'credentials' in sources.yml.",
    403: "The credential has no permission to read this stream; grant its scope (and Site Admin rights where the vendor asks for them), or leave the stream out under 'streams'.",
    404: "Nothing was found at this address; check base_url in sources.yml.",
    422: "The vendor rejected the request's parameters: base_url is wrong, or the connector has a bug.",
}


def _retry_of(state: tenacity.RetryCallState) -> _Retry:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, _Retry)
    return error


def _limited(chunks: Iterator[bytes]) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > LARGEST_BODY_BYTES:
            raise HttpError(f"a reply is larger than {LARGEST_BODY_BYTES // 1024**2} MB", remedy="Check base_url in sources.yml.")
        yield chunk


def _why(error: Exception) -> str:
    """The kind of a network failure in words; httpx's own text may hold addresses."""
    if isinstance(error, httpx.TimeoutException):
        return "no complete answer in time"
    if isinstance(error, httpx.ConnectError):
        return "no connection"
    if isinstance(error, httpx.DecodingError):
        return "a damaged body"
    return "a broken connection"
