"""What a question is, and how it is answered: parameters are read against what is published, the query is written out, its rows are put in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from base.errors import ConfigError
from base.slices import slices
from exports.marts import Marts
from exports.publish.warehouse import literal
from exports.questions.parameters import KINDS

Row = Mapping[str, Any]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Parameter:
    """`--name VALUE` of a question. `kind` says how the text is read (exports/questions/parameters.py); without a default it must be given,
    unless `is_optional`: then its absence narrows nothing."""

    name: str
    kind: str
    help: str
    default: str | None = None
    is_optional: bool = False

    @property
    def is_required(self) -> bool:
        return self.default is None and not self.is_optional


def only(*slice_types: str) -> tuple[Parameter, ...]:
    """Parameters that narrow a question to one member of a slice."""
    return tuple(Parameter(name.replace("_", "-"), name, f"Only this {slices()[name].words}", is_optional=True) for name in slice_types)


@dataclass(frozen=True)
class Question:
    """`sql` gives the query for the values (None = not given); `words` puts its rows in a sentence or two."""

    name: str
    text: str
    parameters: tuple[Parameter, ...]
    sql: Callable[[Values], str]
    words: Callable[[Sequence[Row], Values], str]
    #: Reads the diversity file, for those who may.
    is_restricted: bool = False


@dataclass(frozen=True)
class Answer:
    """`sql` is exactly what was run, values written out, so that it can be pasted into any client of the published file."""

    question: Question
    values: Values
    words: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    sql: str
    as_of: datetime


def answer(marts: Marts, question: Question, given: Mapping[str, str | None]) -> Answer:
    """Answer from one published version. Raises ConfigError for an unknown name, with those that come near."""
    values = {parameter.name: _value(marts, question, parameter, given.get(parameter.name)) for parameter in question.parameters}
    sql = question.sql(values).strip()
    columns, rows = marts.table(sql)
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    words = question.words(named, values) if named else "Nothing published matches that."
    return Answer(question, values, words, columns, rows, sql, marts.state.as_of)


def _value(marts: Marts, question: Question, parameter: Parameter, text: str | None) -> Any:
    text = parameter.default if text is None else text
    if text is None:
        if parameter.is_optional:
            return None
        raise ConfigError(f"ask {question.name} needs --{parameter.name}", remedy=f"{parameter.help}.")
    return KINDS[parameter.kind](marts, parameter.name, text)


def sql_value(value: Any) -> str:
    """A value as it is written in a query."""
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


def in_slice(values: Values, *names: str, alias: str = "") -> tuple[str, str | None]:
    """Conditions on a mart: the slice of the first of these parameters that was given, else the company."""
    prefix = f"{alias}." if alias else ""
    for name in names:
        if values[name]:
            return f"{prefix}slice_type = '{name.replace('-', '_')}'", equals(f"{prefix}slice_name", values[name])
    return f"{prefix}slice_type = 'company'", None
