"""Amazon SES's events: what the gate expects."""

from __future__ import annotations

from ingestion.protocol.contract import Contract
from ingestion.protocol.stream import Stream

STREAMS: dict[str, Stream] = {
    "events": Stream(
        contract=Contract(
            required=("event_type", "message_id", "sent_at"),
            known={
                "event_type": (
                    "Send",
                    "Delivery",
                    "Open",
                    "Click",
                    "Bounce",
                    "Complaint",
                    "Reject",
                    "Rendering Failure",
                    "DeliveryDelay",
                    "Subscription",
                ),
                "bounce_type": ("Undetermined", "Permanent", "Transient"),
            },
            usually_in_order=(("sent_at", "opened_at"), ("sent_at", "clicked_at")),
            dated=("sent_at", "delivered_at", "opened_at", "clicked_at", "bounced_at", "complained_at"),
        )
    ),
}
