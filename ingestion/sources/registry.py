"""The kinds of source: a line in dbt's vars (base/source_kinds.py) names each, its folder here holds its entry."""

from __future__ import annotations

from base.config import Mistake, Source
from base.registry import Registry, did_you_mean
from base.source_kinds import kind_names
from ingestion.http.limits import RunBudget
from ingestion.protocol.connector import Connector
from ingestion.protocol.kind import SourceKind
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


def check_source(source: Source) -> None:
    """Raises Mistake for what sources.yml lacks, or says wrongly, for a source of its kind."""
    kind, hooks = KINDS.named(source.kind), source.webhooks
    kind.check(source)
    if hooks is None or hooks.scheme == "hmac" or (hooks.scheme is None and kind.scheme):
        return
    if hooks.scheme is None:
        raise Mistake(f"webhooks of kind {kind.name} need 'scheme': {', '.join(schemes())} or hmac", "webhooks")
    if hooks.scheme not in schemes():
        known = did_you_mean(hooks.scheme, sorted((*schemes(), "hmac")))
        raise Mistake(f"there is no signature scheme '{hooks.scheme}'", "webhooks", "scheme", remedy=known)
