"""Kind `ashby`: the Ashby API and its webhooks."""

from ingestion.protocol.kind import SourceKind
from ingestion.protocol.signature import Scheme, signed_body
from ingestion.sources.ashby.streams import STREAMS

KIND = SourceKind(
    name="ashby",
    streams=STREAMS,
    connector="ingestion.sources.ashby.connector:Ashby",
    vendor="Ashby",
    credentials=("api_key",),
    is_service=True,
    # Ashby signs the body and no time, like Greenhouse: `Ashby-Signature: sha256=<hex>`.
    scheme=Scheme(signed_body("ashby-signature", "sha256=")),
)
