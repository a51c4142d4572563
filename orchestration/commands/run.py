"""`funnelcast run`: the daily job once, in this process."""

from __future__ import annotations

import click

from base.errors import SourceError
from orchestration.commands.options import Where, echo_json, shared_options


@click.command("run")
@click.option("--as-of", help="Event clock: a date (its first instant in the company's zone) or an ISO time. Default: the newest load.")
@click.option("--known-at", help="Knowledge clock: ignore what was learned at or after it. Default: everything.")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Load only this source (repeatable). Default: all.")
@click.option("--sweep", is_flag=True, help="List all ids now, so that what was deleted at the source is seen. Default: every sweep_days.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@shared_options
def command(where: Where, as_of: str | None, known_at: str | None, sources: tuple[str, ...], sweep: bool, as_json: bool) -> None:
    """Load every source, transform, check, publish and deliver due reports: the same job that Dagster's schedule runs.

    Killed or failed runs can simply be started again; a killed one goes on with its own windows and as_of.
    """
    from orchestration.daily import run_daily
    from orchestration.run.progress import Lines
    from orchestration.run.session import arguments_from_text

    home, config = where.load()
    outcome = run_daily(home, config, arguments_from_text(config, as_of, known_at, sources, sweep=sweep), progress=Lines())
    if as_json:
        echo_json(outcome.as_json())
    else:
        for line in outcome.lines():
            click.echo(line)
    if outcome.stopped:
        raise SourceError(outcome.stopped, remedy="All else was published; run again when the source answers.")
