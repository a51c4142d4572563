"""The slices that every metric can be cut by: one line each under `slices` in the vars of dbt_project.yml, which dbt and Python both read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from base.dbt_vars import dbt_vars


@dataclass(frozen=True)
class Slice:
    """One slice type; `words` are what people call a member. `column` of core's facts holds the key of a member; the company has none, and neither has a type that gathers another.

    `is_of_requisition`: dim_jobs has the column too. `is_decided_by_requisition`: all applications of a requisition are in one member, so what is
    forecast per requisition adds up. `named_by` is the table of core that names its members, by `name_key` and `name_column`; where it is None the key is the name.
    """

    slice_type: str
    words: str
    column: str | None
    gathers: str | None
    is_of_requisition: bool
    is_decided_by_requisition: bool
    named_by: str | None
    name_key: str | None
    name_column: str | None


@cache
def slices() -> Mapping[str, Slice]:
    """Every slice, in the order of the lines."""
    found = {}
    for slice_type, line in dbt_vars()["slices"].items():
        name = line.get("name", {})
        found[slice_type] = Slice(
            slice_type=slice_type,
            words=line.get("words", slice_type.replace("_", " ")),
            column=line.get("column"),
            gathers=line.get("gathers"),
            is_of_requisition="requisition" in line,
            is_decided_by_requisition=line.get("requisition") == "decides",
            named_by=name.get("model"),
            name_key=name.get("key"),
            name_column=name.get("column"),
        )
    return MappingProxyType(found)
