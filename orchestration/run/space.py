"""What each step of a run will write, estimated from what is there, and asked of the disk before it begins (docs/operations.md#space).

Measured on the benchmark company: a part of the log is 1.3 to 1.8 times as large once it is parsed; core and marts are written beside the tables that
they replace, so that the build file grows by less than its own size; a version folder is as large as the one before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from base.home import Home
from base.space import require, size_of
from exports.publish.state import readable_current

MEGABYTE = 1024 * 1024
#: What is asked for where there is nothing yet to estimate from.
LEAST = 32 * MEGABYTE


def loading(home: Home) -> int:
    """As much as the largest source of the log has in its newest day, because a load holds what has changed since."""
    days = [sorted(stream.glob("load_date=*"))[-1:] for stream in home.lake.glob("*/*") if stream.is_dir()]
    return max(LEAST, size_of(folder for newest in days for folder in newest))


def staging(home: Home) -> int:
    """Twice what the log has and the build file may not hold yet: at most the newest day, the whole log where there is no build file."""
    return 2 * (loading(home) if home.warehouse.exists() else max(LEAST, size_of([home.lake])))


def models(home: Home) -> int:
    """As much as the build file holds: its tables are written beside those that they replace."""
    return max(LEAST, size_of([home.warehouse]))


def publishing(home: Home) -> int:
    """As much as the version that readers see, and what of it is restricted; the build file's size before the first."""
    state = readable_current(home)
    return max(LEAST, size_of([state.path if state else home.warehouse, home.restricted]))


def reports(home: Home) -> int:
    return LEAST


STEPS: Mapping[str, Callable[[Home], int]] = {
    "loading": loading,
    "parsing the log": staging,
    "building the models": models,
    "publishing": publishing,
    "rendering reports": reports,
}


def check(home: Home, step: str) -> None:
    """Raises SpaceError when the step would not fit. Estimates follow the sizes of files; nothing of them is read."""
    require(home.root, STEPS[step](home), step.capitalize())
