"""Damage done to a home on purpose."""

from __future__ import annotations

import os
from pathlib import Path


def flip(path: Path, *, at: float = 0.5, bit: int = 3) -> None:
    """Flip one bit, `at` this share of the file's length; the file's times and mode stay as they are."""
    status = path.stat()
    path.chmod(0o600)
    with path.open("r+b") as file:
        place = min(int(status.st_size * at), status.st_size - 1)
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ (1 << bit)]))
    path.chmod(status.st_mode & 0o777)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def cut(path: Path, *, keep: float = 0.6) -> None:
    """Cut the end off."""
    status = path.stat()
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.truncate(int(status.st_size * keep))
    path.chmod(status.st_mode & 0o777)
