"""Command lines: every verb with every option, each with values that nobody would give."""

from __future__ import annotations

from collections.abc import Iterator

import click

from orchestration.cli import COMMANDS, cli
from tests.fuzz.atoms import TEXTS
from tests.fuzz.case import Case, chooser
from tests.fuzz.configurations import BASE, ENVIRONMENT

FAMILY = "arguments"

#: Verbs that would serve, simulate or load when their arguments are right after all: each gets one that is always wrong.
_WORKS = {
    ("demo",): ("--years", "nan"),
    ("dev",): ("--port", "0"),
    ("run",): ("--source", "nobody"),
    ("check",): ("--nothing",),
    ("publish",): ("--nothing",),
    ("publish", "run"): ("--nothing",),
    ("sandbox", "serve"): ("--seed", "-1"),
    ("webhooks", "serve"): ("--port", "70000"),
}
#: What would write outside the folder of the case.
_WRITES = ("out", "csv_file", "folder")


def verbs() -> dict[tuple[str, ...], click.Command]:
    """Every verb of the command line, those of groups with their group's name before them."""
    found: dict[tuple[str, ...], click.Command] = {}

    def add(path: tuple[str, ...], command: click.Command) -> None:
        found[path] = command
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                below = command.get_command(context, name)
                assert below is not None
                add((*path, name), below)

    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        add((name,), command)
    return found


def cases(seed: int, count: int) -> Iterator[Case]:
    known = verbs()
    for number in range(count):
        pick = chooser(seed, FAMILY, number)
        path = pick.choice(list(known))
        given: list[str] = []
        for parameter in known[path].params:
            if parameter.name in ("config", "home", "help", *_WRITES) or pick.random() < 0.4:
                continue
            text = pick.choice(TEXTS).replace("\x00", "")
            if isinstance(parameter, click.Argument):
                given.append(text)
            elif parameter.is_flag:  # type: ignore[attr-defined]
                given.append(parameter.opts[0])
            else:
                given += [parameter.opts[0], text]
        if pick.random() < 0.15:
            given.insert(
                pick.randrange(len(given) + 1), pick.choice(["--nothing", "-x", "--json=yes", "--home", "--config", pick.choice(TEXTS)])
            )
        wrong = _WORKS.get(path, ())
        files = {name: text.encode() for name, text in BASE.items()}
        arguments = (*path, *given, *wrong)
        yield Case(FAMILY, number, arguments, files, ENVIRONMENT, what=" ".join(map(repr, arguments))[:200])
