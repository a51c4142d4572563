"""What reports.yml may say under a report's `options`: sections, the slice it is about, stages; checked before anything is rendered."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from base.errors import ConfigError
from base.registry import near_and_known
from base.slices import slices


class Options(BaseModel):
    """Options of any report. The slice is named as the marts name it (`slice_name`), never by key; no `sections` are all of the edition's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slice_type: str = "company"
    slice_name: str | None = None
    max_data_age_hours: float = Field(default=72, gt=0)
    sections: tuple[str, ...] = ()


OptionsT = TypeVar("OptionsT", bound=Options)


def read_options(kind: type[OptionsT], sections: Collection[str], report_id: str, given: dict[str, Any]) -> OptionsT:
    """`given` as options of an edition with these sections. Raises ConfigError naming report, key and what is allowed."""
    try:
        options = kind.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        known = f"Known options: {', '.join(sorted(kind.model_fields))}." if first["type"] == "extra_forbidden" else None
        message = first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"reports.yml: report '{report_id}': options.{key}: {message[0].lower()}{message[1:]}", remedy=known) from error
    _check_name(report_id, "slice_type", "slice", options.slice_type, report_slices())
    for number, section in enumerate(options.sections):
        _check_name(report_id, f"sections.{number}", "section", section, sections)
    if (options.slice_type == "company") != (options.slice_name is None):
        raise ConfigError(
            f"reports.yml: report '{report_id}': options.slice_type and options.slice_name go together",
            remedy="For one department, set slice_type to department and slice_name to its name; for the whole company, set neither.",
        )
    return options.model_copy(update={"sections": tuple(dict.fromkeys(options.sections or sections))})


def report_slices() -> tuple[str, ...]:
    """What a report may be about: slices that core's facts can be cut by, so none that gathers another."""
    return tuple(name for name, found in slices().items() if found.gathers is None)


def _check_name(report_id: str, key: str, what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise ConfigError(
            f"reports.yml: report '{report_id}': options.{key}: there is no {what} '{name}'", remedy=near_and_known(name, known)
        )
