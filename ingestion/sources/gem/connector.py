"""Kind `gem`: the Gem CRM API v0 (https://api.gem.com/v0/reference; what we rely on: docs/sources/gem.md).

Bare arrays, paging by number with the facts in the X-Pagination header, times in Unix seconds. Events and project members exist only per
candidate and per project. Only a lower bound is asked for: rows that change while paging then move to later pages and are read twice,
where an upper bound would take them out and shift others past the reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from base.config import Source
from ingestion.http.auth import ApiKey
from ingestion.http.client import HttpError, Reply
from ingestion.http.limits import RunBudget
from ingestion.http.paging import PageWatch
from ingestion.log.records import Page, Row
from ingestion.protocol.connector import FirstPage, Window, keyed_row
from ingestion.protocol.service import Service, records_of
from ingestion.sources.gem.streams import STREAMS, Stream

BASE_URL = "https://api.gem.com/v0"
PAGE_SIZE = 100


class Gem(Service):
    """One Gem team. Credentials: api_key."""

    specs = STREAMS

    def __init__(self, source: Source, budget: RunBudget) -> None:
        super().__init__(source, budget, base_url=BASE_URL, auth=ApiKey("X-API-Key", source.secret("api_key")))

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        """The cursor is the number of the next page (of the parents, for a per-parent stream)."""
        spec = STREAMS[stream]
        if spec.of is None:
            for records, following in self._lists(spec.path, self._filter(spec, window), int(cursor or 1)):
                yield Page([_row(spec, record) for record in records], following)
            return
        parent = STREAMS[spec.of]
        for parents, following in self._lists(parent.path, self._filter(parent, window), int(cursor or 1)):
            rows: list[Row] = []
            for owner in parents:
                path = spec.path.format(id=owner.get("id"))
                for records, _ in self._lists(path, {}, 1):
                    rows += [_row(spec, {**record, str(spec.parent): owner.get("id")}) for record in records]
            yield Page(rows, following)

    def first_page(self, stream: str) -> FirstPage:
        """What the key sees of the stream, or of its parent where it has one."""
        parents = STREAMS[stream].of
        path = STREAMS[parents or stream].path
        reply = self._client.get(path, {"page": "1", "page_size": str(PAGE_SIZE)})
        return FirstPage(records_of(reply, path), next_page(reply, 1, path) is not None, parents=parents)

    def rights(self, stream: str) -> str:
        return "Give the key permission to read it"

    def _filter(self, spec: Stream, window: Window) -> dict[str, str]:
        if not spec.is_windowed or window.start is None:
            return {}
        return {"updated_after": str(int(window.start.timestamp()))}

    def _lists(self, path: str, params: Mapping[str, str], page: int) -> Iterator[tuple[list[dict[str, Any]], str | None]]:
        """(records, number of the next page) until the header says that there is none."""
        watch = PageWatch(self._client.name, path, page)
        while True:
            reply = self._client.get(path, {"page": str(page), "page_size": str(PAGE_SIZE), "sort": "asc", **params})
            records = records_of(reply, path)
            following = next_page(reply, page, path)
            watch.see(records, following)
            yield records, str(following) if following else None
            if following is None:
                return
            page = following


def next_page(reply: Reply, page: int, path: str) -> int | None:
    """The page after `page` by X-Pagination; None on the last. Raises HttpError when the header is missing, wrong or repeats a page."""
    try:
        facts = orjson.loads(reply.headers.get("x-pagination", ""))
        following = facts.get("next_page")
        total_pages = int(facts.get("total_pages") or 0)
    except (orjson.JSONDecodeError, AttributeError, TypeError, ValueError) as error:
        raise HttpError(f"gem: {path}: the reply has no readable X-Pagination header", remedy="Check base_url in sources.yml.") from error
    if following is None:
        return page + 1 if page < total_pages else None
    if int(following) <= page:
        raise HttpError(f"gem: {path}: the pages repeat", remedy="Run again later, and report it to the vendor.")
    return int(following)


def _row(spec: Stream, record: dict[str, Any]) -> Row:
    for name in spec.drop:
        record.pop(name, None)
    parts = [record.get(key) for key in spec.keys]
    return keyed_row(record, None if any(part in (None, "") for part in parts) else ":".join(str(part) for part in parts))
