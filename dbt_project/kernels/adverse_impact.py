"""From counts per requisition to what may be shown: hidden cells, comparisons with the reference group, raised for the number of them made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kernels.selection import Comparison, Counts, Thresholds, compare, finding, holm, mantel_haenszel
from kernels.suppression import COMPANY, Cell, Rule, Slice, Table

#: The group of those who did not answer: it stands beside the others and is compared with none.
NOT_ANSWERED = "not_answered"
#: The stage of the whole process stands apart from the ladder.
WHOLE = 1000
#: Column -> type of a row of the result, in order.
COLUMNS = {
    "period_start_on": "datetime64[us]",
    "slice_type": "str",
    "slice_key": "str",
    "attribute_code": "str",
    "group_code": "str",
    "stage_code": "str",
    "stage_order": "int64",
    "n_count": "Int64",
    "selected_count": "Int64",
    "selection_rate": "Float64",
    "reference_group_code": "str",
    "impact_ratio": "Float64",
    "impact_ratio_low": "Float64",
    "impact_ratio_high": "Float64",
    "largest_group_ratio": "Float64",
    "rate_difference": "Float64",
    "p_value": "Float64",
    "p_value_adjusted": "Float64",
    "test_code": "str",
    "job_odds_ratio": "Float64",
    "job_odds_ratio_low": "Float64",
    "job_odds_ratio_high": "Float64",
    "job_p_value": "Float64",
    "job_homogeneity_p_value": "Float64",
    "is_suppressed": "bool",
    "finding_code": "str",
}


@dataclass(frozen=True)
class Settings:
    thresholds: Thresholds
    rule: Rule


def settings_of(row: tuple[Any, ...]) -> Settings:
    """Of the one row of int_diversity__adverse_impact_settings."""
    least, few_outcomes, numerator, denominator, share, level, few_people = row
    return Settings(Thresholds((numerator, denominator), share, level, few_people), Rule(least, few_outcomes))


@dataclass(frozen=True)
class Count:
    """A row of int_diversity__selection_counts."""

    period: Any
    attribute: str
    group: str
    stage: int
    stage_code: str
    job: str
    department: str
    family: str
    n: int
    selected: int

    @property
    def slices(self) -> tuple[Slice, ...]:
        return (COMPANY, ("department", self.department), ("job_family", self.family))


def cells(rows: Iterable[tuple[Any, ...]], settings: Settings) -> list[tuple[Any, ...]]:
    """Rows in the order of COLUMNS, sorted by their key. `rows` are those of int_diversity__selection_counts."""
    together: dict[tuple[Any, str, bool], list[Count]] = defaultdict(list)
    for row in rows:
        count = Count(*row)
        together[count.period, count.attribute, count.stage == WHOLE].append(count)
    found = []
    for (period, attribute, _), counts in together.items():
        for row in _cells(counts, settings):
            found.append((period, row[0], row[1], attribute, *row[2:]))
    return sorted(found, key=lambda row: (*(str(part) for part in row[:5]), row[6]))


def _cells(counts: list[Count], settings: Settings) -> Iterable[tuple[Any, ...]]:
    """One period and attribute: the stages of the ladder, or the whole process alone."""
    atoms: dict[tuple[tuple[Slice, ...], str, int], tuple[int, int]] = {}
    by_job: dict[tuple[Slice, str, int], dict[str, Counts]] = defaultdict(dict)
    codes = {}
    for count in counts:
        key = (count.slices, count.group, count.stage)
        n, selected = atoms.get(key, (0, 0))
        atoms[key] = (n + count.n, selected + count.selected)
        codes[count.stage] = count.stage_code
        for member in count.slices:
            jobs = by_job[member, count.group, count.stage]
            before = jobs.get(count.job, Counts(0, 0))
            jobs[count.job] = Counts(before.n + count.n, before.selected + count.selected)
    table = Table(atoms, settings.rule)
    hidden = table.hidden()
    for member in sorted(table.within):
        yield from _slice(member, table, hidden, by_job, codes, settings)


def _slice(
    member: Slice,
    table: Table,
    hidden: set[Cell],
    by_job: Mapping[tuple[Slice, str, int], Mapping[str, Counts]],
    codes: Mapping[int, str],
    settings: Settings,
) -> Iterable[tuple[Any, ...]]:
    compared: list[tuple[Cell, Comparison]] = []
    rest: list[tuple[Cell, str]] = []
    largest: dict[int, Counts] = {}
    for stage in table.stages:
        all_cells = [Cell(member, group, stage) for group in table.groups]
        if not any(table.counts[cell][0] for cell in all_cells):
            continue
        shown = {cell.group: Counts(*table.counts[cell]) for cell in all_cells if cell not in hidden and table.counts[cell][0]}
        able = {group: count for group, count in shown.items() if group != NOT_ANSWERED}
        if able:
            largest[stage] = max(able.values(), key=lambda count: count.n)
        found = compare(able, settings.thresholds)
        for cell in all_cells:
            if cell.group in found:
                compared.append((cell, found[cell.group]))
            else:
                rest.append((cell, "not_compared" if cell.group in shown else "suppressed"))
    adjusted = holm([comparison.p_value for _, comparison in compared])
    for (cell, comparison), p_adjusted in zip(compared, adjusted, strict=True):
        yield _shown(cell, comparison, p_adjusted, table, largest[cell.stage], by_job, codes, settings)
    for cell, code in rest:
        n, selected = table.counts[cell] if code == "not_compared" else (None, None)
        rate = selected / n if n and selected is not None else None
        empty = [None] * 14
        yield (*member, cell.group, codes[cell.stage], cell.stage, n, selected, rate, *empty, code == "suppressed", code)


def _shown(
    cell: Cell,
    comparison: Comparison,
    p_adjusted: float | None,
    table: Table,
    largest: Counts,
    by_job: Mapping[tuple[Slice, str, int], Mapping[str, Counts]],
    codes: Mapping[int, str],
    settings: Settings,
) -> tuple[Any, ...]:
    n, selected = table.counts[cell]
    group, best = Counts(n, selected), Counts(*table.counts[cell._replace(group=comparison.reference)])
    jobs, reference_jobs = (by_job[cell.slice, name, cell.stage] for name in (cell.group, comparison.reference))
    within = mantel_haenszel(
        [] if cell.group == comparison.reference else [(jobs[job], reference_jobs[job]) for job in jobs if job in reference_jobs]
    )
    code = "reference" if comparison.finding_code == "reference" else finding(group, best, p_adjusted, settings.thresholds)
    return (
        *cell.slice,
        cell.group,
        codes[cell.stage],
        cell.stage,
        n,
        selected,
        selected / n,
        comparison.reference,
        comparison.ratio,
        comparison.ratio_low,
        comparison.ratio_high,
        selected * largest.n / (n * largest.selected) if largest.selected else None,
        comparison.difference,
        comparison.p_value,
        p_adjusted,
        comparison.test_code,
        within.odds_ratio,
        within.low,
        within.high,
        within.p_value,
        within.homogeneity_p,
        False,
        code,
    )
