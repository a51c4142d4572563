"""Hidden cells stay hidden: whoever holds everything that is shown, and the totals known elsewhere, cannot work one out."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
from kernels.suppression import COMPANY, Cell, Rule, Table
from scipy.optimize import linprog

GROUPS = {"women": 0.45, "men": 0.4, "non-binary": 0.05, "not_answered": 0.1}


def random_table(seed: int) -> Table:
    """Seven job families in four departments, some families in two of them, four stages at which about half pass."""
    draw = random.Random(seed)
    atoms = {}
    for number in range(7):
        departments = [f"d{number % 4}"] if draw.random() < 0.7 else draw.sample(["d0", "d1", "d2", "d3"], 2)
        for department in departments:
            size = draw.choice([20, 80, 300])
            for group, share in GROUPS.items():
                n = int(size * share * draw.uniform(0.5, 1.5))
                for stage in range(4):
                    passed = sum(draw.random() < 0.5 for _ in range(n))
                    atoms[(COMPANY, ("department", department), ("job_family", f"f{number}")), group, stage] = (n, passed)
                    n = passed
    return Table(atoms)


def bounds(table: Table, stage: int, hidden: set[Cell]) -> Iterator[tuple[Cell, float, float]]:
    """What an outsider knows of each hidden cell's passes: least and most, by linear programming over the people of each department and family.

    The unknowns are the smallest parts (department x family x group), of which no total is published; every shown cell and every slice's
    total is an equation.
    """
    parts = sorted({(slices, group) for slices, group, _ in table.atoms})
    place = {part: number for number, part in enumerate(parts)}
    equations, values = [], []

    def sum_of(members: list[tuple[object, str]]) -> list[float]:
        row = [0.0] * len(parts)
        for member in members:
            row[place[member]] = 1.0  # type: ignore[index]
        return row

    inside = {cell: [(slices, group) for slices, group in parts if cell.slice in slices and group == cell.group] for cell in table.counts}
    for cell, (_, selected) in table.counts.items():
        if cell.stage == stage and cell not in hidden:
            equations.append(sum_of(inside[cell]))
            values.append(float(selected))
    for member in table.within:
        cells = [Cell(member, group, stage) for group in table.groups]
        equations.append(sum_of([part for cell in cells for part in inside[cell]]))
        values.append(float(sum(table.counts[cell][1] for cell in cells)))
    for cell in sorted(hidden):
        if cell.stage == stage and table.counts[cell][0]:
            aim = np.array(sum_of(inside[cell]))
            least = linprog(aim, A_eq=equations, b_eq=values, bounds=(0, None))
            most = linprog(-aim, A_eq=equations, b_eq=values, bounds=(0, None))
            yield cell, least.fun, -most.fun


@pytest.mark.parametrize("seed", range(4))
def test_no_hidden_cell_can_be_worked_out_from_what_is_shown(seed: int) -> None:
    table = random_table(seed)
    hidden = table.hidden()
    assert any(cell not in hidden and table.counts[cell][0] for cell in table.counts), "nothing is shown at all"
    for stage in table.stages:
        for cell, least, most in bounds(table, stage, hidden):
            total = sum(table.counts[Cell(cell.slice, group, stage)][1] for group in table.groups)
            # A slice's own total is known elsewhere: where hardly anybody passed, that says so of every group.
            assert most - least > 0.5 or total <= 2, (cell, table.counts[cell], least, most)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_shown_is_safe_and_hidden_stages_stay_hidden(seed: int) -> None:
    table = random_table(seed)
    hidden = table.hidden()
    for cell, (n, selected) in table.counts.items():
        if cell not in hidden:
            assert Rule().is_safe(n, selected)
            assert all(cell._replace(stage=earlier) not in hidden for earlier in table.stages if earlier < cell.stage)


def test_a_lone_small_group_is_not_the_difference_of_a_slice_and_its_other_groups() -> None:
    atoms = {
        ((COMPANY, ("department", "d"), ("job_family", "f")), group, 1): counts
        for group, counts in {"women": (100, 50), "men": (120, 60), "x": (3, 1)}.items()
    }
    hidden = Table(atoms).hidden()
    assert {cell.group for cell in hidden if cell.slice == COMPANY} == {"x", "women"}


def test_a_small_department_is_not_the_difference_of_the_company_and_the_other_departments() -> None:
    sizes = {"d1": 200, "d2": 100, "d3": 6}
    atoms = {
        ((COMPANY, ("department", name), ("job_family", name)), group, 1): (size, size // 2)
        for name, size in sizes.items()
        for group in ("a", "b")
    }
    table = Table(atoms)
    hidden = table.hidden()
    assert {cell.slice[1] for cell in hidden if cell.slice[0] == "department"} == {"d2", "d3"}
    assert Cell(COMPANY, "a", 1) not in hidden
