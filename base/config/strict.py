"""What every part of the configuration shares: strict models, names of environment variables, time zones."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, model_validator


def _name_not_value(text: str) -> str:
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", text):
        # The text is not repeated: it may be the secret itself.
        raise ValueError("must be the NAME of an environment variable (capitals, digits, _), not the secret itself")
    return text


#: The name of an environment variable that holds a secret; secrets rarely look like one.
EnvironmentVariable = Annotated[str, AfterValidator(_name_not_value)]


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
