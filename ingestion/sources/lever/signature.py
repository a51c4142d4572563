"""How Lever signs: `token + triggeredAt`, two members of the body, so that its signature does not protect the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import orjson

from base.config import Webhooks
from ingestion.protocol.signature import Accepted, Delivery, Refused, check_fresh, check_hmac


def verify(delivery: Delivery, secrets: Sequence[str], settings: Webhooks, now: datetime) -> Accepted:
    try:
        body = orjson.loads(delivery.body)
        token, triggered_at, signature = body["token"], body["triggeredAt"], body["signature"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise Refused("the body has no token, triggeredAt and signature") from error
    if not (isinstance(token, str) and isinstance(signature, str) and isinstance(triggered_at, int)):
        raise Refused("the body has no token, triggeredAt and signature")
    check_hmac(signature, "", f"{token}{triggered_at}".encode(), secrets)
    check_fresh(str(triggered_at), 1000, settings, now)
    return Accepted(token)
