"""Kind `canonical_files`: the canonical tables as files."""

from ingestion.canonical.streams import STREAMS
from ingestion.protocol.kind import SourceKind

KIND = SourceKind(
    name="canonical_files",
    streams=STREAMS,
    connector="ingestion.sources.canonical_files.connector:CanonicalFiles",
    needs={"path": "the folder to read"},
)
