"""Kind `canonical_files`: the canonical tables as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from base.config import Source
from ingestion.canonical.streams import STREAMS
from ingestion.protocol.kind import SourceKind

if TYPE_CHECKING:
    from ingestion.http.limits import RunBudget
    from ingestion.protocol.connector import Connector


def _connect(source: Source, budget: RunBudget) -> Connector:
    from ingestion.sources.canonical_files.connector import CanonicalFiles

    return CanonicalFiles(source, budget)


KIND = SourceKind(
    name="canonical_files",
    streams=STREAMS,
    connect=_connect,
    needs={"path": "the folder to read"},
)
