"""SendGrid's events as rows, from a delivery or a line of a file.

SendGrid repeats events and its sg_event_id is no key: reports have it changed between retries, missing on unsubscriptions, and equal in the
vendor's own examples (sendgrid-nodejs #1435, docs #2862, #2933). So an event is known by its content: type, message, recipient, second, and
what tells two of them in one second apart.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from base.json_text import NotJson, parse_record
from ingestion.log.records import Row, Unusable, broken_id, encode, encode_any, unusable_row

#: What makes an event one event. Recipients are compared without case.
_IDENTITY = ("event", "sg_message_id", "smtp-id", "email", "timestamp", "url", "url_offset", "attempt", "reason", "type", "asm_group_id")


def rows_of_body(body: bytes, received_at: datetime | None = None) -> list[Row]:
    """One row per event of a body: an array of events, or one event. What is neither is one row under a mark."""
    if not body.strip():
        return []
    try:
        events = parse_record(body)
    except NotJson as error:
        return [unusable_row(Unusable(body.decode("utf-8", "replace").strip(), error.mark), received_at)]
    return [_row(event, received_at) for event in (events if isinstance(events, list) else [events])]


def _row(event: Any, received_at: datetime | None) -> Row:
    if not isinstance(event, dict):
        return unusable_row(Unusable(encode_any(event).decode()), received_at)
    payload = encode(event)
    if not (event.get("event") and event.get("timestamp") and (event.get("sg_message_id") or event.get("smtp-id"))):
        return Row(broken_id("keyless", payload), payload, received_at)
    known = {name: event.get(name) for name in _IDENTITY}
    known["email"] = str(known["email"] or "").strip().lower()
    return Row(hashlib.sha256(encode(known)).hexdigest()[:32], payload, received_at)
