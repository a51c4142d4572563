"""What every part of the configuration shares: strict models that know where they are written, and the mistake that a check raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, PrivateAttr, ValidationInfo, model_validator

from base.config.document import Mapped, Origin
from base.errors import ConfigError

#: What only a wing knows of a model (which credentials a kind of source has): model -> a check that raises Mistake. The composition root
#: hands them to load_config; a model that is made without them has been checked for its shape alone.
Checks = Mapping[type["Strict"], Callable[[Any], None]]


class Mistake(ValueError):
    """A wrong value. `key` leads to it below the model that is checked; `remedy` replaces the general one."""

    def __init__(self, message: str, *key: str | int, remedy: str = "") -> None:
        super().__init__(message)
        self.key, self.remedy = key, remedy


class Strict(BaseModel):
    """Unknown keys are mistakes, not extras. A part that was read from a file remembers its lines."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    #: The file that such a part is written in, for messages about one that was made in Python.
    written_in: ClassVar[str] = "the configuration"
    _origin: Origin = PrivateAttr(default_factory=Origin)

    def place(self, *key: str | int) -> str:
        """`config/sources.yml:12`, the line of a key below this part."""
        if self._origin.path is None:
            return self.written_in
        return f"{self._origin.path}:{self._origin.line(key)}"

    def error(self, mistake: Mistake) -> ConfigError:
        """The mistake as a user reads it: file, line, key."""
        key = ".".join(map(str, mistake.key))
        return ConfigError(f"{self.place(*mistake.key)}: {f'{key}: ' if key else ''}{mistake}", remedy=mistake.remedy)

    @model_validator(mode="wrap")
    @classmethod
    def _checked(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        model = handler(data)
        if isinstance(data, Mapped):
            model._origin = data.origin
        checks: Checks = info.context or {}
        for known in type(model).__mro__:
            if known in checks:
                checks[known](model)
        return model
