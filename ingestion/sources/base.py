"""What every source offers, whatever its vendor: its streams, and the pages of one stream within one window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from base.config import Mistake, Source
from base.errors import ConfigError
from ingestion.http.client import RunBudget
from ingestion.log.records import Page, Row, SourceFile, broken_id, encode


@dataclass(frozen=True)
class Window:
    """`updated in [start, end]`, both inclusive; no start means everything up to `end`.

    `token`: what the vendor gave at the end of the last complete pass to ask for the changes since, where it works like that.
    """

    start: datetime | None
    end: datetime
    token: str | None = None


class CursorExpired(Exception):
    """The vendor no longer knows the cursor: the pass begins again (what was written is recognised as duplicate)."""


class Connector(Protocol):
    """One open source. Its methods are called from several threads, one stream each."""

    #: Streams whose window is asked of the source; others are read whole (files: what is new) each time.
    windowed: frozenset[str]

    def streams(self) -> tuple[str, ...]:
        """All streams that this source can give."""
        ...

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        """The stream's pages from `cursor` on. Raises CursorExpired, SourceError."""
        ...

    def server_now(self) -> datetime | None:
        """The source's own clock; None where it has none (files)."""
        ...

    def close(self) -> None: ...


class Service(Connector, Protocol):
    """A connector of a vendor's service, which a preflight can question."""

    #: Streams that no real organisation has empty -> what to do when the credential sees none of their records.
    never_empty: Mapping[str, str]

    def first_page(self, stream: str) -> FirstPage:
        """What the credential sees of the stream, without a window."""
        ...

    def rights(self, stream: str) -> str:
        """What to grant when the vendor refuses the stream."""
        ...


def optional_streams(connector: Connector) -> frozenset[str]:
    """Streams that no public mart needs: a 403 is reported, and the run continues without the stream."""
    found: frozenset[str] = getattr(connector, "optional", frozenset())
    return found


def periodic_streams(connector: Connector) -> frozenset[str]:
    """Streams that are read whole every `sweep_days`, and never twice for one window, instead of in each run."""
    found: frozenset[str] = getattr(connector, "periodic", frozenset())
    return found


class FirstPage(NamedTuple):
    """What a preflight sees of a stream: its first records (for a stream per parent, the parents), whether there are more, and what it should know."""

    records: list[dict[str, Any]]
    has_more: bool
    notice: str | None = None


def keyed_row(record: Mapping[str, object], record_id: object) -> Row:
    """A row under the source's own id; without one, under a mark that the gate quarantines."""
    payload = encode(record)
    if record_id is None or record_id == "":
        return Row(broken_id("keyless", payload), payload)
    return Row(str(record_id), payload)


def open_connector(source: Source, budget: RunBudget) -> Connector:
    """The connector of the source's kind. Raises ConfigError when a credential or an address is missing."""
    from ingestion.sources.ashby import connector as ashby
    from ingestion.sources.canonical_database import connector as canonical_database
    from ingestion.sources.canonical_files import connector as canonical_files
    from ingestion.sources.gem import connector as gem
    from ingestion.sources.gem_export import connector as gem_export
    from ingestion.sources.greenhouse import connector as greenhouse
    from ingestion.sources.lever import connector as lever
    from ingestion.sources.sendgrid import connector as sendgrid
    from ingestion.sources.ses import connector as ses

    openers = {
        "canonical_files": canonical_files.CanonicalFiles,
        "canonical_database": canonical_database.CanonicalDatabase,
        "greenhouse": greenhouse.Greenhouse,
        "ashby": ashby.Ashby,
        "lever": lever.Lever,
        "gem": gem.Gem,
        "gem_export": gem_export.GemExport,
        "ses": ses.SesFiles,
        "sendgrid": sendgrid.SendGrid,
    }
    return openers[source.kind](source, budget)


WEBHOOK_KINDS = ("greenhouse", "lever", "ashby", "sendgrid")


def check_source(source: Source) -> None:
    """Raises Mistake for what a source of its kind needs and sources.yml does not say."""
    if source.kind in ("canonical_files", "ses", "gem_export") and not source.path:
        raise Mistake(f"a source of kind {source.kind} needs 'path', the folder to read")
    if source.kind == "sendgrid" and not (source.path or source.webhooks):
        raise Mistake("a source of kind sendgrid needs 'webhooks', or 'path', a folder of its events")
    if source.webhooks and not source.webhooks.scheme and source.kind not in WEBHOOK_KINDS:
        raise Mistake(f"webhooks of kind {source.kind} need 'scheme': {', '.join(WEBHOOK_KINDS)} or hmac")


def streams_of(kind: str) -> tuple[str, ...]:
    """The names of all streams of a kind of source, in a stable order. Raises ConfigError on an unknown kind."""
    from ingestion.contracts import canonical_tables
    from ingestion.sources.ashby import connector as ashby
    from ingestion.sources.gem import connector as gem
    from ingestion.sources.gem_export import connector as gem_export
    from ingestion.sources.greenhouse import connector as greenhouse
    from ingestion.sources.lever import connector as lever
    from ingestion.sources.sendgrid import connector as sendgrid
    from ingestion.sources.ses import connector as ses

    streams = {
        "canonical_files": tuple(canonical_tables.TABLES),
        "canonical_database": tuple(canonical_tables.TABLES),
        "greenhouse": (*greenhouse.STREAMS, greenhouse.SWEEPS, greenhouse.WEBHOOKS),
        "ashby": tuple(ashby.STREAMS),
        "lever": tuple(lever.STREAMS),
        "gem": tuple(gem.STREAMS),
        "gem_export": tuple(gem_export.STREAMS),
        "ses": tuple(ses.STREAMS),
        "sendgrid": tuple(sendgrid.STREAMS),
    }
    if kind not in streams:
        raise ConfigError(f"there is no source kind '{kind}'", remedy=f"Known: {', '.join(streams)}.")
    return streams[kind]


__all__ = ["Connector", "CursorExpired", "Page", "SourceFile", "Window", "keyed_row", "open_connector", "streams_of"]
