"""When things run: the daily job early each morning in the company's zone, and each report's own cron from reports.yml.

A report's tick only delivers from what is published: the delivery ledger decides per subscriber and period what is due, so a missed, a
doubled or a late tick changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from base.config import Config, Report
from orchestration.instance.dagster_home import DAILY, REPORTS

#: Before people start work; the evening's changes are in, and most report crons (mornings) find fresh data.
DAILY_CRON = "0 4 * * *"

#: For a cron that our parser reads and Dagster's does not ("1L", the last Monday): the ledger knows which tick is due.
HOURLY = "5 * * * *"


def build_schedules(config: Config | None) -> Sequence[dg.ScheduleDefinition]:
    """The daily schedule, and one per configured report. Without a configuration: the daily one in UTC."""
    zone = config.company.time_zone if config else "UTC"
    daily = dg.ScheduleDefinition(name="daily", job_name=DAILY, cron_schedule=DAILY_CRON, execution_timezone=zone)
    return [daily, *(_report_schedule(report, zone) for report in (config.reports if config else ()))]


def _report_schedule(report: Report, zone: str) -> dg.ScheduleDefinition:
    def at(cron: str) -> dg.ScheduleDefinition:
        return dg.ScheduleDefinition(
            name=f"report_{report.id}",
            job_name=REPORTS,
            cron_schedule=cron,
            execution_timezone=report.time_zone or zone,
            description=f"Deliver '{report.title or report.id}' where it is due.",
        )

    try:
        return at(report.cron)
    except dg.DagsterInvalidDefinitionError:
        return at(HOURLY)
