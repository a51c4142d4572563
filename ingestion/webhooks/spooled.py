"""Webhook deliveries on their way from the spool into the log: a stream beside a source's own, or (SendGrid's events) a part of one.

One delivery is one record of the stream `webhooks`: its payload is the JSON body, less the members named below, its id the hash of the
raw signed bytes, so a repeated delivery is the same record. A vendor's id of a delivery stands in a header that nobody signs; it is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

import orjson

from base.config import Source
from ingestion.log.records import Page, Row, broken_id, encode, encode_any
from ingestion.sources.base import Connector, Window
from ingestion.webhooks.spool import Received, read

WEBHOOKS = "webhooks"
PAGE_ROWS = 2000

#: How long the spool keeps what the log has.
KEPT = timedelta(days=30)

#: What a source's own lists leave out (free text, home addresses, files, pay) is left out of its webhooks too, however deep it stands.
_DROP = {
    "greenhouse": frozenset({"addresses", "answers", "attachments", "custom_fields", "keyed_custom_fields", "notes"}),
}

RowsOfDelivery = Callable[[Received], list[Row]]


class Spooled:
    """A connector with its source's spool beside it."""

    def __init__(self, inner: Connector, source: Source, spool: Path) -> None:
        self._inner, self._folder = inner, spool / source.name
        self._stream, self._rows_of = _reading(source)
        self.windowed = inner.windowed

    def __getattr__(self, name: str) -> Any:
        """All else is the connector's own."""
        return getattr(self._inner, name)

    def streams(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self._inner.streams(), self._stream)))

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        if stream == self._stream:
            yield from self._spooled(window, known_files)
        if stream in self._inner.streams():
            yield from self._inner.pages(stream, window, cursor, known_files)

    def server_now(self) -> Any:
        return self._inner.server_now()

    def close(self) -> None:
        self._inner.close()

    def _spooled(self, window: Window, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        known = {path.removeprefix("spool/"): known for path, known in known_files.items() if path.startswith("spool/")}
        for file, deliveries in read(self._folder, window.end, known, forget_before=window.end - KEPT):
            rows = chain.from_iterable(map(self._rows_of, deliveries))
            while batch := list(islice(rows, PAGE_ROWS)):
                yield Page(batch, None)
            yield Page([], None, files=(file._replace(path=f"spool/{file.path}"),))


def with_spool(connector: Connector, source: Source, spool: Path) -> Connector:
    """The connector, with the deliveries of its source's spool when it has `webhooks`."""
    return Spooled(connector, source, spool) if source.webhooks else connector


def _reading(source: Source) -> tuple[str, RowsOfDelivery]:
    """The stream that a source's deliveries belong to, and the rows that each gives."""
    if source.kind == "sendgrid":
        from ingestion.sources.sendgrid.connector import rows_of_body

        return "events", lambda delivery: rows_of_body(delivery.body, delivery.received_at)
    drop = _DROP.get(source.kind, frozenset())
    return WEBHOOKS, lambda delivery: [_row(delivery, drop)]


def _row(delivery: Received, drop: frozenset[str]) -> Row:
    try:
        body = orjson.loads(delivery.body)
    except orjson.JSONDecodeError:
        payload = encode({"malformed": delivery.body.decode("utf-8", "replace")})
        return Row(broken_id("malformed", payload), payload, delivery.received_at)
    return Row(delivery.digest, encode_any(_without(body, drop)), delivery.received_at)


def _without(value: Any, drop: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(member, drop) for key, member in value.items() if key not in drop}
    if isinstance(value, list):
        return [_without(member, drop) for member in value]
    return value
