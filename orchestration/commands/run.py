"""`funnelcast run`: the daily job once, in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from base.errors import FunnelcastError, SourceError
from orchestration.commands.options import Where, echo_json, json_option, shared_options
from orchestration.run.request import RunRequest, option_of

if TYPE_CHECKING:
    from orchestration.run.result import RunResult


def request_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds an option for each field of RunRequest; the function gets them by the fields' names."""
    for name, field in reversed(RunRequest.model_fields.items()):
        option = option_of(name)
        several, is_flag = isinstance(field.default, list), isinstance(field.default, bool)
        help = f"{field.description} Repeatable." if several else field.description
        add = click.option(option.flag, name, help=help, metavar=option.metavar, is_flag=is_flag, multiple=several, default=field.default)
        function = add(function)
    return function


@click.command("run")
@request_options
@json_option
@shared_options
def command(where: Where, as_json: bool, **asked: Any) -> None:
    """Load every source, transform, check, publish and deliver due reports: the same job that Dagster's schedule runs.

    A killed or failed run can simply be started again; a killed one continues with its own windows and as_of.
    """
    run_and_tell(where, RunRequest(**asked), as_json)


def run_and_tell(where: Where, request: RunRequest, as_json: bool) -> None:
    """Run, and print what was done. Raises SourceError when it had to go on without a source."""
    from orchestration.daily import run_daily
    from orchestration.run.progress import Lines
    from orchestration.run.result import RunResult

    where.serve_demo()
    home, config = where.load()
    result = RunResult()
    try:
        outcome = run_daily(home, config, request, progress=Lines(), result=result)
    except FunnelcastError as error:
        _echo_tables(result, error, as_json)
        raise
    if as_json:
        echo_json(outcome.as_json())
    else:
        for line in outcome.lines():
            click.echo(line)
    if outcome.stopped:
        raise SourceError(outcome.stopped, remedy="Everything else was published; run again when the source answers.")


def _echo_tables(result: RunResult, error: FunnelcastError, as_json: bool) -> None:
    """What a run that failed had received: the reason may lie in its rows."""
    from orchestration.run.received import table_lines

    if as_json:
        echo_json({"error": error.message, "remedy": error.remedy, "tables": [table.document for table in result.tables]})
    else:
        for line in table_lines(result.tables):
            click.echo(line)
