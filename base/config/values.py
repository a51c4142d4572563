"""The kinds of values that keys hold, each with its rule in words: names of environment variables, time zones, days, addresses, numbers."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import date, time
from ipaddress import ip_address
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator

from base.config.strict import Mistake

T = TypeVar("T")


def matching(pattern: str, words: str) -> Any:
    """Text of this form; `words` complete 'must be ...'."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"must be {words}")
        return text

    return AfterValidator(check)


def _name_not_value(text: str) -> str:
    # The text is not repeated: it may be the secret itself.
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]{0,127}", text):
        raise ValueError("must be the NAME of an environment variable (capitals, digits, _), not the secret itself")
    # Keys of clouds and one-time passwords are capitals and digits too, but in one piece (AKIA...).
    if "_" not in text and (len(text) >= 32 or (len(text) >= 16 and re.search(r"[0-9]", text))):
        raise ValueError("looks like a secret, and must be the NAME of an environment variable, like ACME_API_KEY")
    return text


#: The name of an environment variable that holds a secret; secrets rarely look like one.
EnvironmentVariable = Annotated[str, AfterValidator(_name_not_value)]


def _zone(name: str) -> str:
    if name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=2)
        raise ValueError(f"'{name}' is not an IANA time zone" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    ZoneInfo(name)
    return name


#: An IANA time zone; a near name is offered for one that is none.
Zone = Annotated[str, AfterValidator(_zone)]


def _from_text(pattern: str, read: Callable[[str], T], words: str) -> BeforeValidator:
    """A number would otherwise be taken for seconds: `20240101`, `900`."""

    def convert(value: Any) -> Any:
        if value is None or isinstance(value, date | time):
            return value
        try:
            if isinstance(value, str) and re.fullmatch(pattern, value):
                return read(value)
        except ValueError:
            pass
        raise ValueError(f"must be {words}")

    return BeforeValidator(convert)


#: `2026-06-30`.
Day = Annotated[date, _from_text(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date.fromisoformat, "a day that exists, like 2026-06-30")]
#: `9:00` or `09:30:00`.
ClockTime = Annotated[
    time,
    _from_text(
        r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?",
        lambda text: time.fromisoformat(text.rjust(len(text) + (text[1] == ":"), "0")),
        "a time of day, like 09:30",
    ),
]


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise Mistake("must be a number")
    return value


#: Python takes true for 1.
Whole = Annotated[int, BeforeValidator(_number)]
Number = Annotated[float, BeforeValidator(_number)]

#: A name or title that people read.
Line = Annotated[str, matching(r"(?=.*\S)[^\r\n]{1,200}", "one line of text, up to 200 characters")]


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or re.search(r"[\s\\<>\"]", text):
        raise ValueError("must be an address like https://api.example.com")
    if parts.username or parts.password:
        raise ValueError("must hold no user or password; those belong into 'credentials'")
    if parts.query or parts.fragment:
        raise ValueError("must be an address without '?' and '#'")
    return text


#: The address of a service.
WebAddress = Annotated[str, AfterValidator(_web_address)]


def is_local(host: str) -> bool:
    """This machine itself: what is sent there crosses no network."""
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def check_encrypted(address: str, *key: str | int) -> None:
    """Raises Mistake for an address over which a credential would go unencrypted."""
    parts = urlsplit(address)
    if parts.scheme == "http" and not is_local(parts.hostname or ""):
        raise Mistake(
            f"'{address}' is not encrypted: credentials and records could be read on the way",
            *key,
            remedy="Write https://, or, inside a network of your own, add 'allow_http: true' beside it.",
        )
