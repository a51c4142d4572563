"""The command line: `funnelcast VERB`. Only names and one-line helps live here; each verb is a module that is imported when it is used.

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration. A user's error is one sentence with its remedy; a bug is one sentence
and the path of the log that has the traceback.
"""

from __future__ import annotations

import atexit
import importlib
import io
import os
import re
import sys

import click

from orchestration.commands.options import VerbGroup, Where, shared_options

#: verb -> (module, what it does)
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("orchestration.commands.demo", "A simulated company through the whole pipeline into demo_home/."),
    "run": ("orchestration.commands.run", "Load, transform, check, publish and deliver once: the daily job."),
    "check": ("orchestration.commands.check", "What a run would do: configuration, sources, rows; changes nothing."),
    "sources": ("orchestration.commands.sources", "The configured sources with their last load, rows and freshness."),
    "ask": ("orchestration.commands.ask", "Common questions, answered in words, with table and query."),
    "mappings": ("orchestration.commands.mappings", "Names that no mapping covers yet, each with the row to add."),
    "quarantine": ("orchestration.commands.quarantine", "Records that are set aside: file, line, reason and what to do."),
    "identity": ("orchestration.commands.identity", "Why records are one person (identity why KEY), and what to review."),
    "rediscover": ("orchestration.commands.rediscover", "Past candidates worth another look, by filters."),
    "reports": ("orchestration.commands.reports", "List, preview, send, plan, explain, resend, pause."),
    "webhooks": ("orchestration.commands.webhooks", "Receive webhooks from sources (webhooks serve)."),
    "publish": ("orchestration.commands.publish", "Publish again from the log; publish list: the versions."),
    "verify": ("orchestration.commands.verify", "Is everything in the home what was written? (--deep reads it all)"),
    "repair": ("orchestration.commands.repair", "Put right what is damaged: warehouse, published files, and more."),
    "diff": ("orchestration.commands.diff", "What changed between two published states, and why."),
    "sandbox": ("orchestration.commands.sandbox", "The simulated company's services alone."),
    "dev": ("orchestration.commands.dev", "Dagster's UI on 127.0.0.1."),
}


class LazyGroup(VerbGroup):
    """Lists every verb without importing it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def sentence(self, ctx: click.Context, name: str) -> str:
        return COMMANDS[name][1]


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@shared_options
@click.version_option(package_name="funnelcast", prog_name="funnelcast")
def cli(where: Where) -> None:
    """Recruiting events in; funnel metrics, forecasts and scheduled reports out."""


_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

#: The exit code of a command that was told to stop, as shells have it for Ctrl-C.
STOPPED = 130


def main() -> None:
    """Entry point: runs the verb and turns every error into a sentence and an exit code."""
    for name, value in (("DAGSTER_DISABLE_TELEMETRY", "1"), ("DO_NOT_TRACK", "1"), ("GX_ANALYTICS_ENABLED", "false")):
        os.environ.setdefault(name, value)
    for stream in (sys.stdout, sys.stderr):
        # An argument may hold bytes that are no text, and a terminal may know fewer characters than a name has.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    code = run_cli(sys.argv[1:])
    if code == STOPPED:
        # Without waiting: a thread may still be in a query, and the interpreter would abort because it cannot end it.
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def run_cli(arguments: list[str]) -> int:
    """The exit code of `funnelcast ARGUMENTS`; messages go to stderr."""
    from base.errors import FunnelcastError

    try:
        result = cli.main(args=arguments, prog_name="funnelcast", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except FunnelcastError as error:
        # On one line, and without what would steer the terminal: a part of it may come from a file or an argument.
        click.echo(f"funnelcast: {_UNPRINTABLE.sub('?', ' '.join(str(error).split()))}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped. Run it again: what was loaded is kept, and readers see the last good state.", err=True)
        return STOPPED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        from base.failures import explained
        from orchestration.run.logs import last_home, log_unexpected

        place = log_unexpected(error)
        known = explained(error, last_home())
        click.echo(f"funnelcast: {known or f'internal error ({type(error).__name__}). This is a bug; the details are {place}'}", err=True)
        return known.exit_code if known else 1


if __name__ == "__main__":
    main()
