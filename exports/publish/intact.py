"""Whether a published version is what was written: its files against the sizes and checksums in its manifest.

Who reads a file of a version asks here first (`require`); a file is hashed once per process, because it never changes under its name.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from base.errors import DamageError
from exports.publish.state import MANIFEST, REPAIR, PublishedFile, PublishedState

#: Files that were hashed by this process and fit, by place, inode, size and time of change.
_intact: set[tuple[str, int, int, int]] = set()


def require(state: PublishedState, *names: str) -> None:
    """Raises DamageError naming the first of these files of the version that is not as its manifest says."""
    for file in state.files:
        if file.name in names and (problem := problem_of(state.path, file)):
            raise DamageError(f"The published file {state.path / file.name} {problem}", remedy=REPAIR)


def problems(state: PublishedState, *, deep: bool = True) -> list[tuple[str, str]]:
    """(file, what is wrong) for each file of the version that is missing, altered or not in the manifest. Without `deep`, by size alone."""
    known = {file.name for file in state.files}
    found = [(file.name, problem) for file in state.files if (problem := problem_of(state.path, file, deep=deep))]
    names = [path.relative_to(state.path).as_posix() for path in sorted(state.path.rglob("*")) if path.is_file()]
    return found + [(name, "is not in the manifest") for name in names if name not in known and name != MANIFEST]


def problem_of(folder: Path, file: PublishedFile, *, deep: bool = True) -> str:
    """What is wrong with a file of a version, in words; empty when nothing is."""
    path = folder / file.name
    try:
        status = path.stat()
    except OSError:
        return "is gone"
    if status.st_size != file.bytes:
        return f"has {status.st_size:,} bytes instead of {file.bytes:,}"
    seen = (str(path), status.st_ino, status.st_size, status.st_mtime_ns)
    if not deep or seen in _intact:
        return ""
    try:
        with path.open("rb") as handle:
            checksum = hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if checksum != file.sha256:
        return "does not have the checksum that its manifest says"
    _intact.add(seen)
    return ""
