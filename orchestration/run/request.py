"""What a run can be asked for, defined once.

The options of `funnelcast run`, the launchpad of Dagster's job `daily` and the arguments in the ledger of runs are all read from the fields of
`RunRequest`; a new one is a field here, and what it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from base import clock
from base.config import Config
from base.errors import ConfigError


@dataclass(frozen=True)
class Option:
    """How the command line spells a field. `metavar` stands for its value in the help."""

    flag: str
    metavar: str | None = None


class RunRequest(BaseModel):
    """As a person writes it, until `resolve`. Two starts with equal resolved requests are the same run when the first was killed."""

    as_of: Annotated[str | None, Option("--as-of")] = Field(
        default=None,
        description="Event clock: a date (its first instant in the company's zone) or an ISO time. Default: the end of the latest load.",
    )
    known_at: Annotated[str | None, Option("--known-at")] = Field(
        default=None, description="Knowledge clock: ignore what was learned at or after it. Default: everything."
    )
    sources: Annotated[list[str], Option("--source", metavar="NAME")] = Field(
        default=[], description="Load only the sources of these names. Default: all."
    )
    sweep: Annotated[bool, Option("--sweep")] = Field(
        default=False, description="List all ids now, to find what was deleted at the source. Default: every sweep_days."
    )
    from_log: Annotated[bool, Option("--from-log")] = Field(
        default=False, description="Ask no source and send nothing: transform, check and publish what the log holds."
    )

    def resolve(self, config: Config, *, now: datetime) -> RunRequest:
        """The same request as the ledger keeps it: instants in UTC, names of sources in order.

        Raises ConfigError for a name that sources.yml does not have, for a text that is no date or time and for an instant after `now`: a state as of
        tomorrow would stay the current one until then.
        """
        for name in self.sources:
            config.source(name)
        zone = config.company.time_zone
        return RunRequest(
            as_of=self._instant("as_of", zone, now),
            known_at=self._instant("known_at", zone, now),
            sources=sorted(set(self.sources)),
            sweep=self.sweep,
            from_log=self.from_log,
        )

    def spelled(self, field: str) -> str:
        """How whoever asks wrote the field: as an option of the command line."""
        return option_of(field).flag

    def _instant(self, field: str, zone: str, now: datetime) -> str | None:
        text: str | None = getattr(self, field)
        if not text:
            return None
        moment = clock.parse_instant(text, zone=zone, what=self.spelled(field))
        if moment > now:
            raise ConfigError(
                f"{self.spelled(field)}: {clock.iso(moment)} is in the future (now is {clock.iso(now)})",
                remedy="Give an earlier one, or leave it out for the newest.",
            )
        return clock.iso(moment)


def option_of(field: str) -> Option:
    """How the command line spells this field of RunRequest."""
    [option] = [item for item in RunRequest.model_fields[field].metadata if isinstance(item, Option)]
    return option
