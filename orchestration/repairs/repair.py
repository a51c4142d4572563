"""What a repair is: registry.py lists them, `funnelcast repair NAME` runs one, `funnelcast repair` those that `funnelcast verify` names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from base.config import Config
from base.home import Home
from orchestration.run.progress import Progress, quiet


@dataclass(frozen=True)
class Workshop:
    """Where a repair works. `config` is loaded and checked; `say` gets a line for each thing that was done."""

    home: Home
    config: Config
    say: Progress
    progress: Progress = quiet


@dataclass(frozen=True)
class Argument:
    """A value that a repair may be given by hand: `--name VALUE`, or `--name` alone."""

    name: str
    help: str
    metavar: str = "VALUE"
    is_flag: bool = False


@dataclass(frozen=True)
class Repair:
    """One repair. `work` takes the run lock itself where it writes, and gets each of `arguments` by its name, None where it was not given.

    Safe to repeat, and to be killed at any point. Raises FunnelcastError with what a person can do when something cannot be put right.
    """

    sentence: str
    work: Callable[..., None]
    arguments: tuple[Argument, ...] = ()
