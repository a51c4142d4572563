"""The kinds of source: a line in dbt's vars (base/source_kinds.py) names each, its folder here holds its entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from base.config import Mistake, Quality, Source
from base.registry import Registry, did_you_mean
from base.source_kinds import kind_names
from ingestion.http.limits import RunBudget
from ingestion.protocol.connector import Connector
from ingestion.protocol.kind import WEBHOOKS, SourceKind
from ingestion.protocol.signature import Scheme
from ingestion.protocol.stream import Stream

KINDS: Registry[SourceKind] = Registry("source kind", {name: f"ingestion.sources.{name}:KIND" for name in kind_names()})


def stream_of(kind: str, stream: str) -> Stream:
    """What is needed of a stream; of one that the kind does not name (webhooks under another vendor's scheme) nothing is."""
    return KINDS.named(kind).streams.get(stream, Stream())


def open_connector(source: Source, budget: RunBudget) -> Connector:
    """The connector of the source. Raises ConfigError when a credential or an address is missing."""
    return KINDS.named(source.kind).connect(source, budget)


def schemes() -> dict[str, Scheme]:
    """How vendors sign webhooks, by the name of their kind."""
    return {name: kind.scheme for name, kind in KINDS.items() if kind.scheme}


#: No ATS has older records, and a typo (0224-01-01) would ask for all of time.
_FIRST_DAY = date(1990, 1, 1)


def check_source(source: Source, *, now: datetime) -> None:
    """Raises Mistake for what sources.yml lacks, or says wrongly, for a source of its kind."""
    kind, hooks = KINDS.named(source.kind), source.webhooks
    kind.check(source)
    # A day more: in the company's zone it may be tomorrow already.
    if source.start_date and not _FIRST_DAY <= source.start_date <= now.date() + timedelta(days=1):
        raise Mistake(
            f"{source.start_date} is in the future, or long past", "start_date", remedy="Give the first day whose records you want."
        )
    if hooks is None or hooks.scheme == "hmac" or (hooks.scheme is None and kind.scheme):
        return
    if hooks.scheme is None:
        raise Mistake(f"webhooks of kind {kind.name} need 'scheme': {', '.join(schemes())} or hmac", "webhooks")
    if hooks.scheme not in schemes():
        known = did_you_mean(hooks.scheme, sorted((*schemes(), "hmac")))
        raise Mistake(f"there is no signature scheme '{hooks.scheme}'", "webhooks", "scheme", remedy=known)


def check_quality(quality: Quality, sources: Sequence[Source]) -> None:
    """Raises Mistake for a change that company.yml accepts in a stream that no configured source has."""
    streams = {source.name: (*KINDS.named(source.kind).streams, WEBHOOKS) for source in sources}
    known = {stream for names in streams.values() for stream in names}
    for number, text in enumerate(quality.accepted):
        first, _, rest = text.partition(".")
        second, _, field = rest.partition(".")
        if rest and (first in known or (second in streams.get(first, ()) and field)):
            continue
        what, names = ("stream", streams[first]) if first in streams and rest else ("source or stream", [*streams, *known])
        name = second if first in streams and rest else first
        message = f"'{text}' names no {what} of sources.yml, as stream.field or source.stream.field"
        raise Mistake(message, "quality", "accepted", number, remedy=did_you_mean(name, sorted(set(names))))
