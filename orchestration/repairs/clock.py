"""`funnelcast repair clock`: windows that a wrong clock ended in the future are closed, with all that was loaded in them."""

from __future__ import annotations

from base import clock
from base.ops import engine
from ingestion.log.closing import close_windows, plan_closings, sentence
from ingestion.log.recovery import recover
from ingestion.preflight.clocks import gather, judge
from orchestration.repairs.repair import Repair, Workshop
from orchestration.run.lock import run_lock


def close(shop: Workshop) -> None:
    """Deliveries that it dated into the future are put back, too. Raises ConfigError while this machine's own clock is contradicted: closing by a wrong clock would close what is right."""
    from exports.delivery.delivery_ledger import put_back_ticks

    home, config = shop.home, shop.config
    with run_lock(home):
        ops = engine(home)
        try:
            evidence = gather(config.sources, None, local=clock.now(), with_files=not clock.is_frozen())
            clocks = judge(evidence, config.company.clock)
            recover(home, ops)
            closings = plan_closings(ops, now=clocks.now, limit=clocks.limit)
            close_windows(home, ops, closings)
            ticks = put_back_ticks(ops, clocks.now)
        finally:
            ops.dispose()
        if ticks:
            shop.say(f"{ticks:,} deliveries were dated after now; what was skipped because of them, `funnelcast reports send` sends")
        if not closings:
            shop.say(f"no window ends after now ({clock.iso(clocks.now)}); there is nothing to close")
            return
        # The build file has parsed the rows under their old window.
        for path in home.root.glob(f"{home.warehouse.name}*"):
            path.unlink()
    for closing in closings:
        shop.say(sentence(closing))
    shop.say("Now `funnelcast run`: it builds from the log again and publishes; until then readers see the state of the wrong clock.")


REPAIR = Repair("Close windows that a wrong clock ended in the future; their rows stay and the next run asks again.", close)
