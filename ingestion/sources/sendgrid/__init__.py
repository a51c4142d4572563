"""Kind `sendgrid`: SendGrid's event webhook, and files of its events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from base.config import Source
from ingestion.protocol.kind import Deliveries, SourceKind
from ingestion.protocol.signature import Scheme
from ingestion.sources.sendgrid.events import rows_of_body
from ingestion.sources.sendgrid.signature import check_secret, verify
from ingestion.sources.sendgrid.streams import STREAMS

if TYPE_CHECKING:
    from ingestion.http.limits import RunBudget
    from ingestion.protocol.connector import Connector


def _connect(source: Source, budget: RunBudget) -> Connector:
    from ingestion.sources.sendgrid.connector import SendGrid

    return SendGrid(source, budget)


KIND = SourceKind(
    name="sendgrid",
    streams=STREAMS,
    connect=_connect,
    vendor="SendGrid",
    needs={"webhooks": "to receive its events", "path": "a folder of them"},
    scheme=Scheme(verify, check_secret),
    deliveries=Deliveries(stream="events", rows=rows_of_body),
)
