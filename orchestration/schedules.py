"""When things run: the daily job early each morning in the company's zone, and each report's own cron from reports.yml.

A report's tick only delivers from what is published: the delivery ledger decides per subscriber and period what is due, so a missed, a
doubled or a late tick changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition
from dagster._utils.schedules import is_valid_cron_schedule

from base.config import Config

#: Before people start work; the evening's changes are in, and most report crons (mornings) find fresh data.
DAILY_CRON = "0 4 * * *"

#: For a cron that our parser reads and Dagster's does not ("1L", the last Monday): the ledger knows which tick is due.
HOURLY = "5 * * * *"


def build_schedules(
    daily: UnresolvedAssetJobDefinition, reports: UnresolvedAssetJobDefinition, config: Config | None
) -> Sequence[dg.ScheduleDefinition]:
    """The daily schedule, and one per configured report. Without a configuration: the daily one in UTC."""
    zone = config.company.time_zone if config else "UTC"
    made = [dg.ScheduleDefinition(name="daily", job=daily, cron_schedule=DAILY_CRON, execution_timezone=zone)]
    for report in config.reports if config else ():
        made.append(
            dg.ScheduleDefinition(
                name=f"report_{report.id}",
                job=reports,
                cron_schedule=report.cron if is_valid_cron_schedule(report.cron) else HOURLY,
                execution_timezone=report.time_zone or zone,
                description=f"Deliver '{report.title or report.id}' where it is due.",
            )
        )
    return made
