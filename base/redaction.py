"""The one function that takes secrets out of a text: of log lines, sentences for people, ledger rows, Dagster's events.

By value: what this process has read as a secret, in every spelling in which texts carry it (percent-encoded, base64, JSON). By name: what
stands behind a word like token or password. By shape: keys in headers, addresses and well-known forms.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, quote_plus

REDACTED = "[redacted]"

#: Shorter values are words and numbers of their own; they are replaced only where they stand alone, and not at all below the second.
_LONG, _SHORTEST = 8, 4

_SECRET_VARIABLES = re.compile(r"(?i)SECRET|TOKEN|PASSW|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL")

_NAME = (
    r"(?i:(?:tokens?|secrets?|passwords?|passwd|passphrase|pwd|api[_-]?keys?|access[_-]?key(?:[_-]?id)?|private[_-]?key"
    r"|signature|credentials?|session[_-]?id|authorization|(?:(?<![A-Za-z])|(?<=%3[Ff])|(?<=%26))sig))"
)
#: Without one of these in a text there is nothing to look for: Dagster alone writes megabytes of events a run.
_NAME_HINTS = (
    "token",
    "secret",
    "passw",
    "passphrase",
    "pwd",
    "apikey",
    "api_key",
    "api-key",
    "access",
    "private",
    "signature",
    "credential",
    "session",
    "authorization",
    "sig=",
    "sig%3d",
    "sig:",
    "sig'",
    'sig"',
    "sig\\",
    "sig ",
)
_SCHEME = r"(?i:(?:bearer|basic|token|digest)\s+)?"
_QUOTED = r"(?P<quote>\\*[\"'])(?P<quoted>(?:(?!(?P=quote)).)+)"
_PLAIN = r"[^\s\"'\\,;&<>(){}\[\]]+"
#: What a sentence says of a key ("credentials.api_key: must be ...") is no value: without quotes or "=", one must look like one.
_LIKELY = rf"(?=[^\s\"',;&]*[0-9]|[^\s\"',;&]{{20}})(?={_PLAIN[:-1]}{{6}}){_PLAIN}"
_BY_NAME = (
    re.compile(rf"(?P<before>{_NAME}\\*[\"']?\s*(?:=>|[:=])\s*{_SCHEME}){_QUOTED}"),
    re.compile(rf"(?P<before>{_NAME}(?:=|%3(?i:a|d)){_SCHEME})(?P<value>{_PLAIN})"),
    re.compile(rf"(?P<before>{_NAME}\\*[\"']\s*[:=]\s*{_SCHEME})(?P<value>{_PLAIN})"),
    re.compile(rf"(?P<before>{_NAME}:\s+{_SCHEME})(?P<value>{_LIKELY})"),
)
#: The name of an environment variable is what people are to write there.
_VARIABLE = re.compile(r"[A-Z]+(?:_[A-Z0-9_]*)?\.?|null|None|true|false")

#: None of these goes past a quote or a backslash: JSON in which a value is replaced stays JSON.
_BY_SHAPE = (
    (("cookie",), re.compile(r"(?i)((?:set-)?cookie\\*['\"]?\s*[:=]\s*\\*['\"]?)[^\r\n'\"\\]+")),
    (("authorization",), re.compile(r"(?i)(authorization\\*['\"]?\s*[:=]\s*\\*['\"]?(?:[A-Za-z0-9-]+\s+)?)[^\s'\",\\]+")),
    (("bearer",), re.compile(r"(?i)(\bbearer\s+)(?=[^\s'\",\\]*[0-9._\-/+=]|[^\s'\",\\]{16})[A-Za-z0-9._~+/=\-]{6,}")),
    (("basic ",), re.compile(r"(\bBasic\s+)(?=[A-Za-z0-9+/]*[0-9=])[A-Za-z0-9+/]{8,}={0,2}")),
    (("://",), re.compile(r"(://[^/\s:@'\"\\]*:)[^\s/'\"\\]+(?=@)")),
    (("://",), re.compile(r"(://)(?=[^/\s:@]*[0-9])[^/\s:@'\"\\]{16,}(?=@)")),
    (("xox", "xapp-", "sg."), re.compile(r"()\bxox[abeoprs]-[A-Za-z0-9-]+|\bxapp-[A-Za-z0-9-]+|\bSG\.[\w-]{16,}\.[\w-]{16,}")),
    (("eyj",), re.compile(r"()\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+")),
    (("private key-",), re.compile(r"()-----BEGIN [A-Z ]*PRIVATE KEY-----[^'\"]*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?=['\"])|\Z)")),
)

#: No lock: who handles a signal redacts too, whatever it interrupted. Adding one value and copying the set are each atomic.
_known: set[str] = set()


def remember_secrets(values: Iterable[str]) -> None:
    """From now on these values appear in no text that passes `redact`."""
    for value in values:
        if len(value.strip()) >= _SHORTEST:
            _known.add(value)


def forget_secrets() -> None:
    """Of a process that goes on with another company's configuration (tests)."""
    _known.clear()


def holds_a_secret(name: str, value: str) -> bool:
    """Whether a setting of this name is a secret: not when its value is a word (`token: anon`)."""
    return bool(_SECRET_VARIABLES.search(name)) and not re.fullmatch(r"[a-z_]{1,20}", value)


def redact(text: str) -> str:
    """The text without secrets; what is none stays as it is. Redacting twice changes nothing."""
    known = frozenset(_known)
    named = frozenset(value for name, value in os.environ.items() if len(value) >= _LONG and _SECRET_VARIABLES.search(name))
    for spelling in _spelled(known | named):
        if spelling in text:
            text = text.replace(spelling, REDACTED) if len(spelling) >= _LONG else _alone(spelling).sub(REDACTED, text)
    lowered = text.lower()
    for hints, pattern in _BY_SHAPE:
        if any(hint in lowered for hint in hints):
            text = pattern.sub(lambda match: (match.group(1) or "") + REDACTED, text)
    if any(hint in lowered for hint in _NAME_HINTS):
        for pattern in _BY_NAME:
            text = pattern.sub(_without_value, text)
    return text


def _without_value(match: re.Match[str]) -> str:
    found = match.groupdict()
    value = found.get("quoted") or found.get("value") or ""
    if REDACTED in value or value.startswith("[redacted") or _VARIABLE.fullmatch(value):
        return match[0]
    return found["before"] + (found.get("quote") or "") + REDACTED


@lru_cache(maxsize=8)
def _spelled(secrets: frozenset[str]) -> tuple[str, ...]:
    """Every spelling of every secret, the longest first."""
    return tuple(sorted({spelling for secret in secrets for spelling in _spellings(secret)}, key=lambda text: (-len(text), text)))


def _spellings(secret: str) -> set[str]:
    encoded = secret.encode("utf-8", "surrogateescape")
    found = {secret, secret.strip(), quote(encoded, safe=""), quote(encoded), quote_plus(encoded)}
    found |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1], repr(encoded)[2:-1]}
    # As HTTP Basic has it: with no password, or as the password of anybody (the beginning of the text moves by one or two bytes).
    found |= {base64.b64encode(encoded).decode().rstrip("="), base64.b64encode(encoded + b":").decode().rstrip("=")}
    for skipped in (1, 2):
        if len(encoded) > 6:
            found.add(base64.b64encode(b"\0" * skipped + encoded).decode()[4:].rstrip("=")[:-1])
    return {spelling for spelling in found if len(spelling) >= _SHORTEST}


@lru_cache(maxsize=256)
def _alone(spelling: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(spelling)}(?![A-Za-z0-9])")
