"""Which cells of a published table of groups must be hidden, so that no count of few people can be read or worked out (Willenborg and de Waal,
Elements of Statistical Disclosure Control, chapter 5; the minimum of 10 is the ONS Longitudinal Study's).

A cell is (slice, group) at a stage: n people came, `selected` of them passed. It is unsafe with fewer than `least` people, or when 1 to `few` of
them passed or did not. Totals over all groups are known elsewhere (funnel_passthrough), so what is hidden must not come out as a difference:

    along a slice         all groups of the slice add up to its known total
    along a type          the slices of one type add up to the company, group by group
    inside a slice        the slices of another type that lie wholly inside it, and the rest of it
    along the stages      who passed one stage came to the next: what is hidden at a stage stays hidden at every later one

In each line the hidden cells are none, or at least two that are safe together. Then the equations are solved: a hidden cell that they still
determine gets company.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

COMPANY = ("company", "all")
#: With so few passes in a whole slice, its own total tells enough of each group.
TELLING = 2
#: A part is there when it is so much above 0, of people: small enough for every part that may be there to be there at once.
HAIR = 1e-4
Slice = tuple[str, str]


class Cell(NamedTuple):
    slice: Slice
    group: str
    stage: int


@dataclass(frozen=True)
class Rule:
    """`least` people in a cell; 1 to `few` who passed, or who did not, are too few to show."""

    least: int = 10
    few: int = 4

    def is_safe(self, n: int, selected: int) -> bool:
        return n >= self.least and not 1 <= selected <= self.few and not 1 <= n - selected <= self.few


@dataclass(frozen=True)
class Line:
    """Cells that add up to `total` (None: to something known from elsewhere). `rest` are (n, selected) of people in no cell of the line."""

    cells: tuple[Cell, ...]
    total: Cell | None
    rest: tuple[int, int] = (0, 0)


@dataclass
class Table:
    """The cells of one period and attribute. `atoms`: for each department and job family pair, the people: ((slices), group, stage) -> (n, selected)."""

    atoms: Mapping[tuple[tuple[Slice, ...], str, int], tuple[int, int]]
    rule: Rule = field(default_factory=Rule)

    def __post_init__(self) -> None:
        self.counts: dict[Cell, tuple[int, int]] = {}
        self.within: dict[Slice, set[tuple[Slice, ...]]] = {}
        for (slices, group, stage), (n, selected) in self.atoms.items():
            for member in slices:
                before = self.counts.get(Cell(member, group, stage), (0, 0))
                self.counts[Cell(member, group, stage)] = (before[0] + n, before[1] + selected)
                self.within.setdefault(member, set()).add(slices)
        self.groups = sorted({cell.group for cell in self.counts})
        self.stages = sorted({cell.stage for cell in self.counts})
        for member in self.within:
            for group in self.groups:
                for stage in self.stages:
                    self.counts.setdefault(Cell(member, group, stage), (0, 0))
        self.lines = {stage: list(self._lines(stage)) for stage in self.stages}

    def _lines(self, stage: int) -> Iterable[Line]:
        members = sorted(self.within)
        for member in members:
            yield Line(tuple(Cell(member, group, stage) for group in self.groups), None)
        for outer in members:
            inside = [inner for inner in members if inner != outer and self._lies_in(inner, outer)]
            for kind in sorted({inner[0] for inner in inside}):
                parts = [inner for inner in inside if inner[0] == kind]
                for group in self.groups:
                    cells, total = tuple(Cell(part, group, stage) for part in parts), Cell(outer, group, stage)
                    n, selected = self.counts[total]
                    rest = (n - sum(self.counts[c][0] for c in cells), selected - sum(self.counts[c][1] for c in cells))
                    yield Line(cells, total, rest)

    def _lies_in(self, inner: Slice, outer: Slice) -> bool:
        """Whether all of `inner` is in `outer`; of two that are the same people, one lies in the other."""
        if not self.within[inner] <= self.within[outer]:
            return False
        return self.within[inner] < self.within[outer] or outer < inner

    def hidden(self) -> set[Cell]:
        """The cells to hide."""
        hidden = {cell for cell, (n, selected) in self.counts.items() if not self.rule.is_safe(n, selected)}
        while True:
            before = len(hidden)
            self._hide_later_stages(hidden)
            for stage in self.stages:
                for line in self.lines[stage]:
                    self._guard(line, hidden)
            if len(hidden) == before:
                determined = [cell for stage in self.stages for cell in self.determined(stage, hidden)]
                if not determined or not self._give_company(determined, hidden):
                    return hidden

    def _hide_later_stages(self, hidden: set[Cell]) -> None:
        for cell in list(hidden):
            hidden.update(cell._replace(stage=stage) for stage in self.stages if stage > cell.stage)

    def _guard(self, line: Line, hidden: set[Cell]) -> None:
        """Hide the smallest shown cells of the line until what is hidden in it is nothing, or several cells that are safe together."""
        while line.total is None or line.total not in hidden:
            closed = [cell for cell in line.cells if cell in hidden]
            n, selected = (sum(self.counts[cell][part] for cell in closed) + line.rest[part] for part in (0, 1))
            several = sum(self.counts[cell][0] > 0 for cell in closed) + (line.rest[0] > 0) >= 2
            if (n == 0 and not closed) or n == 0 or (self.rule.is_safe(n, selected) and (several or not closed)):
                return
            shown = [cell for cell in line.cells if cell not in hidden and self.counts[cell][0] > 0]
            if shown:
                hidden.add(min(shown, key=lambda cell: (self.counts[cell][0], cell)))
            elif line.total is not None:
                hidden.add(line.total)
            else:
                return

    def determined(self, stage: int, hidden: set[Cell]) -> list[Cell]:
        """Hidden cells with people in them whose passes the shown cells and the known totals still tell exactly.

        Solved over the smallest parts (the atoms), which nobody is shown: no part is below 0, every shown cell and every slice's total is an
        equation. Parts that can only be 0 are found by one linear program; of the others a cell is open if and only if some change of them leaves
        every equation as it is. A slice in which hardly anybody passed says so of each of its groups by its own total; that cannot be hidden.
        """
        asked = [
            cell for cell in sorted(hidden) if cell.stage == stage and self.counts[cell][0] and self._passed(cell.slice, stage) > TELLING
        ]
        is_any_shown = any(cell.stage == stage and cell not in hidden for cell in self.counts)
        if not asked or not is_any_shown:
            return []
        parts = sorted((slices, group) for slices, group, at in self.atoms if at == stage)
        place = {part: number for number, part in enumerate(parts)}
        members = {
            cell: [place[slices, cell.group] for slices in self.within[cell.slice] if (slices, cell.group) in place]
            for cell in self.counts
            if cell.stage == stage
        }
        known = [(members[cell], self.counts[cell][1]) for cell in sorted(members) if cell not in hidden]
        for member in sorted(self.within):
            inside = [at for group in self.groups for at in members[Cell(member, group, stage)]]
            known.append((inside, self._passed(member, stage)))
        sums = _indicators([columns for columns, _ in known], len(parts))
        free = _may_be_positive(sums, np.array([value for _, value in known], dtype=float))
        aims = _indicators([members[cell] for cell in asked], len(parts))[:, free]
        _, strengths, directions = np.linalg.svd(sums[:, free], full_matrices=False)
        span = directions[strengths > 1e-9]
        left = aims - (aims @ span.T) @ span
        return [cell for cell, gap in zip(asked, np.abs(left).max(axis=1, initial=0.0), strict=True) if gap < 1e-9]

    def _passed(self, member: Slice, stage: int) -> int:
        return sum(self.counts[Cell(member, group, stage)][1] for group in self.groups)

    def _give_company(self, determined: Sequence[Cell], hidden: set[Cell]) -> bool:
        """For each determined cell hide the smallest shown one that shares a line, else people, with it; whether there was any."""
        fresh: set[Cell] = set()
        for cell in determined:
            in_line = {
                other
                for line in self.lines[cell.stage]
                if cell in line.cells or cell == line.total
                for other in (*line.cells, *([line.total] if line.total else []))
            }
            if in_line & fresh:
                continue
            shares = {other for other in self.counts if other.stage == cell.stage and self.within[other.slice] & self.within[cell.slice]}
            for near in (in_line, shares):
                shown = [other for other in near if other not in hidden and self.counts[other][0] > 0]
                if shown:
                    fresh.add(min(shown, key=lambda other: (self.counts[other][0], other)))
                    hidden |= fresh
                    break
        return bool(fresh)


def _may_be_positive(sums: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Which parts are above 0 in some possible state: those are together in one, which a linear program finds (the most parts that are at least a hair)."""
    from scipy.optimize import linprog

    size = sums.shape[1]
    # Unknowns: the parts beyond a hair each, and how much of that hair is there.
    found = linprog(
        np.concatenate([np.zeros(size), -np.ones(size)]),
        A_eq=np.hstack([sums, sums * HAIR]),
        b_eq=values,
        bounds=[(0, None)] * size + [(0, 1)] * size,
        method="highs",
    )
    if found.x is None:
        raise ArithmeticError(f"the sums of a table contradict each other: {found.message}")
    return np.asarray(found.x[:size] + HAIR * found.x[size:] > HAIR * 1e-6)


def _indicators(columns: Sequence[Sequence[int]], size: int) -> np.ndarray:
    rows = np.zeros((len(columns), size))
    for number, places in enumerate(columns):
        rows[number, list(places)] = 1.0
    return rows
