"""Kind `gem`: the Gem CRM API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from base.config import Source
from ingestion.protocol.kind import SourceKind
from ingestion.sources.gem.streams import STREAMS

if TYPE_CHECKING:
    from ingestion.http.limits import RunBudget
    from ingestion.protocol.connector import Connector


def _connect(source: Source, budget: RunBudget) -> Connector:
    from ingestion.sources.gem.connector import Gem

    return Gem(source, budget)


KIND = SourceKind(
    name="gem",
    streams=STREAMS,
    connect=_connect,
    vendor="Gem",
    credentials=("api_key",),
    is_service=True,
)
