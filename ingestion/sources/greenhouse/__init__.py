"""Kind `greenhouse`: Greenhouse Harvest v3 and its webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from base.config import Source
from ingestion.protocol.kind import Deliveries, SourceKind
from ingestion.protocol.signature import Scheme, signed_body
from ingestion.sources.greenhouse.streams import STREAMS

if TYPE_CHECKING:
    from ingestion.http.limits import RunBudget
    from ingestion.protocol.connector import Connector


def _connect(source: Source, budget: RunBudget) -> Connector:
    from ingestion.sources.greenhouse.connector import Greenhouse

    return Greenhouse(source, budget)


KIND = SourceKind(
    name="greenhouse",
    streams=STREAMS,
    connect=_connect,
    vendor="Greenhouse",
    credentials=("client_id", "client_secret", "user_id"),
    is_service=True,
    # Greenhouse signs the body, Unicode escaped as sent: `Signature: sha256 <hex>`. No time is signed: an old delivery sent again cannot be told
    # from a late one, and changes nothing (it is the same content).
    scheme=Scheme(signed_body("signature", "sha256 ")),
    # What the lists leave out (free text, home addresses, files, pay), however deep it stands.
    deliveries=Deliveries(drop=frozenset({"addresses", "answers", "attachments", "custom_fields", "keyed_custom_fields", "notes"})),
)
