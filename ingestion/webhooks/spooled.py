"""Webhook deliveries on their way from the spool into the log: a stream beside a source's own, or a part of one of them.

One delivery is one record of the stream `webhooks`: its payload is the JSON body, less the members named below, its id the hash of the
raw signed bytes, so a repeated delivery is the same record. A vendor's id of a delivery stands in a header that nobody signs; it is not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from base.config import Source
from base.json_text import NotJson, parse_record
from ingestion.log.records import Page, Row, Unusable, batches, encode_any, unusable_row
from ingestion.protocol.connector import Connector, Window
from ingestion.protocol.kind import Deliveries
from ingestion.sources.registry import KINDS
from ingestion.webhooks.spool import Received, read

#: How long the spool keeps what the log has.
KEPT = timedelta(days=30)


class Spooled(Connector):
    """A connector with its source's spool beside it."""

    def __init__(self, inner: Connector, source: Source, spool: Path) -> None:
        self._inner, self._folder = inner, spool / source.name
        self._deliveries = KINDS.named(source.kind).deliveries
        self.specs = inner.specs

    def streams(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self._inner.streams(), self._deliveries.stream)))

    def is_windowed(self, stream: str) -> bool:
        return stream in self.specs and self._inner.is_windowed(stream)

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        if stream == self._deliveries.stream:
            yield from self._spooled(window, known_files)
        if stream in self._inner.streams():
            yield from self._inner.pages(stream, window, cursor, known_files)

    def ignored(self) -> Sequence[str]:
        return self._inner.ignored()

    def server_now(self) -> datetime | None:
        return self._inner.server_now()

    def file_times(self) -> Sequence[datetime]:
        return self._inner.file_times()

    def close(self) -> None:
        self._inner.close()

    def _spooled(self, window: Window, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        known = {path.removeprefix("spool/"): known for path, known in known_files.items() if path.startswith("spool/")}
        for file, deliveries in read(self._folder, window.end, known, forget_before=window.end - KEPT):
            rows = chain.from_iterable(_rows(delivery, self._deliveries) for delivery in deliveries)
            for batch in batches(rows):
                yield Page(batch, None)
            yield Page([], None, files=(file._replace(path=f"spool/{file.path}"),))


def with_spool(connector: Connector, source: Source, spool: Path) -> Connector:
    """The connector, with the deliveries of its source's spool when it has `webhooks`."""
    return Spooled(connector, source, spool) if source.webhooks else connector


def _rows(delivery: Received, deliveries: Deliveries) -> list[Row]:
    """The rows that a delivery gives: those that the kind makes of it, or one record."""
    if deliveries.rows:
        return deliveries.rows(delivery.body, delivery.received_at)
    try:
        body = parse_record(delivery.body)
    except NotJson as error:
        return [unusable_row(Unusable(delivery.body.decode("utf-8", "replace"), error.mark), delivery.received_at)]
    return [Row(delivery.digest, encode_any(_without(body, deliveries.drop)), delivery.received_at)]


def _without(value: Any, drop: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(member, drop) for key, member in value.items() if key not in drop}
    if isinstance(value, list):
        return [_without(member, drop) for member in value]
    return value
