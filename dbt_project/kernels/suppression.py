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
#: A cell of which more than this cannot be told apart from its true count is as good as told.
OPEN = 0.9
#: With so few passes in a whole slice, its own total tells enough of each group.
TELLING = 2
#: Corners sought before cells are bounded one by one.
CORNERS = 6
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
        equation. A few far corners of what remains possible show most cells to be open; the others are bounded one by one. A slice in which
        hardly anybody passed says so of each of its groups by its own total; that cannot be hidden.
        """
        asked = [
            cell for cell in sorted(hidden) if cell.stage == stage and self.counts[cell][0] and self._passed(cell.slice, stage) > TELLING
        ]
        if not asked:
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
        aims = _indicators([members[cell] for cell in asked], len(parts))
        possible = _Possible(
            _indicators([columns for columns, _ in known], len(parts)), np.array([value for _, value in known], dtype=float)
        )
        corners = np.array([aims @ possible.corner(direction) for direction in _directions(aims)])
        doubtful = np.ptp(corners, axis=0) < OPEN
        return [
            cell
            for cell, aim, is_doubtful in zip(asked, aims, doubtful, strict=True)
            if is_doubtful and aim @ possible.corner(-aim) - aim @ possible.corner(aim) < OPEN
        ]

    def _passed(self, member: Slice, stage: int) -> int:
        return sum(self.counts[Cell(member, group, stage)][1] for group in self.groups)

    def _give_company(self, determined: Sequence[Cell], hidden: set[Cell]) -> bool:
        """Hide the smallest shown cell that shares a line, else people, with a determined one; whether there was one."""
        for cell in determined:
            in_line = {
                other
                for line in self.lines[cell.stage]
                if cell in line.cells or cell == line.total
                for other in (*line.cells, *([line.total] if line.total else []))
            }
            shares = {other for other in self.counts if other.stage == cell.stage and self.within[other.slice] & self.within[cell.slice]}
            for near in (in_line, shares):
                shown = [other for other in near if other not in hidden and self.counts[other][0] > 0]
                if shown:
                    hidden.add(min(shown, key=lambda other: (self.counts[other][0], other)))
                    return True
        return False


class _Possible:
    """All that the parts may be: not below 0, with the given sums."""

    def __init__(self, sums: np.ndarray, values: np.ndarray) -> None:
        self.sums, self.values = sums, values

    def corner(self, direction: np.ndarray) -> np.ndarray:
        """A possible state in which `direction` is least."""
        from scipy.optimize import linprog

        found = linprog(direction, A_eq=self.sums, b_eq=self.values, bounds=(0, None), method="highs")
        if found.x is None:
            raise ArithmeticError(f"the sums of a table contradict each other: {found.message}")
        return np.asarray(found.x)


def _indicators(columns: Sequence[Sequence[int]], size: int) -> np.ndarray:
    rows = np.zeros((len(columns), size))
    for number, places in enumerate(columns):
        rows[number, list(places)] = 1.0
    return rows


def _directions(aims: np.ndarray) -> Iterable[np.ndarray]:
    """Directions in which corners are sought: fixed, each weighing the asked cells otherwise."""
    weights = np.random.default_rng(7).standard_normal((CORNERS, len(aims)))
    return (weight @ aims for weight in weights)
