"""`funnelcast repair ops`: the operations database again, from the log's own files and the receipts of reports."""

from __future__ import annotations

from base.clock import now
from base.errors import DamageError
from base.home import set_aside
from base.ops import engine, is_used, ops_url
from ingestion.log.rebuilding import rebuild as rebuild_loads
from orchestration.repairs.repair import Repair, Workshop
from orchestration.run.lock import run_lock


def rebuild(shop: Workshop) -> None:
    """Set a damaged or empty database aside and write a new one. What was sent stays sent, and nothing goes out until a person says so."""
    from exports.delivery import rebuilding

    home = shop.home
    with run_lock(home):
        try:
            engine(home).dispose()
        except DamageError as error:
            shop.say(error.message)
        else:
            shop.say("the operations database is whole" if is_used(home) else "there is nothing to rebuild the operations database from")
            return
        if ops_url(home) == f"sqlite:///{home.ops_file}":
            for path in sorted(home.root.glob(f"{home.ops_file.name}*")):
                set_aside(home, path)
        ops = engine(home, is_new=True)
        try:
            loads = rebuild_loads(home, ops)
            deliveries = rebuilding.rebuild(home, ops, now())
        finally:
            ops.dispose()
    shop.say(f"loads: {loads.parts:,} parts of {loads.streams} streams are on the ledger again")
    for name in loads.unknown:
        shop.say(f"lake/{name} was damaged and is set aside; the next run reads what was in it again, where the source still has it")
    shop.say(f"deliveries: {deliveries:,} receipts are on the ledger again; everything is held until `funnelcast reports release`")


REPAIR = Repair("Rebuild ops.sqlite from the log and the receipts of reports; deliveries are held until a person releases them.", rebuild)
