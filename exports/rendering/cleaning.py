"""Words that come from outside (names of jobs, sources, reasons), made safe to show; every renderer and every chart passes through here."""

from __future__ import annotations

import unicodedata

LONGEST_TEXT = 400
BREAKS = "\r\n\t\v\f\x85\u2028\u2029"


def clean(value: object) -> str:
    """Text safe to show anywhere: no control, bidirectional or invisible characters, single spaces, at most 400 characters.

    An applicant can name a source. A control character in a chart's label is worse than ugly: vl-convert 1.9 aborts the process on it.
    """
    text = unicodedata.normalize("NFC", str(value))
    text = "".join(" " if c in BREAKS else c for c in text if c in BREAKS or _is_shown(c))
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1].rstrip() + "…"


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
