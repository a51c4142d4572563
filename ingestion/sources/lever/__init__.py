"""Kind `lever`: the Lever Data API and its webhooks."""

from ingestion.protocol.kind import SourceKind
from ingestion.protocol.signature import Scheme
from ingestion.sources.lever.signature import verify
from ingestion.sources.lever.streams import STREAMS

KIND = SourceKind(
    name="lever",
    streams=STREAMS,
    connector="ingestion.sources.lever.connector:Lever",
    vendor="Lever",
    credentials=("api_key",),
    is_service=True,
    scheme=Scheme(verify),
)
