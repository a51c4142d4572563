"""`funnelcast demo`: see orchestration/demo.py; here only options and what is printed at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from orchestration.commands.options import Where, echo_json, json_option, shared_options
from orchestration.commands.simulation import simulation_options
from orchestration.demo_home import Recipe, read_recipe


@click.command("demo")
@click.option("--fresh/--keep", default=True, show_default=True, help="Start from nothing, or run again over what is there.")
@simulation_options
@json_option
@shared_options
def command(where: Where, fresh: bool, as_json: bool, **asked: Any) -> None:
    """Run a simulated company through the whole pipeline: sources, dbt, checks, published files, email and Slack reports.

    Everything is kept in demo_home/ (or --home), with its own configuration; --config is not used. Nothing leaves this machine.
    """
    from base.home import Home
    from orchestration.demo import headlines, run_demo
    from orchestration.run.logs import remember_home
    from orchestration.run.progress import Lines

    folder = Path(where.home or "demo_home")
    remember_home(Home(folder.resolve()))
    if not fresh:
        _refuse_another_company(folder, asked)
    demo = run_demo(folder, Recipe(**asked), fresh=fresh, say=Lines())
    numbers = headlines(demo.home)
    if as_json:
        echo_json({"home": str(demo.home.root), "as_of": demo.now, "headlines": dict(numbers), "outcome": demo.outcome.as_json()})
        return
    click.echo(f"\nThe simulated company as of {demo.now}\n")
    for label, text in numbers:
        click.echo(f"  {label:<34} {text}")
    click.echo("")
    for line in demo.outcome.lines():
        click.echo(f"  {line}")
    current = demo.home.current
    click.echo(f"\nWhere things are\n  BI file         {current / 'funnelcast.duckdb'}\n  Parquet         {current / 'parquet'}")
    click.echo(f"  Emails          {demo.inbox}\n  Slack messages  {demo.slack}\n  Rendered        {demo.home.reports}")
    click.echo(f"  Configuration   {demo.config}")
    home = _short(demo.home.root)
    funnelcast = f".venv/bin/funnelcast --home {home}"
    hints = (
        (
            "make dev" if home == "demo_home" else f"{funnelcast} dev",
            "Dagster's UI: lineage, checks, runs; it serves the company meanwhile",
        ),
        (f"{funnelcast} ask", "common questions, answered in words"),
        (f"{funnelcast} reports list", "what is sent to whom, and when next"),
        (f"{funnelcast} mappings", "names without a code yet, with the rows to add to its config/mappings"),
        (f"{funnelcast} run", "run again: adds no rows, sends nothing"),
        ("docs/questions.md", "seven questions, each one query"),
    )
    width = max(len(hint) for hint, _ in hints)
    click.echo("\nTry next")
    for hint, meaning in hints:
        click.echo(f"  {hint:<{width}}  {meaning}")


def _refuse_another_company(folder: Path, asked: dict[str, Any]) -> None:
    """--keep goes on with the company that is there: options that name another one are a mistake, defaults are not."""
    from click.core import ParameterSource

    from base.errors import ConfigError

    there = read_recipe(folder.resolve())
    for name, value in asked.items():
        source = click.get_current_context().get_parameter_source(name)
        if there is not None and source is not ParameterSource.DEFAULT and getattr(there, name) != value:
            raise ConfigError(
                f"The company in {folder} was made with --{name} {getattr(there, name)}",
                remedy=f"Leave --{name} out to go on with it, or leave --keep out to start another.",
            )


def _short(path: object) -> str:
    full = Path(str(path))
    return str(full.relative_to(Path.cwd())) if full.is_relative_to(Path.cwd()) else str(full)
