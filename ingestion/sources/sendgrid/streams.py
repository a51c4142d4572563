"""SendGrid's events: what the gate expects."""

from __future__ import annotations

from ingestion.protocol.contract import Contract
from ingestion.protocol.stream import Stream

STREAMS: dict[str, Stream] = {
    "events": Stream(
        contract=Contract(
            required=("event_type", "occurred_at"),
            expected=("sendgrid_message_id",),
            known={
                "event_type": (
                    "processed",
                    "dropped",
                    "delivered",
                    "deferred",
                    "bounce",
                    "open",
                    "click",
                    "spamreport",
                    "unsubscribe",
                    "group_unsubscribe",
                    "group_resubscribe",
                ),
            },
            dated=("occurred_at",),
        )
    ),
}
