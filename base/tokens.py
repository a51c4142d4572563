"""Signed tokens for links that act without a login: each is for one purpose, one subject, until one moment.

    <expiry, Unix seconds>.<subject, base64url>.<HMAC-SHA256, base64url>

The key of the HMAC is derived from the secret and the purpose, so a token for one purpose is never valid for another. Nothing is stored:
all tokens of a secret are revoked by taking the secret out of use. While a secret is being replaced two are active: the first signs, both
verify. A token is not encrypted: whoever holds the link can read the subject.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

#: In every derived key: a change of the format makes old tokens invalid instead of ambiguous.
_FORMAT = b"funnelcast token 1\0"


class InvalidToken(Exception):
    """The token is not accepted. The text says why, and contains nothing from the token."""


@dataclass(frozen=True, repr=False)
class TokenSigner:
    """Signs with the first secret, verifies with every one. Raises ValueError unless there are one or two of at least 32 characters."""

    secrets: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.secrets) <= 2 or any(len(secret) < 32 for secret in self.secrets):
            raise ValueError("tokens need one or two secrets of at least 32 characters")

    def sign(self, purpose: str, subject: str, expires: datetime) -> str:
        claims = f"{int(expires.timestamp())}.{_encode(subject.encode())}"
        return f"{claims}.{_mac(self.secrets[0], purpose, claims)}"

    def verify(self, purpose: str, token: str, now: datetime) -> str:
        """The subject. Raises InvalidToken when the token was not signed for this purpose by an active secret, or has expired."""
        claims, _, mac = token.rpartition(".")
        given = mac.encode("utf-8", "replace")
        # The text of the signature is compared, not its bytes: base64 has several spellings of the same bytes. Every secret is tried to the
        # end, so that the time taken reveals nothing.
        matches = [hmac.compare_digest(_mac(secret, purpose, claims).encode(), given) for secret in self.secrets]
        if not any(matches):
            raise InvalidToken("the token was not signed for this purpose by an active secret")
        expires, _, subject = claims.partition(".")
        if now.timestamp() >= int(expires):
            raise InvalidToken("the token has expired")
        return _decode(subject)


def _mac(secret: str, purpose: str, claims: str) -> str:
    key = hmac.digest(secret.encode(), _FORMAT + purpose.encode(), hashlib.sha256)
    return _encode(hmac.digest(key, claims.encode("utf-8", "replace"), hashlib.sha256))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> str:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
