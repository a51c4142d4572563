"""Kind `canonical_files`: the canonical tables as files."""

from functools import partial

from ingestion.canonical.rows import check_tables
from ingestion.canonical.streams import STREAMS
from ingestion.protocol.kind import SourceKind

KIND = SourceKind(
    name="canonical_files",
    streams=STREAMS,
    connector="ingestion.sources.canonical_files.connector:CanonicalFiles",
    needs={"path": "the folder to read"},
    keys=("tables",),
    check_settings=partial(check_tables, of_files=True),
)
