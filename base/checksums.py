"""Checksums of files: how one is made, and whether a file is still what was written under its name.

Files that never change under their name (parts of the log, published versions) are hashed once per process.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

#: Files that were hashed by this process and fit: place, inode, bytes, time of change, checksum.
_sound: set[tuple[str, int, int, int, str]] = set()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def problem_of(path: Path, *, size: int, sha256: str, deep: bool = True) -> str:
    """What is wrong with a file, in words that go on after its name; empty when nothing is. Without `deep`, or where no
    checksum was recorded, it is measured and not read.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return "is gone"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if status.st_size != size:
        return f"has {status.st_size:,} bytes instead of {size:,}"
    seen = (str(path), status.st_ino, status.st_size, status.st_mtime_ns, sha256)
    if not deep or not sha256 or seen in _sound:
        return ""
    try:
        found = sha256_of(path)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if found != sha256:
        return "is altered: it does not have its checksum"
    _sound.add(seen)
    return ""
