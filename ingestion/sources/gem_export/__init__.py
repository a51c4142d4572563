"""Kind `gem_export`: the files of Gem's data export."""

from ingestion.protocol.kind import SourceKind
from ingestion.sources.gem_export.streams import STREAMS

KIND = SourceKind(
    name="gem_export",
    streams=STREAMS,
    connector="ingestion.sources.gem_export.connector:GemExport",
    vendor="Gem",
    page="gem",
    needs={"path": "the folder to read"},
)
