"""Values of records in words that are safe to show: a text is repeated only where it looks like a date, a number or a yes and no.

A column may be mapped wrongly, so that a date holds a name: what looks like anything else is described by its shape.
"""

from __future__ import annotations

import re

_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_CLOCK = r"([T ,]+\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?)?( ?[ap]\.?m\.?)?( ?(Z|UTC|GMT|[+-]\d{2}(:?\d{2}){0,2}))?"
_DATE = re.compile(
    rf"-?((\d{{4}}|\d{{1,2}})[-/. ]\d{{1,2}}[-/. ](\d{{4}}|\d{{1,2}})|\d{{1,2}}[-/. ]?{_MONTH}[-/., ]*\d{{2,4}}|{_MONTH}[-/. ]?\d{{1,2}}[-/., ]+\d{{2,4}}|\d{{6}}|\d{{8}}){_CLOCK}\.?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?(\d{1,3}([.,']\d{3}){1,2}|\d{1,7})([.,]\d{1,6})?%?")
_ANSWER = re.compile(r"-?(infinity|inf|nan|null|none|yes|no|y|n|t|f|true|false|ja|nein|oui|non|si|on|off|x|-|n/a)", re.IGNORECASE)
_CODE = re.compile(r"[^\W\d_][\w &/()'-]{0,39}")
_DIGITS = re.compile(r"\d")

#: What the values of a type are called.
TYPE_WORDS = {
    "TIMESTAMP": "a time",
    "DATE": "a date",
    "BIGINT": "a whole number",
    "INTEGER": "a whole number",
    "DOUBLE": "a number",
    "BOOLEAN": "true or false",
}


def shown(text: str) -> str:
    """A value of a date, number or yes-and-no column: itself where it is safe, else its shape."""
    text = text.strip()
    is_safe = len(text) <= 40 and any(pattern.fullmatch(text) for pattern in (_DATE, _NUMBER, _ANSWER))
    return f"'{text}'" if is_safe else shape(text)


def shown_code(text: str) -> str:
    """A value of a column of codes."""
    return f"'{text}'" if is_shown_code(text) else shape(text)


def is_shown_code(text: str) -> bool:
    """Whether a value of a column of codes may be repeated."""
    return _CODE.fullmatch(text) is not None and len(_DIGITS.findall(text)) < 4


def shape(text: str) -> str:
    """`a text of 12 characters`, `a number of 10 digits`."""
    if text.isdigit():
        return f"a number of {len(text)} digits"
    if text[:1] in "{[":
        return "a JSON object" if text[0] == "{" else "a JSON array"
    return f"a text of {len(text)} characters"


def unreadable(columns: str) -> str:
    """The reason of a row with values that do not parse, before the values are known."""
    return f"not readable: {columns.replace(',', ', ')}"
