"""Kind `canonical_database`: the canonical tables from a database."""

from ingestion.canonical.streams import STREAMS
from ingestion.protocol.kind import SourceKind

KIND = SourceKind(
    name="canonical_database",
    streams=STREAMS,
    connector="ingestion.sources.canonical_database.connector:CanonicalDatabase",
    credentials=("url",),
)
