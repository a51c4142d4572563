"""reports.yml: which reports go to whom, when."""

from __future__ import annotations

from typing import Any, Literal

from cronsim import CronSim, CronSimError
from pydantic import Field, field_validator

from base.config.strict import Strict, known_zone


class Subscriber(Strict):
    """One recipient of a report. `channel` email: `address` is an email; slack: a channel or user id; files: a folder name."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    channel: str
    address: str
    time_zone: str | None = None
    paused: bool = False

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        return None if value is None else known_zone(value)


class Report(Strict):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    edition: str
    title: str | None = None
    cron: str
    time_zone: str | None = None
    send_window_hours: float = Field(default=48, gt=0)
    on_ambiguous: Literal["resend", "hold"] = "resend"
    subscribers: tuple[Subscriber, ...] = ()
    options: dict[str, Any] = Field(default_factory=dict)

    @field_validator("cron")
    @classmethod
    def _valid_cron(cls, value: str) -> str:
        from datetime import UTC, datetime

        try:
            CronSim(value, datetime(2026, 1, 1, tzinfo=UTC))
        except CronSimError as error:
            raise ValueError(f"'{value}' is not a cron expression ({error})") from error
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        return None if value is None else known_zone(value)


class ReportsFile(Strict):
    reports: tuple[Report, ...] = ()
