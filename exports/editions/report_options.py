"""What reports.yml may say under a report's `options`: sections, the slice it is about, stages; checked before anything is rendered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from pydantic import Field

from base.config import Mistake, Strict
from base.config.reading import mistakes_of
from base.config.values import Number
from base.registry import near_and_known
from base.slices import slices


class Options(Strict):
    """Options of any report. The slice is named as the marts name it (`slice_name`), by its `slice_key` where several have that name; no `sections` are all of the edition's."""

    slice_type: str = "company"
    slice_name: str | None = Field(default=None, min_length=1, max_length=1000)
    slice_key: str | None = Field(default=None, min_length=1, max_length=1000)
    max_data_age_hours: Number = Field(default=72, gt=0, le=24 * 366)
    sections: tuple[str, ...] = ()


OptionsT = TypeVar("OptionsT", bound=Options)


def read_options(kind: type[OptionsT], sections: Collection[str], given: Mapping[str, Any]) -> OptionsT:
    """`given` as options of an edition with these sections. Raises Mistake naming the key, the near name and what is allowed."""
    for mistake in mistakes_of(kind, given):
        raise mistake
    options = kind.model_validate(given)
    check_name("slice", options.slice_type, report_slices(), "slice_type")
    for number, section in enumerate(options.sections):
        check_name("section", section, sections, "sections", number)
    if options.slice_name and options.slice_key:
        raise Mistake(
            "slice_name and slice_key both say which slice", "slice_key", remedy="Give slice_name where one has that name, else slice_key."
        )
    named = "slice_name" if options.slice_name else "slice_key" if options.slice_key else None
    if (options.slice_type == "company") != (named is None):
        raise Mistake(
            "slice_type and slice_name go together",
            named or "slice_type",
            remedy="For one department, set slice_type to department and slice_name to its name; for the whole company, set neither.",
        )
    return options.model_copy(update={"sections": tuple(dict.fromkeys(options.sections or sections))})


def report_slices() -> tuple[str, ...]:
    """What a report may be about: slices that core's facts can be cut by, so none that gathers another."""
    return tuple(name for name, found in slices().items() if found.gathers is None)


def check_name(what: str, name: str, known: Collection[str], *key: str | int) -> None:
    """Raises Mistake at `key` for a name that is not known."""
    if name not in known:
        raise Mistake(f"there is no {what} '{name}'", *key, remedy=near_and_known(name, known))
