"""What keeps one bad thing from stopping the others: any exception inside a guard becomes an outcome with its place and what to do.

The sentence holds no value (an exception's text may quote data or a secret); the traceback goes to the log.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from base.errors import FunnelcastError, SourceError
from base.failures import explained

_ROOT = Path(__file__).resolve().parent.parent
_LOG = logging.getLogger("funnelcast.guard")


@contextmanager
def guarded(place: str, kind: type[FunnelcastError] = SourceError) -> Iterator[None]:
    """Within the block every unexpected exception becomes one of `kind` that names `place`. Errors in words pass as they are."""
    try:
        yield
    except FunnelcastError:
        raise
    except Exception as error:
        _LOG.exception("%s: unexpected %s", place, type(error).__name__)
        what, remedy = _in_words(error)
        raise kind(f"{place}: {what}", remedy=remedy) from error


def _in_words(error: Exception) -> tuple[str, str]:
    if known := explained(error):
        return known.message, known.remedy or ""
    return (
        f"internal error ({type(error).__name__} in {_origin(error)})",
        "What was saved is kept; run again. If it happens again, it is a bug: report it with the log of the home.",
    )


def _origin(error: Exception) -> str:
    """The innermost place of our own code: `ingestion/log/parts.py:120`."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(_ROOT) and "site-packages" not in path.parts:
            return f"{path.relative_to(_ROOT).as_posix()}:{frame.lineno}"
    return "an unknown place"
