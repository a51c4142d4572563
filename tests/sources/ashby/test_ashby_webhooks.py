"""Ashby signs the body in a header of its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from base.config import Webhooks
from ingestion.protocol.signature import Delivery, Refused
from ingestion.sources.ashby import KIND
from tests.support.webhooks import hex_mac


def test_a_delivery_is_verified_by_its_header_over_every_byte_of_the_body() -> None:
    body, settings, now = b'{"action":"ping"}', Webhooks(secrets=("ASHBY",)), datetime(2026, 6, 29, 6, tzinfo=UTC)
    headers = {"ashby-signature": f"sha256={hex_mac('secret', body)}"}
    assert KIND.scheme is not None
    assert KIND.scheme.verify(Delivery(headers, body), ["secret"], settings, now).token is None
    for delivery in (Delivery(headers, body + b" "), Delivery({}, body)):
        with pytest.raises(Refused):
            KIND.scheme.verify(delivery, ["secret"], settings, now)
