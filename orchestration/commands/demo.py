"""`funnelcast demo`: see orchestration/demo.py; here only options and what is printed at the end."""

from __future__ import annotations

import click

from orchestration.commands.options import ATS_HELP, Where, echo_json, json_option, shared_options


@click.command("demo")
@click.option("--fresh/--keep", default=True, show_default=True, help="Start from nothing, or run again over what is there.")
@click.option("--seed", default=7, show_default=True, help="Seed of the simulated company.")
@click.option("--years", default=2.0, show_default=True, help="Years of history.")
@click.option("--requisitions", type=int, help="How many requisitions (default 120).")
@click.option("--ats", default="greenhouse", show_default=True, help=ATS_HELP)
@json_option
@shared_options
def command(where: Where, fresh: bool, seed: int, years: float, requisitions: int | None, ats: str, as_json: bool) -> None:
    """Run a simulated company through the whole pipeline: sources, dbt, checks, published files, email and Slack reports.

    Everything is kept in demo_home/ (or --home), with its own configuration; --config is not used. Nothing leaves this machine.
    """
    from pathlib import Path

    from base.home import Home
    from orchestration.demo import headlines, run_demo
    from orchestration.run.logs import remember_home
    from orchestration.run.progress import Lines

    folder = Path(where.home or "demo_home")
    remember_home(Home(folder.resolve()))
    demo = run_demo(folder, fresh=fresh, seed=seed, years=years, requisitions=requisitions, ats=ats, say=Lines())
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
    click.echo(
        "\nTry next\n"
        f"  {'make dev' if home == 'demo_home' else f'.venv/bin/funnelcast --home {home} --config {home}/config dev':<49}Dagster's UI: lineage, checks, runs\n"
        f"  .venv/bin/funnelcast --home {home} --config {home}/config reports list\n"
        f"  .venv/bin/funnelcast --home {home} --config {home}/config mappings\n"
        f"  .venv/bin/funnelcast --home {home} demo --keep     run again: adds no rows, sends nothing\n"
        "  docs/questions.md                                seven questions, each one query\n"
    )


def _short(path: object) -> str:
    from pathlib import Path

    full = Path(str(path))
    return str(full.relative_to(Path.cwd())) if full.is_relative_to(Path.cwd()) else str(full)
