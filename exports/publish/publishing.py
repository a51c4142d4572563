"""publish(): prepare everywhere, then flip. Identical content at the same as_of is the same version and is not written twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from base.faults import fault_point
from base.home import Home
from exports.publish.folder import FolderPublisher
from exports.publish.publisher import Publisher
from exports.publish.state import RunFacts, current, read_state
from exports.publish.table_contracts import read_contracts
from exports.publish.warehouse import open_snapshot

KEPT_VERSIONS = 10


@dataclass(frozen=True)
class Published:
    """What publish() did. `is_new`: a folder was written; `is_current`: readers see this version now."""

    version_id: str
    content_hash: str
    path: Path
    row_counts: dict[str, int]
    is_new: bool
    is_current: bool


def publish(
    home: Home,
    *,
    manifest_path: Path,
    facts: RunFacts,
    make_current: bool = True,
    keep: int = KEPT_VERSIONS,
    also: Sequence[Publisher] = (),
) -> Published:
    """Publish the contracted tables of core and marts from the build file; raises PublishError and changes nothing readers see.

    `make_current=False` (a rebuild of a past as_of), or an as_of older than the current version's, writes the folder and leaves `current`.
    `also` are further targets, prepared before and flipped after the folder. Safe to repeat after a kill at any point.
    """
    contracts = read_contracts(manifest_path)
    folder = FolderPublisher(home)
    targets: tuple[Publisher, ...] = (folder, *also)
    with open_snapshot(home.warehouse, contracts) as snapshot:
        content_hash = snapshot.content_hash
        version_id = f"{facts.as_of.astimezone(UTC):%Y%m%dT%H%M%SZ}-{content_hash[:12]}"
        is_new = not folder.has(version_id)
        for target in targets:
            if not target.has(version_id):
                target.prepare(version_id, snapshot, contracts, facts)
    state = read_state(folder.path(version_id))
    before = current(home)
    flips = make_current and (before is None or before.as_of <= facts.as_of)
    fault_point("publish.before_flip")
    if flips:
        for target in targets:
            target.activate(version_id)
        for target in targets:
            target.retire(keep)
    fault_point("publish.after_flip")
    return Published(version_id, content_hash, state.path, state.row_counts, is_new, flips)
