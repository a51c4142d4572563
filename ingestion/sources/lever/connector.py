"""Kind `lever`: the Lever Data API v1 (https://hire.lever.co/developer/documentation; what we rely on: docs/sources/lever.md).

Envelope {data, next, hasNext}; `next` comes back as `offset`; times are epoch milliseconds. `updatedAt` is null until a record is first
changed after Lever introduced it (96 % of one recorded account), so the first load is unfiltered, and a window is asked for four times:
created, updated, advanced, archived. Offers, interviews, feedback and referrals exist only per opportunity and do not touch its
`updatedAt`: they are read again for what is active, was archived lately, or has changed. Lists hide confidential records unless asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from base.config import Source
from ingestion.http.auth import BasicKey
from ingestion.http.client import HttpError, Reply
from ingestion.http.limits import RunBudget
from ingestion.http.paging import PageWatch
from ingestion.log.records import Page, Row
from ingestion.protocol.connector import CursorExpired, FirstPage, Window, keyed_row
from ingestion.protocol.service import Service
from ingestion.sources.lever.streams import STREAMS, Record, Stream

BASE_URL = "https://api.lever.co/v1"
PAGE_SIZE = 100
#: The vendor refills 10 requests a second, for a key; a little is left to others.
REQUESTS_PER_SECOND = 9.0
#: Interviews, feedback and offers of an archived opportunity are looked at again for so long after its archiving.
LATE_CHILDREN = timedelta(days=30)

#: What an offset that ran out is answered with.
_OFFSET_REFUSED = frozenset({400, 404, 410, 422})


class Lever(Service):
    """One Lever account. Credentials: api_key."""

    specs = STREAMS

    def __init__(self, source: Source, budget: RunBudget) -> None:
        auth = BasicKey(source.secret("api_key"))
        super().__init__(source, budget, base_url=BASE_URL, auth=auth, requests_per_second=REQUESTS_PER_SECOND)
        #: Lists that refuse to show confidential records to this key.
        self.blind: set[str] = set()

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
        return FirstPage(records, following is not None, notice, parents=parent.path if spec.is_child else None)

    def rights(self, stream: str) -> str:
        """What to grant when the vendor refuses the stream."""
        return f"Create a key with permission to list {stream.replace('_', ' ')} (a key's permissions cannot be changed later)"

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
        watch = PageWatch(self._client.name, path, offset)
        while True:
            reply = self._page(path, params, offset, is_confidential=is_confidential)
            records, following = _unwrap(reply, path)
            watch.see(records, following)
            yield records, following
            if following is None:
                return
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
