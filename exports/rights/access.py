"""The one rule about the home's restricted files (names, what groups were counted): whoever opens one asks here first. It fails closed."""

from __future__ import annotations

import os
from pathlib import Path

from base.errors import FunnelcastError


class RestrictedClosed(FunnelcastError):
    """A restricted file is not there or may not be read; the message says which, and what to do."""


def for_reading(file: Path, what: str, *, remedy: str) -> Path:
    """`file`, if whoever runs this may read it. `what` it would have shown; `remedy`: where the file is missing. Raises RestrictedClosed."""
    try:
        file.stat()
    except FileNotFoundError:
        raise RestrictedClosed(f"{what}: there is no restricted file {file}", remedy=remedy) from None
    except PermissionError:
        pass  # a folder on the way is closed, which the next line says
    if not os.access(file, os.R_OK):
        raise RestrictedClosed(f"{what}: you may not read {file}", remedy="Ask whoever runs Funnelcast for access.")
    return file
