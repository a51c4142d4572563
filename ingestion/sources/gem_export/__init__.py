"""Kind `gem_export`: the files of Gem's data export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from base.config import Source
from ingestion.protocol.kind import SourceKind
from ingestion.sources.gem_export.streams import STREAMS

if TYPE_CHECKING:
    from ingestion.http.limits import RunBudget
    from ingestion.protocol.connector import Connector


def _connect(source: Source, budget: RunBudget) -> Connector:
    from ingestion.sources.gem_export.connector import GemExport

    return GemExport(source, budget)


KIND = SourceKind(
    name="gem_export",
    streams=STREAMS,
    connect=_connect,
    vendor="Gem",
    page="gem",
    needs={"path": "the folder to read"},
)
