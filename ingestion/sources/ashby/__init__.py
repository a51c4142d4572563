"""Kind `ashby`: the Ashby API and its webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from base.config import Source
from ingestion.protocol.kind import SourceKind
from ingestion.protocol.signature import Scheme, signed_body
from ingestion.sources.ashby.streams import STREAMS

if TYPE_CHECKING:
    from ingestion.http.limits import RunBudget
    from ingestion.protocol.connector import Connector


def _connect(source: Source, budget: RunBudget) -> Connector:
    from ingestion.sources.ashby.connector import Ashby

    return Ashby(source, budget)


KIND = SourceKind(
    name="ashby",
    streams=STREAMS,
    connect=_connect,
    vendor="Ashby",
    credentials=("api_key",),
    is_service=True,
    # Ashby signs the body and no time, like Greenhouse: `Ashby-Signature: sha256=<hex>`.
    scheme=Scheme(signed_body("ashby-signature", "sha256=")),
)
