"""Conditions of a question's query, written so that a person can read and change them: slices, stages, quarters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from base.slices import slices
from exports.publish.warehouse import literal
from exports.questions.members import Member
from exports.questions.parameters import Stage


def members_given(values: Mapping[str, Any]) -> dict[str, Member]:
    """The parameters that name a member of a slice."""
    return {name: value for name, value in values.items() if isinstance(value, Member)}


def slice_names(*, of_requisition: bool = False) -> tuple[str, ...]:
    """The slices that a question can be narrowed to: all with members, or those that a requisition has itself."""
    names = (name for name, found in slices().items() if found.column or found.gathers)
    return tuple(name for name in names if not of_requisition or _line(name).is_of_requisition)


def _line(name: str) -> Any:
    """The slice, or for one that gathers another that one."""
    found = slices()[name]
    return slices()[found.gathers] if found.gathers else found


def sql_value(value: Any) -> str:
    """A value as it is written in a query; a member as its key, with its name in a comment."""
    if isinstance(value, Member):
        comment = "" if value.key == value.name else f" /* {value.name.replace('*/', '* /')} */"
        return f"{literal(value.key)}{comment}"
    if isinstance(value, Stage):
        return literal(value.code)
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return str(value) if isinstance(value, int) else literal(str(value))


def where(*conditions: str | None) -> str:
    """`where a and b` of the conditions that are there; '' without one."""
    kept = [condition for condition in conditions if condition]
    return f"where {' and '.join(kept)}" if kept else ""


def equals(column: str, value: Any) -> str | None:
    """`column = value`, or None where no value was given."""
    return None if value is None else f"{column} = {sql_value(value)}"


def in_slice(values: Mapping[str, Any], alias: str = "") -> Iterable[str]:
    """Conditions on a mart with slice_type and slice_key: the member that was given, else the company."""
    prefix = f"{alias}." if alias else ""
    for member in members_given(values).values():
        return (f"{prefix}slice_type = '{member.slice_type}'", f"{prefix}slice_key = {sql_value(member)}")
    return (f"{prefix}slice_type = 'company'",)


def of_members(values: Mapping[str, Any], alias: str) -> Iterable[str]:
    """Conditions on a table that has the keys of slices as columns: every member that was given."""
    for member in members_given(values).values():
        column = f"{alias}.{_line(member.slice_type).column}"
        if slices()[member.slice_type].gathers:
            tree = f"select descendant_key from core.dim_department_tree where department_key = {sql_value(member)}"
            yield f"{column} in ({tree})"
        else:
            yield f"{column} = {sql_value(member)}"
