"""Names without a code, from the published marts, with the mapping row that is proposed for each.

The proposal comes from the seed mapping_rules (patterns over names); it is a proposal: a person puts it into config/mappings/.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cache

from base.home import DBT_PROJECT_DIR, Home
from orchestration.mappings import FILES, MappingFile

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
    use_count: int


@dataclass(frozen=True)
class Proposal:
    """One name and the row to add to `file`; `code` is None when no rule knows the name."""

    source_system: str
    kind: str
    name: str
    use_count: int
    code: str | None

    @property
    def file(self) -> str:
        return f"{_TARGETS[self.kind][0]}.csv"

    @property
    def header(self) -> str:
        return ",".join(_columns(self.kind))

    @property
    def row(self) -> str:
        _, name_column, code_column = _TARGETS[self.kind]
        cells = {"source_system": self.source_system, name_column: self.name, code_column: self.code or ""}
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow([cells.get(column, "") for column in _columns(self.kind)])
        return text.getvalue()


def proposals(home: Home) -> list[Proposal]:
    """Every unmapped name of the published state, most used first. Raises FunnelcastError before the first publish."""
    from exports.marts import Marts

    query = (
        "select source_system, kind_code, unmapped_name, use_count from published.marts.unmapped_names"
        " order by use_count desc, kind_code, unmapped_name, source_system"
    )
    with Marts.current(home) as marts:
        rows = marts.rows(Unmapped, query)
    return [
        Proposal(row.source_system, row.kind_code, row.unmapped_name, row.use_count, proposed_code(row.kind_code, row.unmapped_name))
        for row in rows
    ]


def proposed_code(kind: str, name: str) -> str | None:
    """The code of the first rule whose pattern the name matches (and whose exception it does not)."""
    for pattern, exception, code in _rules(kind):
        if pattern.search(name) and not (exception and exception.search(name)):
            return code
    return None


@cache
def _rules(kind: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str] | None, str], ...]:
    path = DBT_PROJECT_DIR / "seeds" / "terminology" / "mapping_rules.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["kind_code"] == kind]
    rows.sort(key=lambda row: int(row["rule_order"]))
    return tuple(
        (
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
