"""How a sender proves that a webhook delivery is its own: the words of a kind's signature scheme, and HMAC, which most of them are.

Verifiers work on the raw bytes of the body and in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from base.config import Webhooks


@dataclass(frozen=True)
class Delivery:
    """One request as it came. Header names are in lower case."""

    headers: Mapping[str, str]
    body: bytes


class Refused(Exception):
    """The delivery is not accepted. The text says why, for the receiver's own log: it contains nothing from the delivery."""


@dataclass(frozen=True)
class Accepted:
    """`token`: where the signature does not cover the body, what may be used for one body only; else None."""

    token: str | None = None


#: (delivery, secrets, settings, now) -> Accepted. Raises Refused.
Verifier = Callable[[Delivery, Sequence[str], Webhooks, datetime], Accepted]


def any_secret(secret: str) -> None:
    """Any text can be the secret of an HMAC."""


@dataclass(frozen=True)
class Scheme:
    """How one sender signs. `check_secret` raises ValueError, with a remedy as its text and never the value, for what cannot be a secret of the scheme."""

    verify: Verifier
    check_secret: Callable[[str], None] = any_secret


def header(delivery: Delivery, name: str) -> str:
    """The header's value. Raises Refused when it is missing or empty."""
    value = delivery.headers.get(name)
    if not value:
        raise Refused(f"the header {name} is missing")
    return value


def check_hmac(given: str, prefix: str, signed: bytes, secrets: Sequence[str]) -> Accepted:
    """HMAC-SHA256 as hex. Every secret is tried to the end, so that the time taken tells nothing."""
    if not given.startswith(prefix):
        raise Refused("the signature is not of the expected form")
    wanted = given[len(prefix) :].strip().lower().encode("utf-8", "replace")
    matches = [hmac.compare_digest(hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode(), wanted) for secret in secrets]
    if not any(matches):
        raise Refused("the signature is wrong")
    return Accepted()


def check_fresh(stamp: str, per_second: int, settings: Webhooks, now: datetime) -> None:
    """Refuses a signed time further from now, either way, than the replay window."""
    try:
        moment = datetime.fromtimestamp(int(stamp) / per_second, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Refused("the timestamp is not a time") from error
    if abs(now - moment) > timedelta(minutes=settings.replay_window_minutes):
        raise Refused("the timestamp is outside the replay window")


def signed_body(header_name: str, prefix: str) -> Verifier:
    """The verifier of senders that sign the body alone and put the signature into a header."""

    def verify(delivery: Delivery, secrets: Sequence[str], settings: Webhooks, now: datetime) -> Accepted:
        return check_hmac(header(delivery, header_name), prefix, delivery.body, secrets)

    return verify
