"""`funnelcast repair lake`: lost and damaged parts of the log again, from the source and the window that they belong to."""

from __future__ import annotations

from base.errors import DamageError
from base.ops import engine
from ingestion.extract.again import FetchedAgain, fetch_again
from ingestion.log.damage import committed_parts, damaged
from ingestion.log.recovery import recover, restore_descriptions
from orchestration.daily import run_daily
from orchestration.repairs.repair import Argument, Repair, Workshop
from orchestration.run.lock import run_lock
from orchestration.run.request import RunRequest

ACCEPT = "accept-loss"


def fetch(shop: Workshop, accept_loss: bool | None = None) -> None:
    """Raises DamageError when a part could not be fetched again; the others are, and what was published stays."""
    home = shop.home
    with run_lock(home):
        ops = engine(home)
        try:
            for name in restore_descriptions(home, ops, shop.config):
                shop.say(f"lake/{name}/source.json is written again")
            recover(home, ops)
            found = damaged(home.lake, committed_parts(ops), deep=True)
            for part in found:
                shop.say(str(part))
            done = fetch_again(home, ops, shop.config, found, accept_loss=bool(accept_loss))
        finally:
            ops.dispose()
        for again in done:
            shop.say(_sentence(again))
        if any(again.is_done for again in done):
            # The build file still holds rows of the parts that were replaced.
            for path in home.root.glob(f"{home.warehouse.name}*"):
                path.unlink()
    known = {part for again in done for part in again.damaged}
    lost = [part for part in found if part not in known] + [part for again in done if not again.is_done for part in again.damaged]
    if lost:
        raise DamageError(
            f"{len(lost)} of {len(found)} damaged parts could not be fetched again, the first is lake/{lost[0].part.file}",
            remedy=f"Restore them from a backup of the lake, add a source to sources.yml that was removed, or give up what is lost with --{ACCEPT}.",
        )
    if done:
        outcome = run_daily(home, shop.config, RunRequest(from_log=True), progress=shop.progress)
        shop.say(f"published again from the log: version {outcome.publication.version}")
    else:
        shop.say("every part of the log is as it was written")


def _sentence(again: FetchedAgain) -> str:
    load = again.load
    earlier = (
        f"; {again.superseded:,} were changed at the source since: the log has them as they are now, how they were is lost"
        if again.superseded
        else ""
    )
    missing = again.lost - again.found - again.superseded
    absent = f"; {missing:,} the source has no longer" if missing else ""
    files = f" (gone: {', '.join(again.gone_files[:3])}{' and more' if len(again.gone_files) > 3 else ''})" if again.gone_files else ""
    kept = "" if again.is_done else ". Nothing was replaced"
    return f"{load.source} {load.stream}, load {load.load_id}: {again.found:,} of {again.lost:,} records fetched again{earlier}{absent}{files}{kept}"


REPAIR = Repair(
    "Fetch lost and damaged parts of the log again from their source, and publish.",
    fetch,
    (Argument(ACCEPT, "Replace parts also where records of them cannot be fetched again: what was in them is lost.", is_flag=True),),
)
