"""A contract's rules, each as one Great Expectation over one column of the profile frame, with its reason in words.

The frame (ingestion/gate/profiles.py) has one row per distinct combination of what the rules look at, so each rule's column is named here
together with the SQL that makes it from the staging row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from ingestion.gate.words import shown_code, unreadable
from ingestion.log.records import BROKEN_ID, BROKEN_IDS
from ingestion.protocol.contract import Contract

QUARANTINE, WARNING = "quarantine", "warning"

#: The rules that every stream has.
KEY, PARSE, PLAIN, PLAUSIBLE = "key", "parse", "plain", "plausible"
#: Between two complaints of one rule about one row.
_AND = "; "

#: The first year that a recruiting event can have; before it is a typing mistake (0202).
FIRST_YEAR = 1990
#: How far a time may lie behind the end of the day of its load: of what has happened (clocks and zones differ), and of what is planned.
EVENT_AHEAD, PLAN_AHEAD = "interval 1 day", "interval 10 years"

#: Share of rows that may be plans before a warning.
_PLANS_TOLERATED = 0.5

#: Longest text of an unknown code that is shown.
_CODE_LENGTH = 60


@dataclass(frozen=True)
class Rule:
    """`name` goes to quarantine.rule; `column` and `sql` make the frame's column; `expectation` builds the Great Expectation on it.

    `reason(value)` says in words what is wrong with a row whose column has that value. `tolerated`: the share of rows that may fail a warning
    without one.
    """

    name: str
    column: str
    sql: str
    severity: str
    expectation: Callable[[Any], Any]
    reason: Callable[[Any], str]
    tolerated: float = 0.0

    def columns(self, value: object) -> str:
        """The columns that a row with this value fails by, separated by commas."""
        if self.name == PARSE:
            return str(value)
        if self.name in (PLAUSIBLE, PLAIN):
            return ",".join(part.partition(" ")[0] for part in str(value).split(_AND))
        return self.name.partition(":")[2].replace("<=", ",")

    @property
    def is_code(self) -> bool:
        return self.name.startswith("known:")


def rules_of(contract: Contract, systems: Collection[str] = ()) -> list[Rule]:
    """The rules of one stream in the order in which a row's first failure is reported. `systems`: what a row's source may be called."""
    return [
        _identified(),
        _parsed(),
        *(_filled(column, QUARANTINE) for column in contract.required),
        *(_known(column, codes, QUARANTINE) for column, codes in contract.coded.items()),
        *([_plain(contract.ids)] if contract.ids else []),
        _plausible(contract),
        *(_ordered(first, second, QUARANTINE) for first, second in contract.in_order),
        *(_dated_row(column) for column in contract.plans),
        *(_filled(column, WARNING) for column in contract.expected),
        *(_known(column, codes, WARNING) for column, codes in contract.known.items()),
        *(_ordered(first, second, WARNING) for first, second in contract.usually_in_order),
        *([_named_source(systems)] if systems else []),
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
        f"""case when trim("{column}"::varchar) <> '' then true end""",
        severity,
        lambda gxe: gxe.ExpectColumnValuesToNotBeNull(column=column),
        lambda _: f"{column} is empty",
    )


def _dated_row(column: str) -> Rule:
    """A row without the time is a plan. One whose time does not parse is none: it is in quarantine."""
    name = f"is a plan without {column}"
    return Rule(
        f"plan:{column}",
        name,
        f'"{column}" is null and parse_errors is null',
        WARNING,
        lambda gxe: gxe.ExpectColumnValuesToBeInSet(column=name, value_set=[False]),
        lambda _: f"{column} is empty: a plan",
        tolerated=_PLANS_TOLERATED,
    )


def _plain(ids: tuple[str, ...]) -> Rule:
    """One rule for all of them: a combination of what rules look at is judged as a whole, and here nearly all are null."""
    checks = (
        f"""case when left(ltrim("{column}"::varchar), 1) in ('{{', '[') and json_valid("{column}"::varchar)"""
        f""" then '{column} holds a JSON ' || lower(json_type("{column}"::varchar)) || ', not an id' end"""
        for column in ids
    )
    return Rule(
        PLAIN,
        "ids that are none",
        _complaints(checks),
        QUARANTINE,
        lambda gxe: gxe.ExpectColumnValuesToBeNull(column="ids that are none"),
        str,
    )


def _plausible(contract: Contract) -> Rule:
    """Every time of the row: finite, not before FIRST_YEAR, and by its role not too far behind its load (the day is in the name of its file)."""
    load = "coalesce(try_cast(nullif(regexp_extract(load_file, 'load_date=([0-9-]+)', 1), '') as date), date '2100-01-01') + interval 1 day"
    roles = [(column, EVENT_AHEAD) for column in (*contract.dated, "observed_at")] + [(column, PLAN_AHEAD) for column in contract.planned]
    checks = (
        f"""case when "{column}" is null then null when not isfinite("{column}") then '{column} is infinite'"""
        f""" when year("{column}") < {FIRST_YEAR} then '{column} lies in the year ' || year("{column}")"""
        f""" when "{column}" < {load} + {ahead} then null else '{column} lies after its load: ' || strftime("{column}", '%Y-%m-%d') end"""
        for column, ahead in roles
    )
    return Rule(
        PLAUSIBLE,
        "implausible times",
        _complaints(checks),
        QUARANTINE,
        lambda gxe: gxe.ExpectColumnValuesToBeNull(column="implausible times"),
        str,
    )


def _complaints(checks: Iterable[str]) -> str:
    return f"nullif(concat_ws('{_AND}', {', '.join(checks)}), '')"


def _ordered(first: str, second: str, severity: str) -> Rule:
    name = f"{first} is not after {second}"
    return Rule(
        f"order:{first}<={second}",
        name,
        f'"{first}" is null or "{second}" is null or coalesce("{first}" <= "{second}", false)',
        severity,
        lambda gxe: gxe.ExpectColumnValuesToBeInSet(column=name, value_set=[True]),
        lambda _: f"{first} is after {second}",
    )


def _named_source(systems: Collection[str]) -> Rule:
    """A row may state a system that is loaded in no other way, so it is taken; but its name may be a typing mistake, and nothing else would say so."""
    name = "stated source"
    known = ", ".join(f"('{system}')" for system in sorted(systems))
    stated = "stated_source_system"
    near = f"(select min_by(name, (levenshtein(lower({stated}), lower(name)), name)) from (values {known}) as known(name)"
    near += f" where levenshtein(lower({stated}), lower(name)) * 3 <= length({stated}))"
    return Rule(
        "named:source_system",
        name,
        f"case when {stated} not in (select name from (values {known}) as known(name)) then {stated} || '>' || coalesce({near}, '') end",
        WARNING,
        lambda gxe: gxe.ExpectColumnValuesToBeNull(column=name),
        lambda pair: _unknown_source(str(pair)),
    )


def _unknown_source(pair: str) -> str:
    stated, _, near = pair.rpartition(">")
    meant = f"; did you mean '{near}'?" if near else ""
    return f"source_system is {shown_code(stated)}, which no source in sources.yml is called{meant}"


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
