"""What a question is, and how it is answered: parameters are read against what is published, the query is written out, its rows are put in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from base.errors import ConfigError, contained
from exports.document.words import listed
from exports.marts import Marts
from exports.questions.narrowing import members_given
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


@dataclass(frozen=True)
class Question:
    """`sql` gives the query for the values (None = not given); `words` puts its rows in a sentence or two, `nothing` is the sentence without rows.

    `tables`: canonical tables without which any answer would be false. `is_cut_once`: it reads figures that are published for one slice at
    a time. `check` refuses values that make no sense together.
    """

    name: str
    text: str
    parameters: tuple[Parameter, ...]
    sql: Callable[[Values], str]
    words: Callable[[Sequence[Row], Values], str]
    nothing: str
    tables: tuple[str, ...] = ()
    is_cut_once: bool = False
    check: Callable[[Values], None] | None = None
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
    """Answer from one published version. Raises ConfigError for an unknown name, with those that come near, and for values that contradict.

    A guard: whatever else goes wrong in a question is raised as a FunnelcastError that names it.
    """
    try:
        return _answer(marts, question, given)
    except Exception as error:
        raise contained(error, f"ask {question.name}") from error


def _answer(marts: Marts, question: Question, given: Mapping[str, str | None]) -> Answer:
    values = {parameter.name: _value(marts, question, parameter, given.get(parameter.name)) for parameter in question.parameters}
    _require_consistent(question, values)
    sql = question.sql(values).strip()
    absent = [table for table in question.tables if not marts.is_loaded(table)]
    if absent:
        return Answer(question, values, _not_loaded(absent), (), (), sql, marts.state.as_of)
    columns, rows = marts.table(sql)
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    words = question.words(named, values) if named else f"{question.nothing}{_narrowed_to(values)}."
    return Answer(question, values, words, columns, rows, sql, marts.state.as_of)


def _value(marts: Marts, question: Question, parameter: Parameter, text: str | None) -> Any:
    text = parameter.default if text is None else text
    if text is None:
        if parameter.is_optional:
            return None
        raise ConfigError(f"ask {question.name} needs --{parameter.name}", remedy=f"{parameter.help}.")
    return KINDS[parameter.kind](marts, parameter.name, text)


def _require_consistent(question: Question, values: Values) -> None:
    given = members_given(values)
    if values.get("job") and values.get("job-id"):
        raise ConfigError("--job and --job-id both name the requisition", remedy="Give one of them.")
    if question.is_cut_once and len(given) > 1:
        raise ConfigError(
            f"ask {question.name} takes one of {listed(f'--{name}' for name in given)}",
            remedy="Its figures are published for one slice at a time. Leave the others out.",
        )
    if question.check:
        question.check(values)


def _not_loaded(absent: Sequence[str]) -> str:
    return (
        f"Not loaded: no source gives {listed(absent)}, so there is no answer to this, not even 'none'. "
        "`funnelcast ask what-is-missing` lists what the sources give."
    )


def _narrowed_to(values: Values) -> str:
    """` for department Sales and recruiter Rosa`, of what was given."""
    words = [f"{name.removesuffix('-id').replace('-', ' ')} {member.name}" for name, member in members_given(values).items()]
    return f" for {listed(words)}" if words else ""
