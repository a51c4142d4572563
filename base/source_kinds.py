"""The kinds of source: one line each under `source_kinds` in the vars of dbt_project.yml, which dbt and Python both read.

A kind's line says what dbt must know of it. All else stands in its folder, ingestion/sources/<kind>.
"""

from __future__ import annotations

from base.dbt_vars import dbt_vars


def kind_names() -> tuple[str, ...]:
    """Every kind, in the order of the lines."""
    return tuple(dbt_vars()["source_kinds"])


def shape_of(kind: str) -> str:
    """The kind whose staging models parse records of `kind`: its own, or the one whose shape they have."""
    shape: str = dbt_vars()["source_kinds"].get(kind, {}).get("shape", kind)
    return shape


def shapes() -> tuple[str, ...]:
    """The kinds with staging models of their own."""
    return tuple(kind for kind in kind_names() if shape_of(kind) == kind)


def feeds_of(kind: str) -> tuple[str, ...]:
    """The canonical models that a kind has an int_<kind>__<model> for."""
    return tuple(dbt_vars()["source_kinds"][kind].get("feeds", ()))
