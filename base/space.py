"""Free space: what a step will write is asked of the disk before it begins, so that it stops in words and not in the middle.

A step estimates from what is there: the sizes of the files that it writes again, or of those that it reads. A little always stays free, so that the
operations database and the log of errors can be written when all else cannot.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from base.errors import SpaceError

#: What always stays free.
RESERVE = 32 * 1024 * 1024


def require(place: Path, needed: int, what: str) -> None:
    """Raises SpaceError naming the place, what is free there and what is needed. `needed`: bytes that will be written, the reserve not counted."""
    if (free := free_bytes(place)) < needed + RESERVE:
        raise SpaceError(
            f"{what} needs {megabytes(needed + RESERVE)} free in {place}, there are {megabytes(free)}",
            remedy="Free space and run again; what was written whole is kept, and readers see the last good state.",
        )


def free_bytes(place: Path) -> int:
    return shutil.disk_usage(place).free


def size_of(paths: Iterable[Path]) -> int:
    """Bytes of the files among these paths and in the folders among them."""
    total = 0
    for path in paths:
        files = path.rglob("*") if path.is_dir() else [path]
        total += sum(file.stat().st_size for file in files if file.is_file())
    return total


def megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"
