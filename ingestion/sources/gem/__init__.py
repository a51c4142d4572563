"""Kind `gem`: the Gem CRM API."""

from ingestion.protocol.kind import SourceKind
from ingestion.sources.gem.streams import STREAMS

KIND = SourceKind(
    name="gem",
    streams=STREAMS,
    connector="ingestion.sources.gem.connector:Gem",
    vendor="Gem",
    credentials=("api_key",),
    is_service=True,
)
