"""Registries: one for each thing that grows (report editions, channels, ...), and the one place that lists its names.

An entry is a name and where its definition is, `module:attribute`. The definition is imported when it is asked for: a command that only
checks names imports none of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any, TypeVar

from base.errors import ConfigError

EntryT = TypeVar("EntryT")


def imported(place: str) -> Any:
    """What is defined at `module:attribute`."""
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)


class Registry(Mapping[str, EntryT]):
    """Names in the order in which they are listed, each with its definition. `what` is the word for one of them: "edition"."""

    def __init__(self, what: str, places: Mapping[str, str]) -> None:
        self.what = what
        self._places = dict(places)

    def __getitem__(self, name: str) -> EntryT:
        entry: EntryT = imported(self._places[name])
        return entry

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules with the definitions, for what else they declare (personal data, say)."""
        return tuple(place.partition(":")[0] for place in self._places.values())

    def named(self, name: str) -> EntryT:
        """The entry of that name. Raises ConfigError with near names and all that there are."""
        if name not in self:
            raise ConfigError(self.unknown(name), remedy=self.remedy(name))
        return self[name]

    def unknown(self, name: str) -> str:
        return f"there is no {self.what} '{name}'"

    def remedy(self, name: str) -> str:
        return near_and_known(name, self)


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """`Did you mean 'kind'?`, or what is known, in the order given, where nothing is near."""
    names = list(names)
    near = difflib.get_close_matches(word, names, n=1)
    return f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(names) or 'none'}."


def near_and_known(word: str, names: Iterable[str]) -> str:
    """`Did you mean 'email'? Known: email, files, slack.`"""
    names = sorted(names)
    near = [f"Did you mean '{name}'? " for name in difflib.get_close_matches(word, names, n=1)]
    return f"{''.join(near)}Known: {', '.join(names) or 'none'}."


def near(word: str, names: Iterable[str]) -> str:
    """`; did you mean 'kind'?`, or nothing where nothing is near: the end of a message."""
    found = difflib.get_close_matches(word, list(names), n=1)
    return f"; did you mean '{found[0]}'?" if found else ""
