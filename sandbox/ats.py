"""The applicant tracking systems that the simulated company can be served as, and how a mix of them shares its requisitions.

One double per vendor: a class made from (world, settings or None), which the folder of its kind, doubles/<kind>, names `ATS`. The kind's name
is also that of its source and of `--ats`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar, Protocol

from starlette.types import Receive, Scope, Send

from base.errors import ConfigError
from base.registry import near_and_known
from base.source_kinds import kind_names
from sandbox.model import Department
from sandbox.world import World

MIX = "mix"


class AtsDouble(Protocol):
    """An ASGI application that serves a World as one vendor would. `base_url` is set once it listens, `world` again when time moves."""

    world: World
    base_url: str
    #: Lines that the tenant's mappings/<file>.csv need beside those of every ATS: file name -> lines without source_system in front.
    mappings: ClassVar[Mapping[str, Sequence[str]]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...

    def source(self) -> dict[str, Any]:
        """Its entry in sources.yml; credentials name variables of `environment`."""
        ...

    def environment(self) -> dict[str, str]:
        """The variables with its credentials."""
        ...

    def served_id(self, entity: str, number: int) -> str:
        """The id under which an entity (job, application, department, ...) of the World is served."""
        ...


def _doubles() -> dict[str, Any]:
    found = {}
    for kind in kind_names():
        if find_spec(f"sandbox.doubles.{kind}"):
            double = vars(import_module(f"sandbox.doubles.{kind}")).get("ATS")
            if double:
                found[kind] = double
    return found


ATS: dict[str, Any] = _doubles()


def choices() -> tuple[str, ...]:
    """What `--ats` accepts."""
    return (*ATS, MIX)


def systems(ats: str) -> tuple[str, ...]:
    """The systems that `--ats` means. Raises ConfigError for a name that is none."""
    if ats not in choices():
        raise ConfigError(f"there is no double of an ATS named '{ats}'", remedy=near_and_known(ats, choices()))
    return tuple(ATS) if ats == MIX else (ats,)


def open_doubles(world: World, ats: str, settings: Mapping[str, Any]) -> dict[str, AtsDouble]:
    """The doubles that serve the company: the one named, or for `mix` all of them with a share each. Raises ConfigError."""
    names = systems(ats)
    return {name: ATS[name](part, settings.get(name)) for name, part in shares(world, names).items()}


def shares(world: World, names: Sequence[str]) -> dict[str, World]:
    """The part of the company that each system holds: whole departments with those below them, each requisition with all its applications.

    People who work there, sources and reasons are known to every system; a candidate to each where they applied. A sequence goes with its
    requisition.
    """
    if len(names) == 1:
        return {names[0]: world}
    roots = [department for department in world.departments if department.parent is None]
    home = {root.id: names[place % len(names)] for place, root in enumerate(roots)}
    return {name: _share(world, lambda department, name=name: home[_root(department).id] == name) for name in names}


def _share(world: World, holds: Any) -> World:
    applications = tuple(application for application in world.applications if holds(application.job.department))
    known = {id(application.person) for application in applications}
    return replace(
        world,
        departments=tuple(department for department in world.departments if holds(department)),
        jobs=tuple(job for job in world.jobs if holds(job.department)),
        persons=tuple(person for person in world.persons if id(person) in known),
        applications=applications,
        sequences=tuple(sequence for sequence in world.sequences if holds(sequence.job.department)),
    )


def _root(department: Department) -> Department:
    return department if department.parent is None else _root(department.parent)
