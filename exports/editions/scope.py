"""Which part of the company a report is about: a slice found by its name, and its filter on what belongs to applications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from base.config import Mistake
from base.names import folded
from base.registry import near_and_known
from base.slices import slices
from exports.editions.report_options import Options
from exports.marts import Marts


@dataclass(frozen=True)
class Scope:
    """A slice of the marts. `label` is empty for the whole company."""

    slice_type: str
    slice_key: str
    label: str

    @property
    def parameters(self) -> dict[str, Any]:
        """Binds `$slice_type` and `$slice_key`."""
        return {"slice_type": self.slice_type, "slice_key": self.slice_key}

    def where(self, alias: str) -> str:
        """SQL condition on rows with an application_key: their application belongs to the slice; binds `$slice_key`."""
        column = slices()[self.slice_type].column
        if column is None:
            return "$slice_key = 'all'"
        return (
            f"{alias}.application_key in (select application_key from core.fct_applications where coalesce({column}, 'none') = $slice_key)"
        )


@dataclass(frozen=True)
class _Found:
    slice_key: str
    slice_name: str


def find_scope(marts: Marts, options: Options) -> Scope:
    """The slice the options name. Raises Mistake, with the key below the report, when no such slice is published, or several have that name."""
    if options.slice_name is None and options.slice_key is None:
        return Scope("company", "all", "")
    published = marts.rows(
        _Found,
        "select distinct slice_key, slice_name from marts.funnel_passthrough where slice_type = $type and slice_name is not null order by all",
        {"type": options.slice_type},
    )
    found = [row for row in published if options.slice_key == row.slice_key or folded(options.slice_name or "") == folded(row.slice_name)]
    if len(found) != 1:
        key, value = ("slice_name", options.slice_name) if options.slice_name else ("slice_key", options.slice_key)
        if found:
            keys = " or ".join(row.slice_key for row in found[:6])
            message = f"{len(found)} of slice_type {options.slice_type} are called '{value}'"
            raise Mistake(message, "options", key, remedy=f"Say which by slice_key: {keys} (marts.funnel_passthrough has them).")
        remedy = near_and_known(str(value), [getattr(row, key) for row in published])
        raise Mistake(f"no {options.slice_type} '{value}' is published", "options", key, remedy=remedy)
    return Scope(options.slice_type, found[0].slice_key, found[0].slice_name)
