"""What is published against its manifests, and whether `current` names a version that is intact."""

from __future__ import annotations

import os
from collections.abc import Iterator

from base.errors import DamageError
from exports.publish.intact import problems
from exports.publish.state import current, read_state, version_folders
from orchestration.build import restricted_files
from orchestration.run.runs import has_published
from orchestration.verification.finding import Finding, Subject, repaired_by

NAME = "published"


def check(subject: Subject) -> Iterator[Finding]:
    """The version that readers see is read in full each time, the others in a deep look."""
    home = subject.home
    folders = version_folders(home)
    subject.counts["versions"] = len(folders)
    try:
        state = current(home)
    except DamageError as error:
        state = None
        yield repaired_by(NAME, error.message, "published")
    if os.path.lexists(home.current) and not home.current.is_symlink():
        what = "folder" if home.current.is_dir() else "file"
        yield repaired_by(NAME, f"{home.current} is a {what} instead of a link to a version", "published")
    if not os.path.lexists(home.current) and folders:
        yield repaired_by(NAME, f"{home.current} is gone, though {len(folders)} versions are kept", "published")
    if not os.path.lexists(home.current) and not folders and subject.ops and has_published(subject.ops):
        yield repaired_by(NAME, f"{home.published} holds no version, though runs have published", "published")
    for folder in folders:
        is_current = state is not None and state.path == folder
        try:
            found = problems(read_state(folder), deep=subject.is_deep or is_current)
        except DamageError as error:
            yield repaired_by(NAME, error.message, "published")
            continue
        for name, problem in found:
            yield repaired_by(NAME, f"{folder / name} {problem}", "published")
    for path in restricted_files.damaged(home):
        yield repaired_by(NAME, f"{path} cannot be read to its end", "published")
