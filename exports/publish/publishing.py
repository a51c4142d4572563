"""publish(): prepare everywhere, then flip. Identical content at the same as_of is the same version and is not written twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path

from base.faults import fault_point
from base.home import Home
from exports.publish.registry import PUBLISHERS
from exports.publish.state import RunFacts, read_state, readable_current, version_folder
from exports.publish.table_contracts import read_contracts
from exports.publish.warehouse import open_snapshot

KEPT_VERSIONS = 10

#: A version whose as_of lies further ahead of the run's own time was published under a wrong clock: it does not keep later ones out.
_WRONG_CLOCK = timedelta(days=1)


@dataclass(frozen=True)
class Published:
    """What publish() did. `is_new`: it was written somewhere; `is_current`: readers see this version now."""

    version_id: str
    content_hash: str
    path: Path
    row_counts: dict[str, int]
    is_new: bool
    is_current: bool


def publish(home: Home, *, manifest_path: Path, facts: RunFacts, make_current: bool = True, keep: int = KEPT_VERSIONS) -> Published:
    """Publish the contracted tables of core and marts from the build file; raises PublishError and changes nothing readers see.

    `make_current=False` (a rebuild of a past as_of), or an as_of older than the current version's (unless that is in the future), writes the folder and leaves `current`.
    Every publisher has prepared the version before the first makes it visible. Safe to repeat after a kill at any point.
    """
    contracts = read_contracts(manifest_path)
    targets = [publisher(home) for publisher in PUBLISHERS.values()]
    with open_snapshot(home.warehouse, contracts) as snapshot:
        content_hash = snapshot.content_hash
        version_id = f"{facts.as_of.astimezone(UTC):%Y%m%dT%H%M%SZ}-{content_hash[:12]}"
        lacking = [target for target in targets if not target.has(version_id)]
        for target in lacking:
            target.prepare(version_id, snapshot, contracts, facts)
    state = read_state(version_folder(home, version_id))
    before = readable_current(home)
    flips = make_current and (before is None or before.as_of <= facts.as_of or before.as_of > facts.published_at + _WRONG_CLOCK)
    fault_point("publish.before_flip")
    if flips:
        for target in targets:
            target.activate(version_id)
        for target in targets:
            target.retire(keep)
    fault_point("publish.after_flip")
    return Published(version_id, content_hash, state.path, state.row_counts, bool(lacking), flips)
