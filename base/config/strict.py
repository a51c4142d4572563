"""What every part of the configuration shares: strict models, names of environment variables, time zones."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

#: Environment variable names; secrets rarely match.
VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


#: What only a wing knows of a model (which credentials a kind of source has): model -> a check that raises Mistake. The composition root
#: hands them to load_config; a model that is made without them has been checked for its shape alone.
Checks = Mapping[type["Strict"], Callable[[Any], None]]


class Mistake(ValueError):
    """A wrong value. `key` leads to it below the model that is checked; `remedy` replaces the general one."""

    def __init__(self, message: str, *key: str | int, remedy: str = "") -> None:
        super().__init__(message)
        self.key, self.remedy = key, remedy


class Strict(BaseModel):
    """Unknown keys are mistakes, not extras."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _checked(self, info: ValidationInfo) -> Self:
        checks: Checks = info.context or {}
        for model in type(self).__mro__:
            if model in checks:
                checks[model](self)
        return self


def known_zone(name: str) -> str:
    """`name` if it is an IANA time zone, else ValueError with near names."""
    if name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=2)
        raise ValueError(f"'{name}' is not an IANA time zone" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    ZoneInfo(name)
    return name
