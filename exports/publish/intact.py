"""Whether a published version is what was written: its files against the sizes and checksums in its manifest.

Who reads a file of a version asks here first (`require`).
"""

from __future__ import annotations

from base.checksums import problem_of
from base.errors import DamageError
from exports.publish.state import MANIFEST, REPAIR, PublishedFile, PublishedState


def require(state: PublishedState, *names: str) -> None:
    """Raises DamageError naming the first of these files of the version that is not as its manifest says."""
    for file in state.files:
        if file.name in names and (problem := _problem(state, file, deep=True)):
            raise DamageError(f"The published file {state.path / file.name} {problem}", remedy=REPAIR)


def problems(state: PublishedState, *, deep: bool = True) -> list[tuple[str, str]]:
    """(file, what is wrong) for each file of the version that is missing, altered or not in the manifest. Without `deep`, by size alone."""
    known = {file.name for file in state.files}
    found = [(file.name, problem) for file in state.files if (problem := _problem(state, file, deep=deep))]
    names = [path.relative_to(state.path).as_posix() for path in sorted(state.path.rglob("*")) if path.is_file()]
    return found + [(name, "is not in the manifest") for name in names if name not in known and name != MANIFEST]


def _problem(state: PublishedState, file: PublishedFile, *, deep: bool) -> str:
    return problem_of(state.path / file.name, size=file.bytes, sha256=file.sha256, deep=deep)
