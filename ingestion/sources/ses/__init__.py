"""Kind `ses`: Amazon SES event files."""

from ingestion.protocol.kind import SourceKind
from ingestion.sources.ses.streams import STREAMS

KIND = SourceKind(
    name="ses",
    streams=STREAMS,
    connector="ingestion.sources.ses.connector:SesFiles",
    vendor="Amazon SES",
    needs={"path": "the folder to read"},
)
