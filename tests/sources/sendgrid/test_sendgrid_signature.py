"""SendGrid's own public vector."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from base.config import Webhooks
from ingestion.protocol.signature import Delivery, Refused
from ingestion.sources.sendgrid.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, verify

VECTOR = json.loads((Path(__file__).parent / "sendgrid_signature.json").read_text(encoding="utf-8"))
SETTINGS = Webhooks(secrets=("KEY",))


def verified(body: bytes, now: datetime, key: str = VECTOR["public_key"]) -> bool:
    headers = {SIGNATURE_HEADER: VECTOR["signature"], TIMESTAMP_HEADER: VECTOR["timestamp"]}
    try:
        verify(Delivery(headers, body), [key], SETTINGS, now)
    except Refused:
        return False
    return True


def test_sendgrids_public_vector_verifies_with_its_trailing_crlf_and_not_without() -> None:
    sent = datetime.fromtimestamp(int(VECTOR["timestamp"]), UTC)
    body = VECTOR["body_utf8"].encode()
    assert body.endswith(b"\r\n")
    assert verified(body, sent)
    assert not verified(body[:-2], sent)
    assert not verified(body[:-2] + b"\n", sent)
    assert not verified(json.dumps(json.loads(body)).encode(), sent)
    assert not verified(body, sent + timedelta(days=2))
