"""Kind `ses`: Amazon SES event files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from base.config import Source
from ingestion.protocol.kind import SourceKind
from ingestion.sources.ses.streams import STREAMS

if TYPE_CHECKING:
    from ingestion.http.limits import RunBudget
    from ingestion.protocol.connector import Connector


def _connect(source: Source, budget: RunBudget) -> Connector:
    from ingestion.sources.ses.connector import SesFiles

    return SesFiles(source, budget)


KIND = SourceKind(
    name="ses",
    streams=STREAMS,
    connect=_connect,
    vendor="Amazon SES",
    needs={"path": "the folder to read"},
)
