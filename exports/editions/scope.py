"""Which part of the company a report is about: a slice found by its name, and its filter on what belongs to applications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from base.errors import ConfigError
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


def find_scope(marts: Marts, options: Options) -> Scope:
    """The slice the options name. Raises ConfigError when no such slice is published, or several have that name."""
    if options.slice_name is None:
        return Scope("company", "all", "")
    found = marts.rows(
        _Found,
        "select distinct slice_key from marts.funnel_passthrough where slice_type = $type and lower(trim(slice_name)) = lower(trim($name))",
        {"type": options.slice_type, "name": options.slice_name},
    )
    if len(found) != 1:
        problem = "is not in the published marts" if not found else f"names {len(found)} of them"
        raise ConfigError(
            f"reports.yml: options.slice_name: {options.slice_type} '{options.slice_name}' {problem}",
            remedy="Use a slice_name that marts.funnel_passthrough has exactly once.",
        )
    return Scope(options.slice_type, found[0].slice_key, options.slice_name)
