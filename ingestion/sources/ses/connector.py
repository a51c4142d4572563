"""Kind `ses`: Amazon SES event files as Firehose leaves them: dated folders of files, one JSON event a line.

The format: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-firehose-contents.html; what we rely on: docs/sources/ses.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from base.json_text import NotJson, parse_record
from ingestion.files.event_files import EventFiles
from ingestion.log.records import Page, Row, Unusable, broken_id, encode, unusable_row
from ingestion.protocol.connector import Window
from ingestion.sources.ses.streams import STREAMS

#: The object that holds an event's own time and link.
_DETAIL = {
    "Send": "send",
    "Delivery": "delivery",
    "Open": "open",
    "Click": "click",
    "Bounce": "bounce",
    "Complaint": "complaint",
    "Reject": "reject",
    "Rendering Failure": "failure",
    "DeliveryDelay": "deliveryDelay",
    "Subscription": "subscription",
}


class SesFiles(EventFiles):
    """The files of one folder."""

    specs = STREAMS

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        return self.file_pages(known_files, lambda line: (_row(line),))


def _row(line: bytes) -> Row:
    event, mark = None, "malformed"
    try:
        event = parse_record(line)
    except NotJson as error:
        mark = error.mark
    if not isinstance(event, dict):
        return unusable_row(Unusable(line.decode("utf-8", "replace").strip(), mark))
    payload = encode(event)
    identity = event_identity(event)
    if identity is None:
        return Row(broken_id("keyless", payload), payload)
    return Row(hashlib.sha256("\0".join(identity).encode()).hexdigest()[:32], payload)


def event_identity(event: Mapping[str, Any]) -> tuple[str, ...] | None:
    """(event type, message id, recipient, the event's own time, link): SES repeats events and numbers none. None when it has no message."""
    kind = event.get("eventType") or event.get("notificationType")
    mail = event.get("mail")
    if not isinstance(kind, str) or not isinstance(mail, dict) or not mail.get("messageId"):
        return None
    detail = event.get(_DETAIL.get(kind, ""))
    detail = detail if isinstance(detail, dict) else {}
    recipients = _addresses(detail) or _addresses(mail)
    return (
        kind,
        str(mail["messageId"]),
        ",".join(recipients),
        str(detail.get("timestamp") or mail.get("timestamp") or ""),
        str(detail.get("link") or ""),
    )


def _addresses(part: Mapping[str, Any]) -> list[str]:
    """The addresses that a part of an event names, lower case, sorted."""
    found: list[str] = []
    for name in ("recipients", "bouncedRecipients", "complainedRecipients", "delayedRecipients", "destination"):
        for item in part.get(name) or []:
            address = item.get("emailAddress") if isinstance(item, dict) else item
            if isinstance(address, str):
                found.append(address.strip().lower())
    return sorted(found)
