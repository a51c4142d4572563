"""Who sent this? The scheme that a source's deliveries are verified by: its vendor's own, another vendor's, or plain HMAC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from base.config import Source, Webhooks
from ingestion.protocol.signature import Accepted, Delivery, Scheme, check_fresh, check_hmac, header
from ingestion.sources.registry import KINDS


def scheme_of(source: Source, settings: Webhooks) -> Scheme:
    """The scheme that sources.yml names, else that of the vendor. Configuration has been checked: there is one."""
    if settings.scheme == "hmac":
        return HMAC
    scheme = KINDS.named(settings.scheme or source.kind).scheme
    assert scheme is not None
    return scheme


def _verify_hmac(delivery: Delivery, secrets: Sequence[str], settings: Webhooks, now: datetime) -> Accepted:
    """Any sender that signs its body, or `timestamp.body` where it sends a timestamp (Unix seconds) in a header."""
    stamp = header(delivery, settings.timestamp_header.lower()) if settings.timestamp_header else None
    signed = delivery.body if stamp is None else stamp.encode() + b"." + delivery.body
    accepted = check_hmac(header(delivery, (settings.header or "").lower()), settings.prefix, signed, secrets)
    if stamp is not None:
        check_fresh(stamp, 1, settings, now)
    return accepted


HMAC = Scheme(_verify_hmac)
