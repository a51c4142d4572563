"""How names that people write are compared: `Zoë`, the same with a combining mark and ` ZOË ` are one name. dbt's macro `name_key` has the same rule."""

from __future__ import annotations

import unicodedata

#: Blanks that are none to `str.split`.
_INVISIBLE = str.maketrans({"\u200b": " ", "\ufeff": " "})


def folded(name: str) -> str:
    """The name in Unicode NFC, without regard to case, with single blanks; two names are the same when this is."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).translate(_INVISIBLE).split())
