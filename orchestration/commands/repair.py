"""`funnelcast repair NAME`: puts right what is damaged; one subcommand per repair in the registry."""

from __future__ import annotations

from typing import Any

import click

from orchestration.commands.options import VerbGroup, Where, shared_options
from orchestration.repairs.registry import REPAIRS
from orchestration.repairs.repair import Workshop


class RepairGroup(VerbGroup):
    """One subcommand per repair; what it can be given are its options."""

    noun = "repair"

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(REPAIRS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _command(cmd_name) if cmd_name in REPAIRS else None


@click.group("repair", cls=RepairGroup, invoke_without_command=True)
@shared_options
@click.pass_context
def command(context: click.Context, where: Where) -> None:
    """Put right what is damaged, from what is whole: everything that `funnelcast verify --deep` finds, or what is named.

    Exit code 1 when something remains that no repair helps with.
    """
    if context.invoked_subcommand is None:
        _repair_all(_workshop(where))


def _repair_all(shop: Workshop) -> None:
    """The repairs that a deep look names, in the order of the registry; then what is left is said."""
    from base.errors import DamageError
    from orchestration.verification.verify import verify

    for name in REPAIRS:
        # Each repair may bring to light, or put right, what the next one looks at.
        if name in verify(shop.home, is_deep=True).repairs:
            shop.say(f"repair {name}")
            REPAIRS.named(name).work(shop)
    left = verify(shop.home, is_deep=True).findings
    for found in left:
        shop.say(str(found))
    if left:
        raise DamageError(f"{len(left)} of the findings remain", remedy="Do what each of them says.")
    shop.say("everything in the home is what was written")


def _command(name: str) -> click.Command:
    """The repair as a verb of its own."""
    repair = REPAIRS.named(name)

    @shared_options
    def run(where: Where, **given: Any) -> None:
        repair.work(_workshop(where), **given)

    options = [
        click.Option([f"--{a.name}"], help=a.help, is_flag=a.is_flag, metavar=None if a.is_flag else a.metavar) for a in repair.arguments
    ]
    return click.Command(name, callback=run, help=repair.sentence, params=[*options, *getattr(run, "__click_params__", [])])


def _workshop(where: Where) -> Workshop:
    from orchestration.run.progress import Lines

    home = where.existing_home
    _, config = where.load()
    return Workshop(home, config, click.echo, Lines())
