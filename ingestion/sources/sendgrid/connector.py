"""SendGrid's event webhook, received by `funnelcast webhooks serve`, and files of such events (`path`).

Deliveries come through the spool (ingestion/webhooks); the connector itself reads the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingestion.files.event_files import EventFiles
from ingestion.log.records import Page
from ingestion.protocol.connector import Window
from ingestion.protocol.finding import Finding
from ingestion.sources.sendgrid.events import rows_of_body
from ingestion.sources.sendgrid.streams import STREAMS


class SendGrid(EventFiles):
    """The files of a folder, if the source has one: a line is an event, or an array of events as SendGrid posted it."""

    specs = STREAMS

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        return self.file_pages(known_files, rows_of_body) if self._source.path else iter(())

    def preflight(self) -> list[Finding]:
        return super().preflight() if self._source.path else []
