"""A contract's rules, each as one Great Expectation over one column of the profile frame, with its reason in words.

The frame (ingestion/gate/profiles.py) has one row per distinct combination of what the rules look at, so each rule's column is named here
together with the SQL that makes it from the staging row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ingestion.gate.words import shown_code, unreadable
from ingestion.log.records import BROKEN_ID, BROKEN_IDS
from ingestion.protocol.contract import Contract

QUARANTINE, WARNING = "quarantine", "warning"

#: The rules that every stream has.
KEY, PARSE = "key", "parse"

#: Years that a recruiting event can have; outside is a typing mistake (0202, 2206).
PLAUSIBLE_YEARS = range(1990, 2101)

#: Longest text of an unknown code that is shown.
_CODE_LENGTH = 60


@dataclass(frozen=True)
class Rule:
    """`name` goes to quarantine.rule; `column` and `sql` make the frame's column; `expectation` builds the Great Expectation on it.

    `reason(value)` says in words what is wrong with a row whose column has that value.
    """

    name: str
    column: str
    sql: str
    severity: str
    expectation: Callable[[Any], Any]
    reason: Callable[[Any], str]

    @property
    def columns(self) -> str:
        """The columns of the staging row that the rule is about, separated by commas; of `parse` and `key` each row has its own."""
        return self.name.partition(":")[2].replace("<=", ",")

    @property
    def is_code(self) -> bool:
        return self.name.startswith("known:")


def rules_of(contract: Contract) -> list[Rule]:
    """The rules of one stream in the order in which a row's first failure is reported."""
    return [
        _identified(),
        _parsed(),
        *(_filled(column, QUARANTINE) for column in contract.required),
        *(_known(column, codes, QUARANTINE) for column, codes in contract.coded.items()),
        *(_dated(column) for column in contract.dated),
        *(_ordered(first, second, QUARANTINE) for first, second in contract.in_order),
        *(_filled(column, WARNING) for column in contract.expected),
        *(_known(column, codes, WARNING) for column, codes in contract.known.items()),
        *(_ordered(first, second, WARNING) for first, second in contract.usually_in_order),
    ]


def _identified() -> Rule:
    return Rule(
        KEY,
        "broken key",
        f"case when record_id is null then 'keyless' when regexp_full_match(record_id, '{BROKEN_ID}') then split_part(record_id, ':', 1) end",
        QUARANTINE,
        lambda gxe: gxe.ExpectColumnValuesToBeNull(column="broken key"),
        lambda mark: BROKEN_IDS[str(mark)],
    )


def _parsed() -> Rule:
    return Rule(
        PARSE,
        "parse_errors",
        "parse_errors",
        QUARANTINE,
        lambda gxe: gxe.ExpectColumnValuesToBeNull(column="parse_errors"),
        lambda columns: unreadable(str(columns)),
    )


def _filled(column: str, severity: str) -> Rule:
    return Rule(
        f"filled:{column}",
        column,
        f'case when "{column}" is not null then true end',
        severity,
        lambda gxe: gxe.ExpectColumnValuesToNotBeNull(column=column),
        lambda _: f"{column} is empty",
    )


def _dated(column: str) -> Rule:
    name = f"year of {column}"
    return Rule(
        f"plausible:{column}",
        name,
        f'year("{column}")',
        QUARANTINE,
        lambda gxe: gxe.ExpectColumnValuesToBeInSet(column=name, value_set=list(PLAUSIBLE_YEARS)),
        lambda year: f"{column} lies in the year {int(year)}",
    )


def _ordered(first: str, second: str, severity: str) -> Rule:
    name = f"{first} is not after {second}"
    return Rule(
        f"order:{first}<={second}",
        name,
        f'"{first}" <= "{second}"',
        severity,
        lambda gxe: gxe.ExpectColumnValuesToBeInSet(column=name, value_set=[True]),
        lambda _: f"{first} is after {second}",
    )


def _known(column: str, codes: tuple[str, ...], severity: str) -> Rule:
    name = f"code in {column}"
    return Rule(
        f"known:{column}",
        name,
        f'left(cast("{column}" as varchar), {_CODE_LENGTH})',
        severity,
        lambda gxe: gxe.ExpectColumnValuesToBeInSet(column=name, value_set=list(codes)),
        lambda code: f"{column} holds the unknown code {shown_code(str(code))}",
    )
