"""Rights of files that hold people's data: nobody but their owner reads them (docs/privacy.md)."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from base.home import Home
from orchestration.verification.finding import Finding, Subject

NAME = "rights"

#: What nobody but the owner may do, and what nobody but owner and group may (published counts of groups are given to others by group).
OWNER, GROUP = 0o077, 0o007


def check(subject: Subject) -> Iterator[Finding]:
    for path, forbidden in places(subject.home):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & forbidden:
            right = mode & ~forbidden
            yield Finding(NAME, f"{path} may be read by others (mode {mode:04o})", f"Take the right away: chmod {right:o} '{path}'.")


def places(home: Home) -> Iterator[tuple[Path, int]]:
    """Paths that are there, each with the rights that nobody may have on it."""
    private = [home.root, home.restricted, home.damaged, *home.restricted.glob("*.duckdb*")]
    published = home.published / "restricted"
    yield from ((path, OWNER) for path in private if path.exists())
    yield from ((path, GROUP) for path in (published, *published.glob("*.duckdb")) if path.exists())
