"""A double of the Lever Data API v1: GET /v1/<list>, Basic auth with the key as user name, {data, next, hasNext}, opaque offsets.

Lists: opportunities (and /deleted, /{id}/offers, /{id}/interviews, /{id}/feedback, /{id}/referrals), postings, requisitions, users, stages,
archive_reasons, sources. limit 1..100; an offset goes with the same filters as before. Confidential records are left out unless
confidentiality=all, which a key without that right may not ask (403). Too fast: 429 from a token bucket.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs

import orjson
from starlette.types import Receive, Scope, Send

from sandbox.catalogue import REASONS
from sandbox.doubles.asgi import header, is_basic, respond
from sandbox.doubles.faults import Fault
from sandbox.doubles.lever import records as records
from sandbox.doubles.paging import Refused, decode_cursor, encode_cursor
from sandbox.doubles.rates import LeakyBucket
from sandbox.world import World

Row = dict[str, Any]

CHILDREN = ("offers", "interviews", "feedback", "referrals")
PLAIN: dict[str, Callable[[World], Any]] = {
    "postings": records.postings,
    "requisitions": records.requisitions,
    "users": records.users,
    "stages": records.stages,
    "archive_reasons": records.archive_reasons,
    "sources": records.sources,
}
CONFIDENTIAL = {"opportunities", "postings", "requisitions"}
#: Filters beside limit and offset, by list; any other parameter is refused, so that a misspelt one is noticed.
FILTERS: dict[str, set[str]] = {
    "opportunities": {"expand", "confidentiality", "archived", "origin"}
    | {f"{event}_at_{side}" for event in ("created", "updated", "advanced", "archived") for side in ("start", "end")},
    "opportunities/deleted": {"deleted_at_start", "deleted_at_end"},
    "postings": {"confidentiality", "state", "updated_at_start", "updated_at_end"},
    "requisitions": {"confidentiality", "status", "created_at_start", "created_at_end"},
    "users": {"includeDeactivated"},
}
#: Where the time of a filter stands in a record.
TIMES = {"created": ("createdAt",), "updated": ("updatedAt",), "advanced": ("lastAdvancedAt",), "archived": ("archived", "archivedAt")}


@dataclass
class LeverSettings:
    """A token bucket of `burst` requests, refilled at `rate_per_second` (real time; 20 and 10 at the vendor)."""

    api_key: str = "sandbox-lever-key"
    burst: float = 2000.0
    rate_per_second: float = 4000.0
    #: Lists that the key may not read (403): names as in the path; `offers` and its like for those of an opportunity.
    missing_scopes: set[str] = field(default_factory=set)
    sees_confidential: bool = True
    #: A key that was made without any data behind it.
    sees_nothing: bool = False
    #: Application id -> when (seconds) somebody deleted its opportunity.
    deleted_at: dict[int, int] = field(default_factory=dict)


class Lever:
    """The ASGI application. `world` may be replaced while it serves."""

    #: Beside the reasons that every ATS needs mapped: directions, which Lever does not know, and the account's fixed stages.
    mappings: ClassVar[dict[str, tuple[str, ...]]] = {
        "reasons.csv": tuple(
            f"{reason.name},,{reason.direction_code},,,"
            for reason in REASONS
            if (reason.direction_code == "company" and not reason.is_conduct and reason.name != "Offer rescinded")
            or reason.name == "Dog-friendly office elsewhere"
        ),
        "stages.csv": ("New applicant,,applied,,", "New lead,,prospect,,"),
    }

    def __init__(self, world: World, settings: LeverSettings | None = None) -> None:
        self.settings = settings or LeverSettings()
        self.world = world
        self.base_url = ""
        self.requests: dict[str, int] = {}
        self._bucket, self._nonce = LeakyBucket(), 0
        self._cache: tuple[Any, dict[str, list[Row]], dict[str, dict[str, list[Row]]]] | None = None

    def source(self) -> dict[str, Any]:
        """Its entry in sources.yml; the double answers faster than the vendor."""
        return {
            "name": "lever",
            "kind": "lever",
            "base_url": f"{self.base_url}/v1",
            "requests_per_second": 2000,
            "credentials": {"api_key": "LEVER_API_KEY"},
        }

    def environment(self) -> dict[str, str]:
        """The variables with its credentials."""
        return {"LEVER_API_KEY": self.settings.api_key}

    def served_id(self, entity: str, number: int) -> str:
        """A job is a posting; a department its name, a team with the department's in front."""
        if entity == "job":
            return records.uid("posting", number)
        if entity == "department":
            found = next(department for department in self.world.departments if department.id == number)
            return found.name if found.parent is None else f"{found.parent.name}/{found.name}"
        return records.uid({"application": "opportunity", "candidate": "contact"}.get(entity, entity), number)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix("/v1").strip("/")
        kind = _list_name(path)
        self.requests[kind] = self.requests.get(kind, 0) + 1
        headers = {"date": format_datetime(self.world.now, usegmt=True)}
        query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
        if not is_basic(header(scope, b"authorization"), self.settings.api_key):
            status, body = 401, _error("Unauthorized", "The API key is not valid")
        elif self._bucket.is_full(self.settings.burst, self.settings.rate_per_second):
            status, body = 429, _error("TooManyRequests", "Rate limit exceeded")
            headers["retry-after"] = "1"
        else:
            status, body = self._answer(path, kind, {name: values[-1] for name, values in query.items()}, scope.get("fault"))
        await respond(send, status, body, headers)

    def _answer(self, path: str, kind: str, query: dict[str, str], fault: Fault | None) -> tuple[int, bytes]:
        if kind in self.settings.missing_scopes:
            return 403, _error("Forbidden", "The API key may not use this endpoint")
        if query.get("confidentiality", "non-confidential") != "non-confidential" and not self.settings.sees_confidential:
            return 403, _error("Forbidden", "The API key has no access to confidential data")
        if fault is not None and fault.kind == "expired_cursor" and "offset" in query:
            return 400, _error("BadRequestError", "Invalid offset token")
        rows = self._rows(path)
        if rows is None:
            return 404, _error("ResourceNotFound", "There is nothing here")
        try:
            return 200, self._page(rows, path, kind, query, is_repeated=fault is not None and fault.kind == "duplicate")
        except Refused as refusal:
            return 400, _error("BadRequestError", str(refusal))

    def _page(self, rows: list[Row], path: str, kind: str, query: dict[str, str], *, is_repeated: bool) -> bytes:
        filters = {name: value for name, value in query.items() if name not in ("limit", "offset")}
        for name in filters:
            if name not in FILTERS.get(kind, set()):
                raise Refused(f"Unknown parameter {name}")
        limit = query.get("limit", "100")
        if not limit.isdigit() or not 1 <= int(limit) <= 100:
            raise Refused("limit must be between 1 and 100")
        asked = {"path": path, "filters": filters}
        place = decode_cursor(query["offset"]) if "offset" in query else {**asked, "at": 0, "before": 0}
        if {"path": place.get("path"), "filters": place.get("filters")} != asked:
            raise Refused("Invalid offset token")
        start = int(place["before"] if is_repeated else place["at"])
        rows = self._filtered(rows, kind, filters)
        chosen = rows[start : start + int(limit)]
        if kind == "opportunities" and "applications" not in filters.get("expand", ""):
            chosen = [row | {"applications": [application["id"] for application in row["applications"]]} for row in chosen]
        answer: Row = {"data": chosen, "hasNext": start + int(limit) < len(rows)}
        if answer["hasNext"]:
            self._nonce += 1
            answer["next"] = encode_cursor({**asked, "at": start + int(limit), "before": start, "nonce": self._nonce})
        return orjson.dumps(answer)

    def _filtered(self, rows: list[Row], kind: str, filters: dict[str, str]) -> list[Row]:
        if self.settings.sees_nothing and kind in CONFIDENTIAL:
            return []
        if kind in CONFIDENTIAL and filters.get("confidentiality", "non-confidential") == "non-confidential":
            rows = [row for row in rows if row["confidentiality"] == "non-confidential"]
        if kind == "users" and filters.get("includeDeactivated") != "true":
            rows = [row for row in rows if row["deactivatedAt"] is None]
        for name, text in filters.items():
            event, _, side = name.rpartition("_at_")
            if event == "deleted":
                rows = [row for row in rows if _within(row["deletedAt"], side, text)]
            elif event:
                rows = [row for row in rows if _within(_at(row, TIMES[event]), side, text)]
            elif name == "archived":
                rows = [row for row in rows if (row["archived"] is not None) == (text == "true")]
            elif name in ("origin", "state", "status"):
                rows = [row for row in rows if row[name] == text]
        return rows

    def _rows(self, path: str) -> list[Row] | None:
        """The list at `path`, newest first; None when there is no such list or opportunity."""
        key = (self.world, self.world.now_seconds, tuple(self.settings.deleted_at.items()))
        if self._cache is None or self._cache[0] != key:
            pipeline = records.Pipeline(self.world, self.settings.deleted_at)
            lists = {name: list(make(self.world)) for name, make in PLAIN.items()}
            lists["opportunities"] = sorted(pipeline.opportunities(), key=lambda row: (-row["createdAt"], row["id"]))
            lists["opportunities/deleted"] = sorted(pipeline.deleted(), key=lambda row: -row["deletedAt"])
            lists |= {f"opportunities/{row['id']}": [] for row in lists["opportunities"]}
            self._cache = (key, lists, {kind: pipeline.children(kind) for kind in CHILDREN})
        _, lists, children = self._cache
        parts = path.split("/")
        if len(parts) == 3 and parts[2] in CHILDREN:
            return children[parts[2]].get(parts[1], []) if f"opportunities/{parts[1]}" in lists else None
        return lists.get(path) if len(parts) == 1 or path == "opportunities/deleted" else None


def _list_name(path: str) -> str:
    """`opportunities/<id>/offers` is `offers`; other lists are called as their path."""
    parts = path.split("/")
    return parts[2] if len(parts) == 3 else path


def _at(row: Row, steps: tuple[str, ...]) -> int | None:
    value: Any = row
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _within(value: int | None, side: str, text: str) -> bool:
    """Both bounds are inclusive; a record without the time is in no window."""
    if not text.isdigit():
        raise Refused("times are in milliseconds")
    if value is None:
        return False
    return value >= int(text) if side == "start" else value <= int(text)


def _error(code: str, message: str) -> bytes:
    return orjson.dumps({"code": code, "message": message})
