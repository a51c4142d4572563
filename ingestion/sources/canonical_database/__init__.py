"""Kind `canonical_database`: the canonical tables from a database."""

from functools import partial

from ingestion.canonical.rows import check_tables
from ingestion.canonical.streams import STREAMS
from ingestion.protocol.kind import SourceKind

KIND = SourceKind(
    name="canonical_database",
    streams=STREAMS,
    connector="ingestion.sources.canonical_database.connector:CanonicalDatabase",
    credentials=("url",),
    keys=("tables", "start_date", "lookback_hours"),
    check_settings=partial(check_tables, of_files=False),
)
