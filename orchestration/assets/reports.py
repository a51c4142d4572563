"""Report editions: each asset renders and delivers what is due of its edition, through the delivery ledger (exports/delivery/deliver.py)."""

# No `from __future__ import annotations` here: Dagster reads the annotations of these functions as types.

from collections import Counter
from contextlib import nullcontext

import dagster as dg

from base import clock
from exports.channels.registry import CHANNELS
from exports.editions.registry import EDITIONS
from orchestration.assets.keys import PUBLISHED, report_key
from orchestration.resources import SessionResource
from orchestration.run.notice import notice_for_reports


def build_report_assets() -> list[dg.AssetsDefinition]:
    return [_edition_asset(edition) for edition in EDITIONS]


def _edition_asset(edition: str) -> dg.AssetsDefinition:
    @dg.asset(
        key=report_key(edition),
        group_name="reports",
        deps=[PUBLISHED],
        kinds=set(CHANNELS),
        description="The reports of this edition that are due (reports.yml), delivered once per subscriber and period.",
    )
    def report(context: dg.AssetExecutionContext, session: SessionResource) -> dg.MaterializeResult:
        from exports.delivery.deliver import deliver_due

        place = session.workspace
        home, config, ops, run = place.home, place.config, place.ops, place.run
        if run is not None and run.result.is_rebuild:
            return dg.MaterializeResult(metadata={"note": "a rebuild of the past sends nothing"})
        if run is not None and run.run.request.from_log:
            return dg.MaterializeResult(metadata={"note": "publishing again sends nothing"})
        report_ids = [configured.id for configured in config.reports if configured.edition == edition]
        if run is not None:
            with run.step(f"reports: {edition}", writes="rendering reports") if report_ids else nullcontext():
                outcomes = deliver_due(config, home, ops, clock.now(), report_ids=report_ids)
            run.result.deliveries.update(outcome.state for outcome in outcomes)
        else:
            outcomes = deliver_due(config, home, ops, clock.now(), report_ids=report_ids, notice=notice_for_reports(ops, home))
        states = Counter(outcome.state for outcome in outcomes)
        reasons = sorted({outcome.reason for outcome in outcomes if outcome.reason})
        return dg.MaterializeResult(metadata={"reports": report_ids, **states, "reasons": reasons})

    return report
