"""A double of the Gem CRM API v0: bare arrays, the X-Pagination header, Unix seconds, events per candidate, 429 when asked too fast.

Key in X-API-Key. Lists: /users /candidates /projects /projects/{id}/candidates /sequences /candidates/{id}/events; page (from 1) and
page_size (1..100), created_after/created_before, updated_after/updated_before (candidates), sort asc or desc by creation.
Shapes follow what public clients read (research of the vendor's reference); an event names no sequence, step, subject or link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.types import Receive, Scope, Send

from sandbox.canonical_outreach import sent_messages
from sandbox.doubles.asgi import header, respond
from sandbox.doubles.faults import Fault
from sandbox.doubles.mail import crm_user_id
from sandbox.doubles.paging import Refused
from sandbox.doubles.rates import LeakyBucket
from sandbox.model import Message, Person, Recipient, Sequence
from sandbox.world import World

Row = dict[str, Any]
MAX_PAGE_SIZE = 100
#: Rows that an insertion elsewhere shifts onto the next page once more (fault `duplicate`).
OVERLAP = 10


@dataclass
class GemSettings:
    """A leaky bucket: `rate_limit` requests at once, refilled at `rate_per_second` (real time)."""

    api_key: str = "sandbox-gem-key"
    rate_limit: int = 400
    rate_per_second: float = 2000.0


class Gem:
    """The ASGI application. `world` may be replaced while it serves."""

    def __init__(self, world: World, settings: GemSettings | None = None) -> None:
        self.settings = settings or GemSettings()
        self.world = world
        #: Ids of the persons whom Greenhouse serves (None: all): Gem links candidates to no other ATS by id.
        self.in_greenhouse: frozenset[int] | None = None
        self.requests = 0
        self._bucket = LeakyBucket()
        self._cache: tuple[int, dict[str, list[Row]]] = (-1, {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests += 1
        headers = {"date": format_datetime(self.world.now, usegmt=True)}
        if header(scope, b"x-api-key") != self.settings.api_key:
            await respond(send, 401, _error("Invalid API key"), headers)
            return
        if self._bucket.is_full(self.settings.rate_limit, self.settings.rate_per_second):
            await respond(send, 429, _error("Too many requests"), headers | {"retry-after": "1"})
            return
        query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
        try:
            rows = self._rows(scope["path"].strip("/").removeprefix("v0/"))
            if rows is None:
                await respond(send, 404, _error("Not found"), headers)
                return
            body, pagination = _page(_filtered(rows, query), query, scope.get("fault"))
        except Refused as refusal:
            await respond(send, 400, _error(str(refusal)), headers)
            return
        await respond(send, 200, body, headers | {"x-pagination": orjson.dumps(pagination).decode()})

    def _rows(self, path: str) -> list[Row] | None:
        """The list at `path`, by creation; None when there is no such path or owner."""
        if self._cache[0] != self.world.now_seconds:
            self._cache = (self.world.now_seconds, _lists(self.world, self.in_greenhouse))
        return self._cache[1].get(path)


def _lists(world: World, in_greenhouse: frozenset[int] | None = None) -> dict[str, list[Row]]:
    """Path -> records, as known at the world's now."""
    found: dict[str, list[Row]] = {"users": [], "projects": [], "sequences": [], "candidates": []}
    found["users"] = [
        {"id": crm_user_id(user), "name": user.name, "email": user.email} for user in world.users if not user.is_service_account
    ]
    for sequence in world.sequences:
        if sequence.created_at < world.now_seconds:
            _add_sequence(world, sequence, found)
    touched: dict[str, int] = {}
    for sequence, recipient, message in sent_messages(world):
        person = recipient.person
        events = found.setdefault(f"candidates/{person.gem_id}/events", [])
        for event in _events(world, sequence, recipient, message):
            events.append(event)
            touched[str(person.gem_id)] = max(touched.get(str(person.gem_id), 0), event["timestamp"])
    for row in found["candidates"]:
        row["last_updated_at"] = max(row["last_updated_at"], touched.get(row["id"], 0))
        if in_greenhouse is not None and row["candidate_greenhouse_id"] and int(row["candidate_greenhouse_id"]) not in in_greenhouse:
            row["candidate_greenhouse_id"] = None
        found.setdefault(f"candidates/{row['id']}/events", [])
    for rows in found.values():
        rows.sort(key=lambda row: (row.get("created_at") or row.get("timestamp") or row.get("added_at") or 0, str(row.get("id"))))
    return found


def _add_sequence(world: World, sequence: Sequence, found: dict[str, list[Row]]) -> None:
    """The sequence, the project beside it, and the people added to both."""
    owner = crm_user_id(sequence.owner)
    found["sequences"].append({"id": sequence.id, "user_id": owner, "name": sequence.name, "created_at": sequence.created_at})
    found["projects"].append(
        {
            "id": sequence.project_id,
            "created_at": sequence.created_at,
            "user_id": owner,
            "name": sequence.name,
            "privacy_type": "shared",
            "description": None,
            "is_archived": sequence.job.closed_at is not None and sequence.job.closed_at < world.now_seconds,
        }
    )
    members = found.setdefault(f"projects/{sequence.project_id}/candidates", [])
    for recipient in sequence.recipients:
        if recipient.added_at < world.now_seconds:
            members.append({"candidate_id": recipient.person.gem_id, "added_at": recipient.added_at})
            found["candidates"].append(_candidate(world, recipient.person, sequence, owner))


def _candidate(world: World, person: Person, sequence: Sequence, owner: str) -> Row:
    in_ats = person.candidate_created_at is not None and person.candidate_created_at < world.now_seconds
    created = person.gem_created_at or 0
    return {
        "id": person.gem_id,
        "created_at": created,
        "created_by": owner,
        "last_updated_at": max(created, person.candidate_created_at or 0) if in_ats else created,
        "candidate_greenhouse_id": str(person.id) if in_ats else None,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "nickname": None,
        "weblink": f"https://gem.example.com/candidate/{person.gem_id}",
        "emails": [{"email_address": person.email, "is_primary": True}],
        "phone_number": None,
        "location": None,
        "linked_in_handle": person.linkedin,
        "profiles": [],
        "company": person.company,
        "title": person.title,
        "school": None,
        "education_info": [],
        "work_info": [],
        "custom_fields": [],
        "due_date": None,
        "project_ids": [sequence.project_id],
        "sourced_from": "linkedin",
        "gem_source": "extension",
    }


def _events(world: World, sequence: Sequence, recipient: Recipient, message: Message) -> Iterator[Row]:
    behalf = crm_user_id(recipient.on_behalf_of) if recipient.on_behalf_of else None
    base = {"candidate_id": recipient.person.gem_id, "contact_medium": "email", "user_id": crm_user_id(sequence.owner)}
    base |= {"on_behalf_of_user_id": behalf, "subtype": "email"}
    kind = "first_outreach" if message.step == 1 else "follow_up"
    yield {"id": f"evt-{message.id}", "timestamp": message.sent_at, "type": kind, "reply_status": None} | base
    if message.replied_at is not None and message.replied_at < world.now_seconds and message.reply_class != "auto":
        status = message.reply_class if message.reply_class != "unknown" else None
        yield {"id": f"evt-{message.id}-reply", "timestamp": message.replied_at, "type": "reply", "reply_status": status} | base


def _filtered(rows: list[Row], query: dict[str, str]) -> list[Row]:
    """Rows inside created_/updated_/added_ bounds. Raises Refused."""
    tests: dict[str, Callable[[int, int], bool]] = {
        "after": lambda value, bound: value >= bound,
        "before": lambda value, bound: value <= bound,
    }
    for name, text in query.items():
        field, _, side = name.rpartition("_")
        if side not in tests or field not in ("created", "updated", "added"):
            continue
        if not text.isdigit():
            raise Refused(f"{name} must be Unix seconds")
        column = {"created": "created_at", "updated": "last_updated_at", "added": "added_at"}[field]
        rows = [row for row in rows if tests[side](row.get(column) or row.get("timestamp") or 0, int(text))]
    if query.get("sort", "desc") == "desc":
        rows = rows[::-1]
    return rows


def _page(rows: list[Row], query: dict[str, str], fault: Fault | None) -> tuple[bytes, dict[str, int]]:
    page, size = _number(query, "page", 1), _number(query, "page_size", 20)
    if size > MAX_PAGE_SIZE:
        raise Refused(f"page_size must be between 1 and {MAX_PAGE_SIZE}")
    pages = max(1, -(-len(rows) // size))
    start = (page - 1) * size
    overlap = OVERLAP if fault is not None and fault.kind == "duplicate" else 0
    facts = {"total": len(rows), "total_pages": pages, "first_page": 1, "last_page": pages, "page": page}
    if page > 1:
        facts["previous_page"] = page - 1
    if page < pages:
        facts["next_page"] = page + 1
    return orjson.dumps(rows[max(0, start - overlap) : start + size]), facts


def _number(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit() or int(text) < 1:
        raise Refused(f"{name} must be a positive integer")
    return int(text)


def _error(message: str) -> bytes:
    return orjson.dumps({"errors": {"message": message}})
