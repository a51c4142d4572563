"""One hostile case, and what must hold when a user meets it."""

from __future__ import annotations

import random
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from base.environment import variables
from tests.support.mistakes import Output, funnelcast

#: A case that takes longer hangs (a parse of dbt's project is within it).
SECONDS = 120

_BUG = re.compile(
    r"Traceback \(most recent|internal error|\bbug\b|Exception ignored|Input should be|\bValidationError\b|pydantic", re.IGNORECASE
)


@dataclass(frozen=True)
class Case:
    """`files` by path below the configuration folder (None: not there). `names`: what an error must name where the case has changed a meaning."""

    family: str
    number: int
    arguments: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    environment: Mapping[str, str | None] = field(default_factory=dict)
    names: str | None = None
    what: str = ""

    def __str__(self) -> str:
        return f"{self.family} {self.number} ({self.what})"


def chooser(seed: int, family: str, number: int) -> random.Random:
    """The choices of one case: the same for the same seed, whatever else is generated."""
    return random.Random(f"{seed} {family} {number}")


def write(case: Case, folder: Path) -> Path:
    """The case's configuration folder below `folder`."""
    config = folder / "config"
    config.mkdir(parents=True, exist_ok=True)
    for name, content in case.files.items():
        path = config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return config


def problems(case: Case, output: Output) -> Iterator[str]:
    """What does not hold: an exit code that says nothing, a traceback, a sentence of a bug, a mistake that is not named."""
    text = output.out + output.err
    if output.code not in (0, 1, 2):
        yield f"exit code {output.code}"
    if found := _BUG.search(text):
        yield f"says '{text[max(0, found.start() - 200) : found.end() + 300].strip()}'"
    if output.code == 2 and not output.err.strip() and not output.out.strip():
        yield "exit code 2 without a word"
    if case.names is not None and (output.code != 2 or case.names not in text):
        yield f"exit code {output.code}, and {case.names} is not named: {text[-300:].strip() or 'nothing is output'}"


def run_here(case: Case, folder: Path, home: Path) -> list[str]:
    """The case through the command line in this process."""
    config = write(case, folder)
    with variables(case.environment), _limited():
        try:
            output = funnelcast("--config", str(config), "--home", str(home), *case.arguments)
        except TimeoutError:
            return [f"hangs for {SECONDS} seconds"]
    return list(problems(case, output))


@contextmanager
def _limited() -> Iterator[None]:
    def end(_: int, __: FrameType | None) -> None:
        raise TimeoutError

    before: Callable[..., object] | int | None = signal.signal(signal.SIGALRM, end)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
