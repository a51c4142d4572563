"""Environment variables for the length of a block: dbt's profile and the lake macros read a home and a configuration from there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from base.home import CONFIG_VARIABLE, HOME_VARIABLE, Home


@contextmanager
def variables(values: Mapping[str, str | None]) -> Iterator[None]:
    """Set each variable, or unset it where the value is None; afterwards all are as they were."""
    before = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set(before)


@contextmanager
def home_variables(home: Home, config_folder: Path) -> Iterator[None]:
    """FUNNELCAST_HOME and FUNNELCAST_CONFIG."""
    with variables({HOME_VARIABLE: str(home.root), CONFIG_VARIABLE: str(config_folder)}):
        yield


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
