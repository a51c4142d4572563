"""Kind `sendgrid`: SendGrid's event webhook, and files of its events."""

from ingestion.protocol.kind import Deliveries, SourceKind
from ingestion.protocol.signature import Scheme
from ingestion.sources.sendgrid.events import rows_of_body
from ingestion.sources.sendgrid.signature import check_secret, verify
from ingestion.sources.sendgrid.streams import STREAMS

KIND = SourceKind(
    name="sendgrid",
    streams=STREAMS,
    connector="ingestion.sources.sendgrid.connector:SendGrid",
    vendor="SendGrid",
    needs={"webhooks": "to receive its events", "path": "a folder of them"},
    scheme=Scheme(verify, check_secret),
    deliveries=Deliveries(stream="events", rows=rows_of_body),
)
