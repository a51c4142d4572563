"""Configuration: YAML with line numbers, checked against typed models, every mistake named by file, line and key.

Files in the configuration folder (docs/configuration.md). Only sources.yml is needed; every other has working defaults.

    sources.yml    where the data comes from
    company.yml    name, time zone, working hours, where to deliver
    reports.yml    which reports go to whom, when
    mappings/*.csv the tenant's stage, reason and source names -> canonical codes, with dates (read by dbt, not here)
"""

from base.config.company import (
    AdverseImpact,
    ClockLimits,
    Company,
    Delivery,
    Outreach,
    Owner,
    Quality,
    Rediscovery,
    Web,
    WorkingHours,
    company_model,
)
from base.config.load import Config, Known, files_of, load_config
from base.config.reports import Report, ReportsFile, Subscriber
from base.config.sources import Source, SourcesFile, TableMapping, Webhooks
from base.config.strict import Checks, Mistake, Strict
from base.config.values import EnvironmentVariable

__all__ = [
    "AdverseImpact",
    "Checks",
    "ClockLimits",
    "Company",
    "Config",
    "Delivery",
    "EnvironmentVariable",
    "Known",
    "Mistake",
    "Outreach",
    "Owner",
    "Quality",
    "Rediscovery",
    "Report",
    "ReportsFile",
    "Source",
    "SourcesFile",
    "Strict",
    "Subscriber",
    "TableMapping",
    "Web",
    "Webhooks",
    "WorkingHours",
    "company_model",
    "files_of",
    "load_config",
]
