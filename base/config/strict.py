"""What every part of the configuration shares: strict models, names of environment variables, time zones."""

from __future__ import annotations

import difflib
import re
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict

#: How the name of an environment variable looks; a secret hardly looks so.
VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


class Strict(BaseModel):
    """Unknown keys are mistakes, not extras."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def known_zone(name: str) -> str:
    """`name` if it is an IANA time zone, else ValueError with near names."""
    if name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=2)
        raise ValueError(f"'{name}' is not an IANA time zone" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    ZoneInfo(name)
    return name


def did_you_mean(word: str, choices: list[str]) -> str:
    near = difflib.get_close_matches(word, choices, n=1)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"Known: {', '.join(sorted(choices)) or 'none'}."
