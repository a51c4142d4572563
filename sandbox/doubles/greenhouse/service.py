"""A double of Greenhouse Harvest v3 and its token endpoint (one app, two paths), with the behaviour research found to bite.

Token: POST /token, HTTP Basic client_id:client_secret, form grant_type=client_credentials and sub. One live token: minting revokes the one
before. Lists: GET /v3/<stream>, Bearer only, bare arrays, id descending, `Link: <...cursor=...>; rel="next"`, a cursor must be the only
parameter (422), fixed rate windows (429). The server's clock (Date, expires_at, X-RateLimit-Reset) is the simulated company's.
Sources: the vendor's guides (authentication, pagination, list endpoints); recorded behaviour of live tenants for the stage rows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode

import orjson
from starlette.types import Receive, Scope, Send

from base.clock import iso
from sandbox.doubles.asgi import header, is_basic, read_body, respond
from sandbox.doubles.faults import Fault
from sandbox.doubles.greenhouse.losses import Losses
from sandbox.doubles.greenhouse.records import STREAMS
from sandbox.doubles.paging import Listing, Refused, decode_cursor, encode_cursor
from sandbox.world import World

CURSOR_ALONE = "When passing a cursor, do not include other query params."
COMMON = {"per_page", "cursor", "ids", "created_at", "updated_at", "fields"}
#: Filters beside the common ones, by stream (a subset of the vendor's; more than the product needs).
FILTERS: dict[str, set[str]] = {
    "applications": {"candidate_ids", "job_ids", "source_ids", "status", "prospect", "last_activity_at"},
    "application_stages": {"application_ids", "job_interview_stage_ids", "current"},
    "candidates": {"last_activity_at", "private"},
    "jobs": {"opened_at", "closed_at", "status"},
    "offers": {"application_ids", "job_ids", "candidate_ids", "status", "resolved_at"},
    "rejection_reasons": {"include_defaults"},
    "users": {"show_service_accounts"},
}
#: Lists that have no filter by date.
UNDATED = {"demographic_questions", "demographic_answer_options"}
SWITCHES = {"include_defaults", "show_service_accounts"}
Headers = dict[str, str]


@dataclass
class GreenhouseSettings:
    """What a test or the demo can set. Seconds are real time; the rate window is 30 s at the vendor."""

    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"
    token_seconds: float = 3600.0
    rate_limit: int = 100
    rate_window_seconds: float = 1.0
    #: Streams whose scope the credential lacks: 403.
    missing_scopes: set[str] = field(default_factory=set)


class Greenhouse:
    """The ASGI application. `world` may be replaced while it serves (time moves on)."""

    mappings: ClassVar[dict[str, tuple[str, ...]]] = {}

    def __init__(self, world: World, settings: GreenhouseSettings | None = None) -> None:
        self.settings = settings or GreenhouseSettings()
        self.world = world
        self.base_url = ""
        self.requests: dict[str, int] = {}
        self.tokens_minted = 0
        self.losses = Losses()
        self._listings: dict[tuple[str, int], Listing] = {}
        self._token: tuple[str, float, int] | None = None  # value, end by the real clock, sub
        self._window = (0.0, 0)  # start by the real clock, requests so far
        self._nonce = 0

    def source(self) -> dict[str, Any]:
        """Its entry in sources.yml."""
        return {
            "name": "greenhouse",
            "kind": "greenhouse",
            "base_url": f"{self.base_url}/v3",
            "token_url": f"{self.base_url}/token",
            "credentials": {
                "client_id": "GREENHOUSE_CLIENT_ID",
                "client_secret": "GREENHOUSE_CLIENT_SECRET",
                "user_id": "GREENHOUSE_USER_ID",
            },
        }

    def environment(self) -> dict[str, str]:
        """The variables with its credentials."""
        admin = next(user for user in self.world.users if user.is_site_admin and not user.is_service_account)
        return {
            "GREENHOUSE_CLIENT_ID": self.settings.client_id,
            "GREENHOUSE_CLIENT_SECRET": self.settings.client_secret,
            "GREENHOUSE_USER_ID": str(admin.id),
        }

    def served_id(self, entity: str, number: int) -> str:
        """Greenhouse's ids are the World's."""
        return str(number)

    def listing(self, stream: str) -> Listing:
        """The stream's records at the world's now, built at first use."""
        key = (stream, self.world.now_seconds)
        if key not in self._listings:
            for old in [other for other in self._listings if other[0] == stream]:
                del self._listings[old]
            records = (self.losses.apply(stream, record) for record in STREAMS[stream](self.world))
            self._listings[key] = Listing(record for record in records if record is not None)
        return self._listings[key]

    def lose(self, losses: Losses) -> None:
        """From now on the lists are without what is lost."""
        self.losses = losses
        self._listings.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, fault = scope["path"], scope.get("fault")
        self.requests[path] = self.requests.get(path, 0) + 1
        headers: Headers = {"date": format_datetime(self.world.now, usegmt=True)}
        query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
        if path in ("/token", "/introspect") and scope["method"] == "POST":
            form = parse_qs((await read_body(receive)).decode())
            status, answer = (self._mint if path == "/token" else self._introspect)(header(scope, b"authorization"), form)
        elif path.startswith("/v3/") and scope["method"] == "GET":
            status, answer = self._list(path.removeprefix("/v3/").rstrip("/"), query, header(scope, b"authorization"), fault, headers)
        else:
            status, answer = 404, _message("Not found")
        await respond(send, status, answer, headers)

    def _mint(self, authorization: str, form: dict[str, list[str]]) -> tuple[int, bytes]:
        """A new token; the one before stops working at once."""
        if not self._is_client(authorization):
            return 401, orjson.dumps({"error": "invalid_client", "error_description": "Client authentication failed"})
        if form.get("grant_type") != ["client_credentials"]:
            return 400, orjson.dumps({"error": "unsupported_grant_type"})
        try:
            sub = int(form.get("sub", ["4002"])[0])  # without sub: the credential's own service user
        except ValueError:
            return 400, orjson.dumps({"error": "invalid_request", "error_description": "sub must be a user id"})
        self.tokens_minted += 1
        value = f"sandbox-token-{self.tokens_minted}"
        self._token = (value, time.monotonic() + self.settings.token_seconds, sub)
        expires = self.world.now + timedelta(seconds=self.settings.token_seconds)
        return 200, orjson.dumps({"token_type": "Bearer", "access_token": value, "expires_at": iso(expires)})

    def _introspect(self, authorization: str, form: dict[str, list[str]]) -> tuple[int, bytes]:
        if not self._is_client(authorization):
            return 401, orjson.dumps({"error": "invalid_client"})
        sub = self._sub_of(form.get("token", [""])[0])
        if sub is None:
            return 200, orjson.dumps({"active": False})
        scopes = " ".join(f"harvest:{stream}:list" for stream in STREAMS if stream not in self.settings.missing_scopes)
        return 200, orjson.dumps({"active": True, "sub": str(sub), "scope": scopes, "site_admin": self._is_site_admin(sub)})

    def _list(
        self, stream: str, query: dict[str, list[str]], authorization: str, fault: Fault | None, headers: Headers
    ) -> tuple[int, bytes]:
        if fault is not None and fault.kind == "expired_token":
            self._token = None
        kind, _, value = authorization.partition(" ")
        sub = self._sub_of(value) if kind.lower() == "bearer" else None
        if sub is None:
            return 401, _message("Invalid or expired access token")
        limited = self._count(headers)
        if limited is not None:
            headers["retry-after"] = str(limited)
            return 429, _message("Rate limit exceeded")
        if stream not in STREAMS:
            return 404, _message("Resource not found")
        if stream in self.settings.missing_scopes:
            return 403, _message(f"The access token lacks the scope harvest:{stream}:list")
        if fault is not None and fault.kind == "expired_cursor" and "cursor" in query:
            return 422, _message("Invalid cursor.")
        try:
            request = self._request(stream, query)
            return 200, self._page(stream, request, sub, is_repeated=fault is not None and fault.kind == "duplicate", headers=headers)
        except Refused as refusal:
            return 422, _message(str(refusal))

    def _request(self, stream: str, query: dict[str, list[str]]) -> dict[str, Any]:
        """What is asked for: {filters, per_page, after, before}; a cursor brings all of it back. Raises Refused."""
        if "cursor" in query:
            if len(query) > 1:
                raise Refused(CURSOR_ALONE)
            request = decode_cursor(query["cursor"][0])
            if request.get("stream") != stream:
                raise Refused("Invalid cursor.")
            return request
        known = (COMMON - {"created_at", "updated_at"} if stream in UNDATED else COMMON) | FILTERS.get(stream, set())
        for name, values in query.items():
            if name not in known or len(values) > 1:
                raise Refused(f"Unknown or repeated query parameter: {name}")
        filters = {name: values[0] for name, values in query.items()}
        written = filters.pop("per_page", "100")
        if not written.isdigit() or not 1 <= int(written) <= 500:
            raise Refused("per_page must be between 1 and 500")
        return {"stream": stream, "filters": filters, "per_page": int(written), "after": None, "before": None}

    def _page(self, stream: str, request: dict[str, Any], sub: int, *, is_repeated: bool, headers: Headers) -> bytes:
        filters, after = dict(request["filters"]), request["before"] if is_repeated else request["after"]
        if not self._is_site_admin(sub):
            return b"[]"  # no error: just nothing
        shown = {name: filters.pop(name, "false") == "true" for name in SWITCHES}
        page = self.listing(stream).page(filters, after, request["per_page"])
        records = page.records
        if stream == "rejection_reasons" and not shown["include_defaults"]:
            built_in = {reason.id for reason in self.world.reasons if reason.is_default}
            records = [record for record in records if orjson.loads(record)["id"] not in built_in]
        if stream == "users" and not shown["show_service_accounts"]:
            robots = {user.id for user in self.world.users if user.is_service_account}
            records = [record for record in records if orjson.loads(record)["id"] not in robots]
        if page.has_more:
            self._nonce += 1  # a cursor is opaque and never the same twice
            following = dict(request) | {"after": page.last_id, "before": after, "nonce": self._nonce}
            url = f"{self.base_url}/v3/{stream}?{urlencode({'cursor': encode_cursor(following)})}"
            headers["link"] = f'<{url}>; rel="next"'
        return b"[" + b",".join(records) + b"]"

    def _count(self, headers: Headers) -> int | None:
        """Count the request in its fixed window; seconds to wait when the window is full."""
        moment, length = time.monotonic(), self.settings.rate_window_seconds
        start, used = self._window
        if moment >= start + length:
            start, used = moment - (moment % length), 0
        used += 1
        self._window = (start, used)
        left = start + length - moment
        limit = self.settings.rate_limit
        headers["x-ratelimit-limit"] = str(limit)
        headers["x-ratelimit-remaining"] = str(max(0, limit - used))
        headers["x-ratelimit-reset"] = str(self.world.now_seconds + max(1, int(left + 0.999)))
        return max(1, int(left + 0.999)) if used > limit else None

    def _is_client(self, authorization: str) -> bool:
        return is_basic(authorization, self.settings.client_id, self.settings.client_secret)

    def _sub_of(self, value: str) -> int | None:
        if self._token is None or value != self._token[0] or time.monotonic() >= self._token[1]:
            return None
        return self._token[2]

    def _is_site_admin(self, sub: int) -> bool:
        return any(user.id == sub and user.is_site_admin for user in self.world.users)


def _message(text: str) -> bytes:
    return orjson.dumps({"message": text})
