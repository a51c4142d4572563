"""Options that every verb takes, before or after it: --config and --home (else FUNNELCAST_CONFIG, FUNNELCAST_HOME)."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from base.config import Config
    from base.home import Home

Row = TypeVar("Row")


@dataclass(frozen=True)
class Where:
    """Home and configuration as the user named them; None = environment, then the default."""

    home: str | None = None
    config: str | None = None

    def load(self) -> tuple[Home, Config]:
        """Both, checked, with logging started in the home. Raises ConfigError with file, line and remedy."""
        from base.home import Home
        from orchestration.run.logs import remember_home, start_logging

        home = Home.at(self.home)
        remember_home(home)
        from orchestration.checked_config import load_config

        config = load_config(self.config_folder)
        if home.root.exists():
            start_logging(home, config)
        return home, config

    @property
    def config_folder(self) -> Path:
        """As given; else a demo's own, with its frozen clock for the rest of the command; else the environment's or the default."""
        from base.clock import NOW_VARIABLE
        from base.environment import variables
        from base.home import Home, config_dir
        from orchestration.demo_home import config_folder, read_recipe

        root = Home.at(self.home).root
        recipe = read_recipe(root)
        if recipe is None:
            return config_dir(self.config)
        now = os.environ.get(NOW_VARIABLE, recipe.now)
        click.get_current_context().with_resource(variables({NOW_VARIABLE: now}))
        return config_dir(self.config or config_folder(root))

    def serve_demo(self) -> None:
        """Over a demo's home: its company's services answer until the command ends. Over another: nothing."""
        from base.home import Home
        from orchestration.demo_home import demo_services

        click.get_current_context().with_resource(demo_services(Home.at(self.home).root))

    @property
    def existing_home(self) -> Home:
        """The home, which must have been made by a run. Raises ConfigError otherwise."""
        from base.errors import ConfigError
        from base.home import Home

        home = Home.at(self.home)
        if not home.root.is_dir():
            raise ConfigError(f"There is no home at {home.root}", remedy="Give --home DIR, or make one with funnelcast run.")
        return home


class VerbGroup(click.Group):
    """Tells the whole first sentence of each verb (Click cuts it), and the likely one when it does not know what was typed."""

    noun = "command"

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.sentence(ctx, name)) for name in self.list_commands(ctx)])

    def sentence(self, ctx: click.Context, name: str) -> str:
        command = self.get_command(ctx, name)
        return " ".join((command.help or "").partition("\n\n")[0].split()) if command else ""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            from base.registry import did_you_mean

            raise click.UsageError(f"unknown {self.noun} '{args[0]}'. {did_you_mean(args[0], known)}", ctx)
        return super().resolve_command(ctx, args)


def shared_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --config and --home; the function gets `where`. What is given after the verb wins over what stands before it."""

    @click.option("--config", "config", type=click.Path(file_okay=False), help="Configuration folder (FUNNELCAST_CONFIG, else ./config).")
    @click.option("--home", "home", type=click.Path(file_okay=False), help="Home folder (FUNNELCAST_HOME, else ./funnelcast_home).")
    @click.pass_context
    @functools.wraps(function)
    def wrapper(context: click.Context, config: str | None, home: str | None, **options: Any) -> Any:
        outer = context.parent.obj if context.parent is not None and isinstance(context.parent.obj, Where) else Where()
        where = Where(home=home or outer.home, config=config or outer.config)
        context.obj = where
        return function(where=where, **options)

    return wrapper


json_option = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")


def echo_rows(
    rows: Sequence[Row], as_json: bool, line: Callable[[Row], str], nothing: str, document: Callable[[Row], dict[str, Any]] = vars
) -> None:
    """A list: as JSON, else a line for each row, else the sentence that says why there is none."""
    if as_json:
        echo_json([document(row) for row in rows])
    elif not rows:
        click.echo(nothing)
    else:
        for row in rows:
            click.echo(line(row))


def echo_json(value: Any) -> None:
    """One JSON document on stdout; times as ISO text, paths as text."""
    click.echo(json.dumps(value, indent=2, default=_plain, ensure_ascii=False))


def _plain(value: Any) -> Any:
    from datetime import datetime

    if isinstance(value, datetime):
        from base.clock import iso

        return iso(value)
    if isinstance(value, Path):
        return str(value)
    return str(value)
