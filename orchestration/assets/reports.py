"""Report editions: each asset renders and delivers what is due of its edition, through the delivery ledger."""

# No `from __future__ import annotations` here: Dagster reads the annotations of these functions as types.

import dagster as dg

from orchestration.assets.keys import PUBLISHED, report_key
from orchestration.resources import WorkspaceResource

EDITIONS = ("weekly_funnel", "offer_declines")


def build_report_assets() -> list[dg.AssetsDefinition]:
    return [_edition_asset(edition) for edition in EDITIONS]


def _edition_asset(edition: str) -> dg.AssetsDefinition:
    @dg.asset(key=report_key(edition), group_name="reports", deps=[PUBLISHED], kinds={"email", "slack"})
    def report(context: dg.AssetExecutionContext, workspace: WorkspaceResource) -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={})

    return report
