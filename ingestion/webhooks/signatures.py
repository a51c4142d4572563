"""Who sent this? One verifier per signing scheme, over the raw bytes of the body, in constant time.

Facts (all vendors' own pages): Greenhouse signs the body (`Signature: sha256 <hex>`, HMAC-SHA256, Unicode escaped as sent); so does Ashby
(`Ashby-Signature: sha256=<hex>`). Lever signs `token + triggeredAt`, two members of the body, so its signature does not protect the rest.
SendGrid signs timestamp + body with ECDSA P-256; the trailing CRLF of its bodies is part of what is signed. Neither Greenhouse nor Ashby
signs a time: an old delivery of theirs sent again cannot be told from a late one, and changes nothing (it is the same content).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from base.config import Source, Webhooks

SENDGRID_SIGNATURE = "x-twilio-email-event-webhook-signature"
SENDGRID_TIMESTAMP = "x-twilio-email-event-webhook-timestamp"


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


def scheme_of(source: Source, settings: Webhooks) -> str:
    """The scheme that sources.yml names, else that of the vendor."""
    return settings.scheme or source.kind


def verifier_of(scheme: str) -> Verifier:
    return _VERIFIERS[scheme]


def check_secret(scheme: str, secret: str) -> None:
    """Raises ValueError, without the value, when the secret cannot be one of this scheme."""
    if scheme == "sendgrid":
        _public_key(secret)


def _greenhouse(delivery: Delivery, secrets: Sequence[str], settings: Webhooks, now: datetime) -> Accepted:
    return _signed_body(_header(delivery, "signature"), "sha256 ", delivery.body, secrets)


def _ashby(delivery: Delivery, secrets: Sequence[str], settings: Webhooks, now: datetime) -> Accepted:
    return _signed_body(_header(delivery, "ashby-signature"), "sha256=", delivery.body, secrets)


def _hmac(delivery: Delivery, secrets: Sequence[str], settings: Webhooks, now: datetime) -> Accepted:
    """Any sender that signs its body, or `timestamp.body` where it sends a timestamp (Unix seconds) in a header."""
    if not settings.timestamp_header:
        return _signed_body(_header(delivery, (settings.header or "").lower()), settings.prefix, delivery.body, secrets)
    stamp = _header(delivery, settings.timestamp_header.lower())
    accepted = _signed_body(
        _header(delivery, (settings.header or "").lower()), settings.prefix, stamp.encode() + b"." + delivery.body, secrets
    )
    _fresh(stamp, 1, settings, now)
    return accepted


def _lever(delivery: Delivery, secrets: Sequence[str], settings: Webhooks, now: datetime) -> Accepted:
    try:
        body = orjson.loads(delivery.body)
        token, triggered_at, signature = body["token"], body["triggeredAt"], body["signature"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise Refused("the body has no token, triggeredAt and signature") from error
    if not (isinstance(token, str) and isinstance(signature, str) and isinstance(triggered_at, int)):
        raise Refused("the body has no token, triggeredAt and signature")
    _signed_body(signature, "", f"{token}{triggered_at}".encode(), secrets)
    _fresh(str(triggered_at), 1000, settings, now)
    return Accepted(token)


def _sendgrid(delivery: Delivery, secrets: Sequence[str], settings: Webhooks, now: datetime) -> Accepted:
    stamp = _header(delivery, SENDGRID_TIMESTAMP)
    try:
        signature = base64.b64decode(_header(delivery, SENDGRID_SIGNATURE), validate=True)
    except binascii.Error as error:
        raise Refused("the signature is not base64") from error
    if not any(_is_ecdsa(secret, signature, stamp.encode() + delivery.body) for secret in secrets):
        raise Refused("the signature is wrong")
    _fresh(stamp, 1, settings, now)
    return Accepted()


_VERIFIERS: dict[str, Verifier] = {"greenhouse": _greenhouse, "lever": _lever, "ashby": _ashby, "sendgrid": _sendgrid, "hmac": _hmac}


def _header(delivery: Delivery, name: str) -> str:
    value = delivery.headers.get(name)
    if not value:
        raise Refused(f"the header {name} is missing")
    return value


def _signed_body(given: str, prefix: str, signed: bytes, secrets: Sequence[str]) -> Accepted:
    """HMAC-SHA256 as hex. Every secret is tried to the end, so that the time taken tells nothing."""
    if not given.startswith(prefix):
        raise Refused("the signature is not of the expected form")
    wanted = given[len(prefix) :].strip().lower().encode("utf-8", "replace")
    matches = [hmac.compare_digest(hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode(), wanted) for secret in secrets]
    if not any(matches):
        raise Refused("the signature is wrong")
    return Accepted()


def _fresh(stamp: str, per_second: int, settings: Webhooks, now: datetime) -> None:
    """Refuses a signed time further from now, either way, than the replay window."""
    try:
        moment = datetime.fromtimestamp(int(stamp) / per_second, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Refused("the timestamp is not a time") from error
    if abs(now - moment) > timedelta(minutes=settings.replay_window_minutes):
        raise Refused("the timestamp is outside the replay window")


def _is_ecdsa(secret: str, signature: bytes, signed: bytes) -> bool:
    try:
        _public_key(secret).verify(signature, signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _public_key(text: str) -> ec.EllipticCurvePublicKey:
    """SendGrid's verification key: base64 of the DER form. Raises ValueError."""
    key = load_der_public_key(base64.b64decode(text, validate=True))
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("not an elliptic curve key")  # noqa: TRY004 - the text is wrong, whatever its type
    return key
