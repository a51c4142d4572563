"""Kind `greenhouse`: Greenhouse Harvest v3 (https://harvestdocs.greenhouse.io; what we rely on: docs/sources/greenhouse.md).

Lists are bare arrays, newest id first whatever was updated, so a pass is a closed window `updated_at=gte|T0|lte|T1` read to its last page.
The cursor of a next link must be the only parameter: the link is followed as it is.

Lists do not say what was deleted. Stream `sweeps` therefore lists all ids of a few entities now and then, without a window: one record per
page of ids, the last of an entity with the totals. What absence means is decided in dbt (int_greenhouse__swept_deletions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from base.clock import second
from base.config import Source
from ingestion.http.auth import ClientCredentials
from ingestion.http.client import HttpError, Reply
from ingestion.http.limits import RunBudget
from ingestion.http.paging import PageWatch
from ingestion.log.records import Page
from ingestion.protocol.connector import CursorExpired, FirstPage, Window, keyed_row
from ingestion.protocol.finding import ERROR, WARNING, Finding
from ingestion.protocol.service import Service, records_of
from ingestion.sources.greenhouse.streams import STREAMS, SWEEPS, SWEPT

BASE_URL = "https://harvest.greenhouse.io/v3"
TOKEN_URL = "https://auth.greenhouse.io/token"  # noqa: S105 - an address
PER_PAGE = 500

#: What an expired cursor is answered with; the vendor names no status for it.
_CURSOR_REFUSED = frozenset({400, 404, 410, 422})


class Greenhouse(Service):
    """One Greenhouse organisation. Credentials: client_id, client_secret, and user_id (the Site Admin whose rights the token has)."""

    specs = STREAMS

    def __init__(self, source: Source, budget: RunBudget) -> None:
        subject = source.secret("user_id") if "user_id" in source.credentials else None
        auth = ClientCredentials(
            source.name,
            source.token_url or TOKEN_URL,
            source.secret("client_id"),
            source.secret("client_secret"),
            subject=subject,
            budget=budget,
        )
        super().__init__(source, budget, base_url=BASE_URL, auth=auth)

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        """Pages of at most 500 records; the cursor is the vendor's own next link (of a sweep: with what was listed before it)."""
        if stream == SWEEPS:
            yield from self._sweep(window, cursor)
            return
        strip = _without(STREAMS[stream].drop)
        for records, following in self._lists(stream, self._reply(cursor) if cursor else self._first(stream, window), cursor):
            yield Page([keyed_row(record, record.get("id")) for record in map(strip, records)], following)

    def first_page(self, stream: str) -> FirstPage:
        """What the credential sees of the stream (of a sweep: of its first entity), without a window."""
        reply = self._ids(SWEPT[0]) if stream == SWEEPS else self._client.get(stream, _params(stream))
        return FirstPage(records_of(reply, stream), self._client.next_url(reply) is not None)

    def preflight(self) -> list[Finding]:
        """Whether the custom fields that sources.yml names are there: a mistyped key would only be an empty column."""
        wanted = [(table, key) for table, columns in self.source.custom_fields.items() for key in columns.values()]
        if not wanted:
            return []
        try:
            known = self._custom_field_keys()
        except HttpError as error:
            if error.status != 403:
                raise
            message = "the credential has no permission to list custom fields, so their keys were not checked (status 403)"
            return [Finding(WARNING, "custom_fields", message)]
        missing = [(table, key) for table, key in wanted if (table.removesuffix("s"), key) not in known]
        remedy = "Give the field's stable key (name_key), not its label."
        return [Finding(ERROR, "custom_fields", f"{table} have no custom field with the key '{key}'", remedy) for table, key in missing]

    def _custom_field_keys(self) -> set[tuple[str, str]]:
        """(field type, stable key) of every custom field that the credential sees. Raises HttpError (403: the scope is missing)."""
        records = self._lists("custom_fields", self._client.get("custom_fields", {"per_page": str(PER_PAGE)}), None)
        return {(str(record.get("field_type")), str(record.get("name_key"))) for page, _ in records for record in page}

    def rights(self, stream: str) -> str:
        scopes = [f"harvest:{name}:list" for name in (SWEPT if stream == SWEEPS else (stream,))]
        return f"Grant the scope {' and '.join(scopes)}, and use a Site Admin as user_id"

    def _lists(self, stream: str, reply: Reply, cursor: str | None) -> Iterator[tuple[list[dict[str, Any]], str | None]]:
        """The records of each page from `reply` on, with the next link (None: this was the last page)."""
        watch = PageWatch(self._client.name, stream, cursor)
        while True:
            cursor = self._client.next_url(reply)
            records = records_of(reply, stream)
            watch.see(records, cursor)
            yield records, cursor
            if cursor is None:
                return
            reply = self._reply(cursor)

    def _sweep(self, window: Window, cursor: str | None) -> Iterator[Page]:
        """One record per page of ids. The totals stand in the last one of an entity alone: without it the sweep is not complete."""
        swept_at = second(window.end)
        place = orjson.loads(cursor) if cursor else {"entity": SWEPT[0], "link": None, "part": 0, "total": 0}
        for entity in SWEPT[SWEPT.index(place["entity"]) :]:
            link, part, total = (place["link"], place["part"], place["total"]) if entity == place["entity"] else (None, 0, 0)
            for records, following in self._lists(entity, self._reply(link) if link else self._ids(entity), link):
                ids = [record.get("id") for record in records]
                total += len(ids)
                sweep = {"entity": entity, "swept_at": swept_at, "part": part, "ids": ids}
                if following is None:
                    sweep |= {"parts": part + 1, "total": total}
                yield Page([keyed_row(sweep, f"{entity}/{swept_at}/{part:06d}")], _sweep_cursor(entity, following, part + 1, total))
                part += 1

    def _ids(self, entity: str) -> Reply:
        return self._client.get(entity, {**_params(entity), "fields": "id"})

    def _first(self, stream: str, window: Window) -> Reply:
        if not STREAMS[stream].is_windowed:
            return self._client.get(stream, _params(stream))
        # Whole seconds, rounded down: the vendor's filter has no more, and rounding down repeats rather than loses.
        bounds = ([f"gte|{second(window.start)}"] if window.start else []) + [f"lte|{second(window.end)}"]
        return self._client.get(stream, {**_params(stream), "updated_at": "|".join(bounds)})

    def _reply(self, cursor: str) -> Reply:
        try:
            return self._client.get(cursor)
        except HttpError as error:
            if error.status in _CURSOR_REFUSED:
                raise CursorExpired from error
            raise


def _params(stream: str) -> dict[str, str]:
    return {**STREAMS[stream].params, "per_page": str(PER_PAGE)}


def _sweep_cursor(entity: str, link: str | None, part: int, total: int) -> str | None:
    """Where a sweep goes on: in the same list, at the next entity, or nowhere."""
    if link is not None:
        return orjson.dumps({"entity": entity, "link": link, "part": part, "total": total}).decode()
    later = SWEPT[SWEPT.index(entity) + 1 :]
    return orjson.dumps({"entity": later[0], "link": None, "part": 0, "total": 0}).decode() if later else None


def _without(drop: tuple[str, ...]) -> Any:
    def strip(record: dict[str, Any]) -> dict[str, Any]:
        for name in drop:
            record.pop(name, None)
        return record

    return strip
