"""What reports.yml may say under a report's `options`: sections, the slice it is about, stages; checked before anything is rendered."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from base.errors import ConfigError

#: Column of core's facts that holds the key of a slice. department_tree is only in marts.
SLICE_COLUMNS = {
    "department": "department_key",
    "office": "office_key",
    "job": "job_key",
    "job_family": "job_family",
    "recruiter": "recruiter_key",
    "hiring_manager": "hiring_manager_key",
    "source": "source_key",
    "origin": "origin_code",
}


class Options(BaseModel):
    """Options of any report. The slice is named as the marts name it (`slice_name`), never by key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slice_type: Literal["company", "department", "office", "job", "job_family", "recruiter", "hiring_manager", "source", "origin"] = (
        "company"
    )
    slice_name: str | None = None
    max_data_age_hours: float = Field(default=72, gt=0)


OptionsT = TypeVar("OptionsT", bound=Options)


def read_options(kind: type[OptionsT], report_id: str, given: dict[str, Any]) -> OptionsT:
    """`given` as options of the edition. Raises ConfigError naming report, key and what is allowed."""
    try:
        options = kind.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"reports.yml: report '{report_id}': options.{key}: {first['msg'].lower()}",
            remedy=f"Known options: {', '.join(sorted(kind.model_fields))}.",
        ) from error
    if (options.slice_type == "company") != (options.slice_name is None):
        raise ConfigError(
            f"reports.yml: report '{report_id}': options.slice_type and options.slice_name go together",
            remedy="For one department write slice_type: department and slice_name: its name; for the company neither.",
        )
    return options
