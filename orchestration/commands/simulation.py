"""What a simulated company can be asked for, by the demo and by the sandbox alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from orchestration.demo_home import Recipe


class Finite(click.FloatRange):
    """A number within a range; Click takes `nan` for one of any range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if number != number:
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


def simulation_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --seed, --years, --requisitions and --ats."""
    ats = "The ATS that serves the simulated company, by its kind (docs/sources.md), or mix: its departments shared among all."
    for add in (
        click.option("--ats", default=Recipe.ats, show_default=True, help=ats),
        click.option(
            "--requisitions", default=Recipe.requisitions, type=click.IntRange(1, 5000), show_default=True, help="How many requisitions."
        ),
        click.option("--years", default=Recipe.years, type=Finite(0.25, 10), show_default=True, help="Years of history."),
        click.option(
            "--seed", default=Recipe.seed, type=click.IntRange(0, 2**32 - 1), show_default=True, help="Seed of the simulated company."
        ),
    ):
        function = add(function)
    return function
