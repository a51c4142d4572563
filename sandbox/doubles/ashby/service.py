"""A double of the Ashby API: POST only, Basic with the key as user name, errors with status 200, cursors, sync tokens, empty pages.

Lists: cursor/nextCursor and moreDataAvailable, at most 100 records, the second page of every long list empty; syncToken on the last page only.
A sync token is refused once it is older than `token_days` or when the increment has more than `largest_increment` records. 429 comes without
Retry-After. Sources: the vendor's OpenAPI description and its guide to pagination; recorded replies for the empty page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any, ClassVar

import orjson
from starlette.types import Receive, Scope, Send

from sandbox.doubles.asgi import header, is_basic, read_body, respond
from sandbox.doubles.ashby.applications import applications, feedback, history_of, interview_schedules, offers
from sandbox.doubles.ashby.ids import ashby_id, number_of
from sandbox.doubles.ashby.records import LISTS, Row, Served, iso, plan_stages
from sandbox.doubles.faults import Fault
from sandbox.doubles.paging import Refused, decode_cursor, encode_cursor
from sandbox.doubles.rates import LeakyBucket
from sandbox.model import DAY, Application
from sandbox.world import World

MAX_LIMIT = 100
RECORDS: dict[str, Callable[[World], Iterator[Served]]] = LISTS | {
    "application.list": applications,
    "offer.list": offers,
    "interviewSchedule.list": interview_schedules,
    "applicationFeedback.list": feedback,
}
#: What each method asks of the key.
RIGHTS = {
    "candidatesRead": ("application.list", "application.listHistory", "candidate.list", "applicationFeedback.list"),
    "jobsRead": ("job.list", "opening.list"),
    "offersRead": ("offer.list", "offer.info"),
    "interviewsRead": ("interviewPlan.list", "interviewStage.list", "interviewSchedule.list"),
    "hiringProcessMetadataRead": ("archiveReason.list", "closeReason.list", "source.list"),
    "organizationRead": ("user.list", "department.list", "location.list"),
}
RIGHT_OF = {method: right for right, methods in RIGHTS.items() for method in methods}
WITH_TOKEN = {
    *("application.list", "candidate.list", "job.list", "opening.list", "offer.list", "interviewSchedule.list", "applicationFeedback.list"),
    *("user.list", "department.list"),
}


@dataclass
class AshbySettings:
    """What a test or the demo can set. A leaky bucket: `rate_limit` requests at once, refilled at `rate_per_second` (real time)."""

    api_key: str = "sandbox-ashby-key"
    rate_limit: int = 400
    rate_per_second: float = 4000.0
    #: Permissions that the key lacks; with `refuses_with_200` the refusal has status 200, as it may.
    missing_rights: set[str] = field(default_factory=set)
    refuses_with_200: bool = True
    #: A key that may ask for everything and is shown nothing.
    is_blind: bool = False
    token_days: float = 30.0
    largest_increment: int = 100_000
    #: Every so many records of a list an empty page comes in between.
    empty_page_after: int = 100


class Ashby:
    """The ASGI application. `world` may be replaced while it serves."""

    mappings: ClassVar[dict[str, tuple[str, ...]]] = {}

    def __init__(self, world: World, settings: AshbySettings | None = None) -> None:
        self.settings = settings or AshbySettings()
        self.world = world
        self.base_url = ""
        self.requests: dict[str, int] = {}
        self._lists: dict[str, tuple[int, list[Served]]] = {}
        self._edited: dict[int, tuple[Callable[[list[Row]], list[Row]], int]] = {}
        self._by_id: tuple[int, dict[int, Application]] = (-1, {})
        self._bucket, self._nonce = LeakyBucket(), 0

    def source(self) -> dict[str, Any]:
        """Its entry in sources.yml."""
        return {"name": "ashby", "kind": "ashby", "base_url": self.base_url, "credentials": {"api_key": "ASHBY_API_KEY"}}

    def environment(self) -> dict[str, str]:
        """The variables with its credentials."""
        return {"ASHBY_API_KEY": self.settings.api_key}

    def served_id(self, entity: str, number: int) -> str:
        return ashby_id(entity, number)

    def edit_history(self, application: int, edit: Callable[[list[Row]], list[Row]]) -> None:
        """Somebody rewrites an application's history: `edit` of its rows is what is served from now on."""
        self._edited[application] = (edit, self.world.now_seconds)
        self._lists.pop("application.list", None)

    def records(self, method: str) -> list[Served]:
        """All records of a list at the world's now, oldest first, built at first use."""
        known = self._lists.get(method)
        if known is None or known[0] != self.world.now_seconds:
            rows = list(RECORDS[method](self.world))
            if method == "application.list":
                rows = [self._touched(record, changed) for record, changed in rows]
            known = self._lists[method] = (self.world.now_seconds, rows)
        return known[1]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["path"].strip("/")
        self.requests[method] = self.requests.get(method, 0) + 1
        headers = {"date": format_datetime(self.world.now, usegmt=True)}
        body = await read_body(receive)
        status, answer = self._answer(scope["method"], method, header(scope, b"authorization"), body, scope.get("fault"))
        await respond(send, status, orjson.dumps(answer), headers)

    def _answer(self, verb: str, method: str, authorization: str, body: bytes, fault: Fault | None) -> tuple[int, Row]:
        if verb != "POST" or method not in RIGHT_OF:
            return 404, _error("endpoint_not_found")
        if not is_basic(authorization, self.settings.api_key):
            return 401, _error("invalid_api_key")
        if self._bucket.is_full(self.settings.rate_limit, self.settings.rate_per_second):
            return 429, _error("rate_limit_exceeded")
        if RIGHT_OF[method] in self.settings.missing_rights:
            return 200 if self.settings.refuses_with_200 else 403, _error("missing_endpoint_permission")
        try:
            request = orjson.loads(body or b"{}")
            if fault is not None and (code := _played(fault, request)):
                return 200, _error(code)
            return 200, self._reply(method, request, is_repeated=fault is not None and fault.kind == "duplicate")
        except Refused as refusal:
            return 200, _error(str(refusal))

    def _reply(self, method: str, request: Row, *, is_repeated: bool) -> Row:
        if method == "application.listHistory":
            return {"success": True, "results": self._history(request), "moreDataAvailable": False}
        if method == "interviewStage.list":
            plan = number_of(str(request.get("interviewPlanId")))
            job = next((job for job in self.world.seen_jobs if job.id == plan), None)
            if job is None:
                raise Refused("interview_plan_not_found")
            return {"success": True, "results": plan_stages(job), "moreDataAvailable": False}
        if method == "offer.info":
            found = next((record for record, _ in self.records("offer.list") if record["id"] == request.get("offerId")), None)
            if found is None:
                raise Refused("offer_not_found")
            return {"success": True, "results": found}
        return self._page(method, request, is_repeated=is_repeated)

    def _history(self, request: Row) -> list[Row]:
        number = number_of(str(request.get("applicationId")))
        if self._by_id[0] != self.world.now_seconds:
            self._by_id = (self.world.now_seconds, {one.id: one for one in self.world.seen_applications})
        application = self._by_id[1].get(number)
        if application is None:
            raise Refused("application_not_found")
        rows = history_of(application, self.world.now_seconds)
        return self._edited[number][0](rows) if number in self._edited else rows

    def _page(self, method: str, request: Row, *, is_repeated: bool) -> Row:
        limit = request.get("limit", MAX_LIMIT)
        if not isinstance(limit, int) or not 1 <= limit <= MAX_LIMIT:
            raise Refused("invalid_input")
        token = request.get("syncToken")
        if token is not None and method not in WITH_TOKEN:
            raise Refused("invalid_input")
        rows = self._chosen(method, request, token)
        place = {"at": 0, "gap": False}
        if request.get("cursor"):
            place = self._decoded(request["cursor"], method, "invalid_next_cursor")
        start = max(0, place["at"] - limit) if is_repeated else place["at"]
        page, end = rows[start : start + limit], start + limit
        if place["gap"]:
            page, end = [], start
        has_more = end < len(rows)
        answer: Row = {"success": True, "results": [_listed(method, record) for record, _ in page], "moreDataAvailable": has_more}
        if has_more:
            self._nonce += 1  # a cursor is opaque and never the same twice
            gap = not place["gap"] and end == self.settings.empty_page_after
            answer["nextCursor"] = encode_cursor({"method": method, "at": end, "gap": gap, "nonce": self._nonce})
        elif method in WITH_TOKEN:
            answer["syncToken"] = encode_cursor({"method": method, "now": self.world.now_seconds})
        return answer

    def _chosen(self, method: str, request: Row, token: str | None) -> list[Served]:
        """The records asked for: what the list hides by default stays hidden, a token leaves what changed since. Raises Refused."""
        rows = [] if self.settings.is_blind else self.records(method)
        if not request.get("includeArchived"):
            rows = [row for row in rows if not row[0].get("isArchived")]
        if method == "user.list" and not request.get("includeDeactivated"):
            rows = [row for row in rows if row[0]["isEnabled"]]
        if method == "job.list":
            wanted = request.get("status") or ["Open", "Closed", "Archived"]
            rows = [row for row in rows if row[0]["status"] in wanted]
        if token is None:
            return rows
        since = self._decoded(token, method, "sync_token_invalid")["now"]
        if self.world.now_seconds - since > self.settings.token_days * DAY:
            raise Refused("sync_token_expired")
        changed = [row for row in rows if row[1] >= since]
        if len(changed) > self.settings.largest_increment:
            raise Refused("incremental_sync_too_large")
        return changed

    def _decoded(self, text: str, method: str, code: str) -> Row:
        try:
            content = decode_cursor(text)
        except Refused as refusal:
            raise Refused(code) from refusal
        if content.get("method") != method:
            raise Refused(code)
        return content

    def _touched(self, record: Row, changed: int) -> Served:
        edited = self._edited.get(number_of(record["id"]))
        if edited is None or edited[1] < changed:
            return record, changed
        return record | {"updatedAt": iso(edited[1])}, edited[1]


def _listed(method: str, record: Row) -> Row:
    """A list of offers shows the latest version alone."""
    return {name: value for name, value in record.items() if name != "versions"} if method == "offer.list" else record


def _played(fault: Fault, request: Row) -> str | None:
    """The error that a switch asks for, with status 200."""
    if fault.kind == "expired_cursor" and request.get("cursor"):
        return "next_cursor_expired"
    if fault.kind == "expired_token" and request.get("syncToken"):
        return "sync_token_expired"
    return fault.error if fault.kind == "ok_false" else None


def _error(code: str) -> Row:
    return {"success": False, "errors": [code], "errorInfo": {"code": code, "message": "Refused.", "requestId": "sandbox"}}
