"""Kind `lever`: the Lever Data API and its webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from base.config import Source
from ingestion.protocol.kind import SourceKind
from ingestion.protocol.signature import Scheme
from ingestion.sources.lever.signature import verify
from ingestion.sources.lever.streams import STREAMS

if TYPE_CHECKING:
    from ingestion.http.limits import RunBudget
    from ingestion.protocol.connector import Connector


def _connect(source: Source, budget: RunBudget) -> Connector:
    from ingestion.sources.lever.connector import Lever

    return Lever(source, budget)


KIND = SourceKind(
    name="lever",
    streams=STREAMS,
    connect=_connect,
    vendor="Lever",
    credentials=("api_key",),
    is_service=True,
    scheme=Scheme(verify),
)
