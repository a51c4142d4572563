"""How SendGrid signs: timestamp + body with ECDSA P-256; the trailing CRLF of its bodies is part of what is signed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from base.config import Webhooks
from ingestion.protocol.signature import Accepted, Delivery, Refused, check_fresh, header

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

SIGNATURE_HEADER = "x-twilio-email-event-webhook-signature"
TIMESTAMP_HEADER = "x-twilio-email-event-webhook-timestamp"


def verify(delivery: Delivery, secrets: Sequence[str], settings: Webhooks, now: datetime) -> Accepted:
    stamp = header(delivery, TIMESTAMP_HEADER)
    try:
        signature = base64.b64decode(header(delivery, SIGNATURE_HEADER), validate=True)
    except binascii.Error as error:
        raise Refused("the signature is not base64") from error
    if not any(_is_ecdsa(secret, signature, stamp.encode() + delivery.body) for secret in secrets):
        raise Refused("the signature is wrong")
    check_fresh(stamp, 1, settings, now)
    return Accepted()


def check_secret(secret: str) -> None:
    """Raises ValueError with a remedy when the text is no verification key."""
    try:
        _public_key(secret)
    except ValueError as error:
        raise ValueError("Copy the verification key that SendGrid shows (base64, beginning with MF).") from error


def _is_ecdsa(secret: str, signature: bytes, signed: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        _public_key(secret).verify(signature, signed, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _public_key(text: str) -> EllipticCurvePublicKey:
    """The verification key: base64 of the DER form. Raises ValueError."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    key = load_der_public_key(base64.b64decode(text, validate=True))
    if not isinstance(key, EllipticCurvePublicKey):
        raise ValueError("not an elliptic curve key")  # noqa: TRY004 - the text is wrong, whatever its type
    return key
