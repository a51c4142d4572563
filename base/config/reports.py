"""reports.yml: which reports go to whom, when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, model_validator

from base.config.strict import Mistake, Strict
from base.config.values import Line, Number, Zone, matching


class Subscriber(Strict):
    """One recipient of a report. `channel` email: `address` is an email; slack: a channel or user id; files: a folder name."""

    written_in = "reports.yml"

    id: Annotated[str, matching(r"[a-z0-9][a-z0-9_-]{0,63}", "small letters, digits, _ and -, up to 64")]
    channel: str
    address: Annotated[str, matching(r"(?=.*\S)[^\r\n]{1,1000}", "one line of text")]
    time_zone: Zone | None = None
    paused: bool = False


def _cron(text: str) -> str:
    # Six fields would be seconds first, and every hour of the week something else than what was meant.
    if len(text.split()) != 5:
        raise ValueError(f"'{text}' is not a cron expression of five fields (minute, hour, day, month, weekday)")
    try:
        next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise ValueError(f"'{text}' is not a cron expression ({str(error).lower()})") from error
    except StopIteration as error:
        raise ValueError(f"'{text}' never happens: no such day exists") from error
    return text


class Report(Strict):
    written_in = "reports.yml"

    id: Annotated[str, matching(r"[a-z][a-z0-9_]{0,63}", "a small letter, then small letters, digits or _, up to 64")]
    edition: str
    title: Line | None = None
    cron: Annotated[str, AfterValidator(_cron)]
    time_zone: Zone | None = None
    send_window_hours: Number = Field(default=48, gt=0, le=24 * 366)
    on_ambiguous: Literal["resend", "hold"] = "resend"
    subscribers: tuple[Subscriber, ...] = ()
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _distinct(self) -> Report:
        check_distinct(self.subscribers, "id", "subscribers")
        return self


class ReportsFile(Strict):
    written_in = "reports.yml"

    reports: tuple[Report, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> ReportsFile:
        check_distinct(self.reports, "id", "reports")
        return self


def check_distinct(parts: Sequence[Strict], key: str, *above: str) -> None:
    """Raises Mistake where a part's `key` has the value of an earlier one's; `above` leads to the list of them."""
    seen: dict[object, Strict] = {}
    for number, part in enumerate(parts):
        value = getattr(part, key)
        if value in seen:
            first = seen[value].place(key)
            raise Mistake(f"'{value}' is used twice (first in {first})", *above, number, key, remedy="Give each its own.")
        seen[value] = part
