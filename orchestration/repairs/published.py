"""`funnelcast repair published`: `current` names a version that is intact, and damaged versions are written again or set aside."""

from __future__ import annotations

from base.errors import DamageError
from base.home import Home, set_aside
from exports.publish.folder import FolderPublisher
from exports.publish.intact import problems
from exports.publish.state import PublishedState, read_state, readable_current, version_folders
from orchestration.build import restricted_files
from orchestration.daily import run_daily
from orchestration.repairs.repair import Repair, Workshop
from orchestration.run.lock import run_lock
from orchestration.run.request import RunRequest


def restore(shop: Workshop) -> None:
    """First readers get the newest intact version; then what is newest is published again from the log."""
    home = shop.home
    with run_lock(home):
        before = home.current.resolve().name if home.current.is_symlink() else ""
        state = readable_current(home)
        is_damaged = state is None or bool(problems(state)) or not home.current.is_symlink() or bool(restricted_files.damaged(home))
        for folder in version_folders(home):
            if _intact(home, folder.name) is None:
                shop.say(f"version {folder.name} is damaged; it is in {set_aside(home, folder).parent} now")
        intact = [state for folder in version_folders(home) if (state := _intact(home, folder.name)) and state.known_at is None]
        newest = max(intact, key=lambda state: (state.as_of, state.published_at), default=None)
        if is_damaged and newest:
            FolderPublisher(home).activate(newest.version_id)
            shop.say(f"readers see version {newest.version_id}" + ("" if newest.version_id == before else ", the newest that is intact"))
    if is_damaged:
        outcome = run_daily(home, shop.config, RunRequest(from_log=True), progress=shop.progress)
        shop.say(f"published again from the log: version {outcome.publication.version}")
    else:
        shop.say("readers see an intact version")


def _intact(home: Home, version_id: str) -> PublishedState | None:
    try:
        state = read_state(home.published / "versions" / version_id)
    except DamageError:
        return None
    return None if problems(state) else state


REPAIR = Repair("Restore `current`, and write damaged published files again from the log.", restore)
