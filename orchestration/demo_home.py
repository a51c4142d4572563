"""A folder that a demo made: the recipe of its company, and that company's services, which later commands over the folder need again.

The recipe names nothing absolute, so that the folder can be copied or moved. Services come back on the ports that the configuration names;
a port that something else has taken is replaced there, and whatever else was edited in the configuration stays.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from base.clock import NOW_VARIABLE, iso
from base.environment import variables
from base.errors import ConfigError
from base.home import output_folder
from base.personal_data import Place
from base.ports import port_trouble

if TYPE_CHECKING:
    from sandbox.server import Doubles

MARKER = ".funnelcast-demo"
#: Held by the process that serves the company.
_LOCK = ".services.lock"

PLACES = (
    Place("recipe of a demo", "what the company was simulated from and its ports", format="JSON", files=(MARKER, _LOCK)),
    Place(
        "the simulated company",
        "simulated people; a demo's folder is deleted as a whole",
        holds=("payloads", "employees"),
        format="YAML, CSV, JSON, email, HTML, PNG",
        files=("config/**", "sources/**", "truth/**", "inbox/**", "slack/**"),
    ),
)


@dataclass(frozen=True)
class Recipe:
    """What the company is simulated from. `now` is its frozen clock; `ports`: service -> port, once it has been served."""

    seed: int = 7
    years: float = 2.0
    requisitions: int = 120
    ats: str = "greenhouse"
    now: str = ""
    ports: dict[str, int] = field(default_factory=dict)

    def is_of_same_company(self, other: Recipe) -> bool:
        """True when both simulate the same people, served by the same systems."""
        return (self.seed, self.years, self.requisitions, self.ats) == (other.seed, other.years, other.requisitions, other.ats)


def config_folder(root: Path) -> Path:
    """Where a demo keeps its configuration."""
    return root / "config"


def read_recipe(root: Path) -> Recipe | None:
    """The recipe of the demo at `root`; None where no demo was finished. Raises ConfigError for a recipe that was edited by hand."""
    path = root / MARKER
    if not path.is_file() or not path.stat().st_size:
        return None
    try:
        return Recipe(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f"{path} is not the recipe of a demo of this version", remedy=f"Make the demo again: funnelcast --home {root} demo."
        ) from error


@contextmanager
def new_company(root: Path, recipe: Recipe, say: Callable[[str], None]) -> Iterator[Recipe]:
    """The company of the recipe in an emptied folder, served while the block runs."""
    from sandbox.ats import systems
    from sandbox.config import write_config

    systems(recipe.ats)  # a wrong name fails before anything is emptied
    _empty(root)
    say("simulating a company")
    doubles = _doubles(root, recipe)
    world = doubles.world
    say(
        f"a company of {len(world.users)} employees, {len(world.seen_jobs)} requisitions, {len(world.seen_applications):,} applications and prospects"
    )
    with _lock(root), doubles, variables(doubles.environment):
        write_config(config_folder(root), doubles)
        served = replace(recipe, now=iso(world.now), ports=doubles.ports)
        _write(root, served)
        yield served


@contextmanager
def demo_services(root: Path) -> Iterator[Recipe | None]:
    """While the block runs, the services of the demo at `root` answer and its credentials are in the environment.

    Yields None and does nothing where `root` holds no demo. Services that another command (`funnelcast dev`) keeps running are used.
    """
    recipe = read_recipe(root)
    if recipe is None:
        yield None
        return
    doubles = _doubles(root, recipe)
    with _lock(root) as is_mine, variables({NOW_VARIABLE: recipe.now, **doubles.environment}):
        if not is_mine:
            yield recipe
            return
        with doubles:
            served = replace(recipe, ports=doubles.ports)
            if served != recipe:
                _move_ports(config_folder(root), recipe.ports, doubles.ports)
                _write(root, served)
            yield served


@contextmanager
def _lock(root: Path) -> Iterator[bool]:
    """True while this process is the one that serves the company; False where another does."""
    with (root / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _empty(root: Path) -> None:
    if root.exists() and any(root.iterdir()):
        if not (root / MARKER).exists():
            raise ConfigError(f"{root} exists and was not created by the demo", remedy="Give another folder: funnelcast --home DIR demo.")
        with _lock(root) as is_mine:
            if not is_mine:
                raise ConfigError(
                    f"Another command serves the company in {root}",
                    remedy="Stop it (funnelcast dev), or give another folder: funnelcast --home DIR demo.",
                )
        shutil.rmtree(root)
    (output_folder(root, "--home") / MARKER).touch()


def _doubles(root: Path, recipe: Recipe) -> Doubles:
    """The company's services, not yet started, on the recipe's ports where these are free."""
    from sandbox.company import simulate
    from sandbox.server import Doubles

    world = simulate(seed=recipe.seed, years=recipe.years, requisitions=recipe.requisitions)
    return Doubles(world, root, ats=recipe.ats, ports={name: port for name, port in recipe.ports.items() if port_trouble(port) is None})


def _write(root: Path, recipe: Recipe) -> None:
    """Keep the recipe in the folder that it describes."""
    (root / MARKER).write_text(json.dumps(asdict(recipe), indent=1) + "\n", encoding="utf-8")


def _move_ports(folder: Path, before: dict[str, int], after: dict[str, int]) -> None:
    """Name the new port wherever the configuration names the old one."""
    moved = {str(port): str(after[name]) for name, port in before.items() if after[name] != port}
    if not moved:
        return
    old = re.compile(rf"\b({'|'.join(moved)})\b")
    for path in folder.glob("*.yml"):
        path.write_text(old.sub(lambda found: moved[found[1]], path.read_text(encoding="utf-8")), encoding="utf-8")
