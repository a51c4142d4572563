"""`funnelcast repair warehouse`: the build file again from the log."""

from __future__ import annotations

from base.home import discard
from orchestration.daily import run_daily
from orchestration.repairs.repair import Repair, Workshop
from orchestration.run.lock import run_lock
from orchestration.run.request import RunRequest


def rebuild(shop: Workshop) -> None:
    """Delete the build file, and build, check and publish from the log. It holds nothing that the log does not hold."""
    with run_lock(shop.home):
        for path in shop.home.root.glob(f"{shop.home.warehouse.name}*"):
            discard(shop.home, path)
    outcome = run_daily(shop.home, shop.config, RunRequest(from_log=True), progress=shop.progress)
    shop.say(f"{shop.home.warehouse.name} is built again from the log; version {outcome.publication.version} is published.")


REPAIR = Repair("Build warehouse.duckdb again from the log, and publish.", rebuild)
