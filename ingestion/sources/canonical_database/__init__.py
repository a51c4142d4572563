"""Kind `canonical_database`: the canonical tables from a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from base.config import Source
from ingestion.canonical.streams import STREAMS
from ingestion.protocol.kind import SourceKind

if TYPE_CHECKING:
    from ingestion.http.limits import RunBudget
    from ingestion.protocol.connector import Connector


def _connect(source: Source, budget: RunBudget) -> Connector:
    from ingestion.sources.canonical_database.connector import CanonicalDatabase

    return CanonicalDatabase(source, budget)


KIND = SourceKind(
    name="canonical_database",
    streams=STREAMS,
    connect=_connect,
    credentials=("url",),
)
