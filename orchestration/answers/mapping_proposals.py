"""Names without a code, from the published marts, with the mapping row that is proposed for each.

The proposal comes from the seed mapping_rules: ordered patterns over names, each with an id. A find that its own words deny ("not because of
pay") is void, and where no rule is left nothing is proposed. A proposal is a proposal: a person puts it into config/mappings/, and a name that
has a code there is never proposed again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from base.home import Home
from base.names import folded
from base.seeds import seed_rows
from orchestration.answers.mapping_files import FILES, MappingFile

#: kind of name in marts.unmapped_names -> mapping file, the column of the name, the column of the code
_TARGETS = {
    "stage": ("stages", "stage_name", "stage_code"),
    "reason": ("reasons", "close_reason_name", "decline_reason_code"),
    "source": ("sources", "source_name", "channel_code"),
}


@dataclass(frozen=True)
class Unmapped:
    source_system: str
    kind_code: str
    unmapped_name: str
    direction_code: str | None
    use_count: int


@dataclass(frozen=True)
class Ruling:
    """What the rules say of a name: a code (None = they abstain), for a reason whose act it was, and the id of the rule that decided."""

    code: str | None = None
    direction: str | None = None
    rule_id: str | None = None


@dataclass(frozen=True)
class Proposal:
    """One name and the row to add to `file`; `code` is None when no rule knows the name, `rule_id` says which one does."""

    source_system: str
    kind: str
    name: str
    use_count: int
    code: str | None
    direction: str | None
    rule_id: str | None

    @property
    def file(self) -> str:
        return f"{_TARGETS[self.kind][0]}.csv"

    @property
    def is_complete(self) -> bool:
        """Whether the row needs nothing more: a company's or nobody's reason has no code of the decline taxonomy."""
        return self.code is not None or self.direction in ("company", "neither")

    @property
    def cells(self) -> dict[str, str]:
        """Its row by columns; those without a value are left out."""
        _, name_column, code_column = _TARGETS[self.kind]
        cells = {
            "source_system": self.source_system,
            name_column: self.name,
            code_column: self.code or "",
            "direction_code": self.direction or "",
        }
        return {column: cell for column, cell in cells.items() if cell}

    @property
    def row(self) -> str:
        return self.row_of(_columns(self.kind))

    def row_of(self, columns: Sequence[str]) -> str:
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow([self.cells.get(column, "") for column in columns])
        return text.getvalue()


def columns_to_paste(path: Path, found: Sequence[Proposal]) -> tuple[list[str], bool]:
    """The columns of rows to add to this mapping file, in its own order, and whether its first line has all that the rows need."""
    kind = found[0].kind
    needed = {column for one in found for column in (*one.cells, _TARGETS[kind][2])}
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = [column.strip() for column in next(csv.reader(file), [])]
        if needed <= set(header):
            return header, True
    return list(_columns(kind)), False


def proposals(home: Home) -> list[Proposal]:
    """Every unmapped name of the published state, most used first. Raises FunnelcastError before the first publish."""
    from exports.marts import Marts

    query = (
        "select source_system, kind_code, unmapped_name, direction_code, use_count from published.marts.unmapped_names"
        " order by use_count desc, kind_code, unmapped_name, source_system"
    )
    with Marts.current(home) as marts:
        rows = marts.rows(Unmapped, query)
    found = []
    for row in rows:
        ruling = rule(row.kind_code, row.unmapped_name, row.direction_code)
        given = (row.source_system, row.kind_code, row.unmapped_name, row.use_count)
        found.append(Proposal(*given, ruling.code, ruling.direction, ruling.rule_id))
    return found


def rule(kind: str, name: str, direction: str | None = None) -> Ruling:
    """The first rule of the kind that finds something in the name which nothing there denies.

    Of a reason, the rules first say whose act it is unless `direction` is known; the company's and nobody's reasons get no code.
    """
    if kind == "reason" and direction is None:
        found = _first_rule("direction", name)
        if found is not None:
            return Ruling(direction=found.code, rule_id=found.rule_id)
    found = _first_rule(kind, name)
    if found is None:
        return Ruling(direction=direction)
    return Ruling(found.code, (direction or "candidate") if kind == "reason" else None, found.rule_id)


@dataclass(frozen=True)
class _Rule:
    rule_id: str
    pattern: re.Pattern[str]
    exception: re.Pattern[str] | None
    code: str


def _first_rule(kind: str, name: str) -> _Rule | None:
    text = folded(name)
    for one in _rules(kind):
        if one.exception and one.exception.search(text):
            continue
        if any(not _is_denied(text, find) for find in one.pattern.finditer(text)):
            return one
    return None


def _is_denied(text: str, find: re.Match[str]) -> bool:
    around = {"before": text[: find.start()], "after": text[find.end() :]}
    return any(one.pattern.search(around[one.code]) for one in _rules("negation"))


@cache
def _rules(kind: str) -> tuple[_Rule, ...]:
    rows = [row for row in seed_rows("mapping_rules") if row["kind_code"] == kind]
    rows.sort(key=lambda row: int(row["rule_order"]))
    return tuple(
        _Rule(
            row["rule_id"],
            re.compile(row["pattern"], re.IGNORECASE),
            re.compile(row["unless_pattern"], re.IGNORECASE) if row["unless_pattern"] else None,
            row["proposed_code"],
        )
        for row in rows
    )


def _columns(kind: str) -> tuple[str, ...]:
    """The file's columns, in the order that the example files have."""
    file: MappingFile = next(file for file in FILES if file.name == _TARGETS[kind][0])
    name, *codes = file.required
    others = tuple(column for column in file.optional if column not in ("source_system", "job_id"))
    job = ("job_id",) if "job_id" in file.optional else ()
    return ("source_system", name, *job, *codes, *others, "valid_from", "valid_to")
