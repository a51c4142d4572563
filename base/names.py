"""How names that people write are compared: `Zoë`, the same with a combining mark and ` ZOË ` are one name."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """The name in Unicode NFC, without regard to case, with single blanks; two names are the same when this is."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).split())
