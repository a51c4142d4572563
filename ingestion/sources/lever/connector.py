"""Kind `lever`: the Lever Data API v1 (https://hire.lever.co/developer/documentation; what we rely on: docs/sources/lever.md).

Envelope {data, next, hasNext}; `next` comes back as `offset`; times are epoch milliseconds. `updatedAt` is null until a record is first
changed after Lever introduced it (96 % of one recorded account), so the first load is unfiltered, and a window is asked for four times:
created, updated, advanced, archived. Offers, interviews, feedback and referrals exist only per opportunity and do not touch its
`updatedAt`: they are read again for what is active, was archived lately, or has changed. Lists hide confidential records unless asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from base.config import Source
from ingestion.http.auth import BasicKey
from ingestion.http.client import Client, HttpError, Reply
from ingestion.http.limits import RateLimiter, RunBudget
from ingestion.log.records import Page, Row
from ingestion.sources.base import CursorExpired, FirstPage, Window, keyed_row

BASE_URL = "https://api.lever.co/v1"
PAGE_SIZE = 100
#: The vendor refills 10 requests a second, for a key; a little is left to others.
REQUESTS_PER_SECOND = 9.0
#: Interviews, feedback and offers of an archived opportunity are looked at again for so long after its archiving.
LATE_CHILDREN = timedelta(days=30)

#: What an offset that ran out is answered with.
_OFFSET_REFUSED = frozenset({400, 404, 410, 422})
Record = dict[str, Any]


def without(*names: str) -> Callable[[Record], None]:
    """A trimmer that removes fields; `applications.email` is that field of each object in a list."""
    paths = [name.split(".") for name in names]

    def trim(record: Record) -> None:
        for path in paths:
            _remove(record, path)

    return trim


def _remove(value: Any, path: list[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _remove(item, path)
    elif isinstance(value, dict) and len(path) == 1:
        value.pop(path[0], None)
    elif isinstance(value, dict):
        _remove(value.get(path[0]), path[1:])


def _trim_offer(record: Record) -> None:
    """Of the form only the start date (the rest is pay), of the signatures only their times, no documents."""
    without("sentDocument", "signedDocument")(record)
    record["fields"] = [item for item in record.get("fields") or [] if _is(item, "identifier", "anticipated_start_date")]
    record["signatures"] = _times(record.get("signatures"))


def _trim_feedback(record: Record) -> None:
    """Of the form only the overall rating: other answers are what somebody wrote about a person."""
    without("instructions")(record)
    record["fields"] = [item for item in record.get("fields") or [] if _is(item, "type", "score-system")]


def _is(item: Any, name: str, value: str) -> bool:
    return isinstance(item, dict) and item.get(name) == value


def _times(value: Any) -> Any:
    if isinstance(value, list):
        return [_times(item) for item in value]
    if isinstance(value, dict):
        return {name: _times(inner) for name, inner in value.items() if name.endswith("At") or isinstance(inner, (dict, list))}
    return value


_keep_all = without()


@dataclass(frozen=True)
class Stream:
    """`path` is a list; with `{id}` in it, it is read once per opportunity that `parents` selects, and each row carries `opportunityId`.

    `params`: what the list hides by default. `is_confidential`: whether it knows confidential records. `key`: the field of the record id.
    """

    path: str
    trim: Callable[[Record], None] = _keep_all
    params: Mapping[str, str] = field(default_factory=dict)
    is_confidential: bool = False
    is_windowed: bool = False
    parents: Mapping[str, str] = field(default_factory=dict)
    key: str = "id"

    @property
    def is_child(self) -> bool:
        return "{id}" in self.path


_PRIVATE_APPLICATION = (
    "name",
    "email",
    "phone",
    "company",
    "links",
    "comments",
    "customQuestions",
    "ip",
    "ipAddress",
    "userAgent",
    "resume",
)

STREAMS: dict[str, Stream] = {
    "opportunities": Stream(
        "opportunities",
        without("headline", "location", *(f"applications.{name}" for name in _PRIVATE_APPLICATION)),
        {"expand": "applications"},
        is_confidential=True,
        is_windowed=True,
    ),
    "deleted_opportunities": Stream(
        "opportunities/deleted",
        without("name", "headline", "location", "emails", "phones", "links", "tags", "applications"),
        is_windowed=True,
    ),
    "offers": Stream("opportunities/{id}/offers", _trim_offer, is_windowed=True),
    "interviews": Stream("opportunities/{id}/interviews", without("note", "location", "gcalEventUrl"), is_windowed=True),
    "feedback": Stream("opportunities/{id}/feedback", _trim_feedback, is_windowed=True),
    "referrals": Stream(
        "opportunities/{id}/referrals", without("fields", "instructions"), is_windowed=True, parents={"origin": "referred"}
    ),
    "postings": Stream("postings", without("content", "salaryDescription", "salaryDescriptionHtml", "salaryRange"), is_confidential=True),
    "requisitions": Stream("requisitions", without("compensationBand", "internalNotes"), is_confidential=True),
    "users": Stream("users", without("photo"), {"includeDeactivated": "true"}),
    "stages": Stream("stages"),
    "archive_reasons": Stream("archive_reasons"),
    "sources": Stream("sources", without("count"), key="text"),
}


class Lever:
    """One Lever account. Credentials: api_key."""

    windowed = frozenset(name for name, stream in STREAMS.items() if stream.is_windowed)
    optional = frozenset({"referrals"})
    never_empty: ClassVar[dict[str, str]] = dict.fromkeys(
        ("opportunities", "postings", "stages", "archive_reasons"),
        "Create a key with permission to list it (a key's permissions cannot be changed later)",
    )

    def __init__(self, source: Source, budget: RunBudget) -> None:
        self._client = Client(
            source.name,
            source.base_url or BASE_URL,
            auth=BasicKey(source.secret("api_key")),
            budget=budget,
            limiter=RateLimiter(budget, source.requests_per_second or REQUESTS_PER_SECOND),
            connections=source.concurrency,
        )
        #: Lists that refuse to show confidential records to this key.
        self.blind: set[str] = set()

    def streams(self) -> tuple[str, ...]:
        return tuple(STREAMS)

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        """The cursor is `<number of the selection>:<offset>` of the list (of opportunities, for a stream per opportunity)."""
        spec = STREAMS[stream]
        seen: set[str] = set()
        selections = _selections(spec, window)
        place, _, offset = (cursor or "0:").partition(":")
        for number in range(int(place), len(selections)):
            parent = STREAMS["opportunities"] if spec.is_child else spec
            params = {**({} if spec.is_child else spec.params), **selections[number]}
            for records, following in self._lists(parent.path, params, offset, is_confidential=parent.is_confidential):
                if spec.is_child:
                    records = self._children(spec, records, seen)
                further = f"{number + 1}:" if number + 1 < len(selections) else None
                warnings = (f"{stream}: {_BLIND}",) if not following and not further and parent.path in self.blind else ()
                rows = [_row(spec, record) for record in records]
                yield Page(rows, f"{number}:{following}" if following else further, warnings=warnings)
            offset = ""

    def first_page(self, stream: str) -> FirstPage:
        """What the key sees of the stream; for a stream per opportunity the opportunities, with one of them asked."""
        spec = STREAMS[stream]
        parent = STREAMS["opportunities"] if spec.is_child else spec
        records, following = next(self._lists(parent.path, {}, "", is_confidential=parent.is_confidential))
        if spec.is_child:
            self._children(spec, records[:1], set())
        notice = _BLIND if spec is parent and parent.path in self.blind else None
        return FirstPage(records, following is not None, notice)

    def rights(self, stream: str) -> str:
        """What to grant when the vendor refuses the stream."""
        return f"Create a key with permission to list {stream.replace('_', ' ')} (a key's permissions cannot be changed later)"

    def server_now(self) -> datetime | None:
        return self._client.server_now()

    def close(self) -> None:
        self._client.close()

    def _children(self, spec: Stream, parents: list[Record], seen: set[str]) -> list[Record]:
        """The rows of each opportunity that was not asked before in this pass; one deleted meanwhile has none."""
        found: list[Record] = []
        for parent in parents:
            number = str(parent.get("id"))
            if number in seen:
                continue
            seen.add(number)
            try:
                for records, _ in self._lists(spec.path.format(id=number), {}, "", is_confidential=False):
                    found += [{**record, "opportunityId": number} for record in records]
            except HttpError as error:
                if error.status != 404:
                    raise
        return found

    def _lists(
        self, path: str, params: Mapping[str, str], offset: str, *, is_confidential: bool
    ) -> Iterator[tuple[list[Record], str | None]]:
        """(records, offset of the next page) until the vendor says that there is none."""
        followed = {offset}
        while True:
            reply = self._page(path, params, offset, is_confidential=is_confidential)
            records, following = _unwrap(reply, path)
            yield records, following
            if following is None:
                return
            if following in followed:
                raise HttpError(f"{self._client.name}: {path}: the offsets repeat", remedy="Run again later, and report it to the vendor.")
            followed.add(following)
            offset = following

    def _page(self, path: str, params: Mapping[str, str], offset: str, *, is_confidential: bool) -> Reply:
        asked = {"limit": str(PAGE_SIZE), **params} | ({"offset": offset} if offset else {})
        if is_confidential and path not in self.blind:
            try:
                return self._get(path, asked | {"confidentiality": "all"})
            except HttpError as error:
                if error.status != 403:
                    raise
            # Without access to confidential data, or without the right to the list at all: the plain question tells.
            reply = self._get(path, asked)
            self.blind.add(path)
            return reply
        return self._get(path, asked)

    def _get(self, path: str, params: Mapping[str, str]) -> Reply:
        try:
            return self._client.get(path, params)
        except HttpError as error:
            if "offset" in params and error.status in _OFFSET_REFUSED:
                raise CursorExpired from error
            raise


_BLIND = "the key has no access to confidential data, so confidential records are missing"


def _selections(spec: Stream, window: Window) -> list[dict[str, str]]:
    """The filters whose union is what the window holds. Only lower bounds: what changes while paging then comes twice, never not at all."""
    base = dict(spec.parents)
    if not spec.is_windowed or window.start is None:
        return [base]
    start = _milliseconds(window.start)
    if spec.path.endswith("/deleted"):
        return [{"deleted_at_start": start}]
    changed = [{**base, f"{event}_at_start": start} for event in ("updated", "created", "advanced", "archived")]
    if not spec.is_child:
        return changed
    late = _milliseconds(window.start - LATE_CHILDREN)
    return [{**base, "archived": "false"}, {**base, "archived_at_start": late}, *changed[:2]]


def _unwrap(reply: Reply, path: str) -> tuple[list[Record], str | None]:
    """Records and next offset of an envelope. Raises HttpError when it is none."""
    data = reply.data.get("data") if isinstance(reply.data, dict) else None
    if not isinstance(data, list) or not all(isinstance(record, dict) for record in data):
        raise HttpError(f"{path}: the reply contains no list of records", status=200, remedy="Check base_url in sources.yml.")
    following = reply.data.get("next")
    if reply.data.get("hasNext") and not following:
        raise HttpError(f"{path}: the reply says that there are more records but gives no offset", status=200, remedy="Run again later.")
    return data, str(following) if reply.data.get("hasNext") else None


def _row(spec: Stream, record: Record) -> Row:
    spec.trim(record)
    return keyed_row(record, record.get(spec.key))


def _milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))
