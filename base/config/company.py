"""company.yml: name, time zone, working hours, where to deliver, what the company decides about its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from ipaddress import ip_network
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, IPvAnyNetwork, create_model, field_validator, model_validator

from base.config.strict import Mistake, Strict
from base.config.values import ClockTime, Day, Line, Number, Whole, Zone, matching

SectionT = TypeVar("SectionT", bound=Strict)


class WorkingHours(Strict):
    start: ClockTime = time(9)
    end: ClockTime = time(17)
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(
        default=("mon", "tue", "wed", "thu", "fri"), min_length=1
    )
    holidays: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> WorkingHours:
        if self.start >= self.end:
            remedy = "Hours over midnight cannot be said; give those of the day."
            key = "end" if "end" in self.model_fields_set else "start"
            raise Mistake(f"the end, {self.end:%H:%M}, is not after the start, {self.start:%H:%M}", key, remedy=remedy)
        return self


Findings = Literal[
    "reference", "no_difference_seen", "difference_may_be_chance", "difference_seen", "too_few", "not_compared", "suppressed"
]


class Outreach(Strict):
    """How long after a message an application counts as brought by it."""

    attribution_window_days: Literal[30, 60, 90] = 90


class Rediscovery(Strict):
    """How long after their last application or contact a past candidate may be written to."""

    retention_days: Whole = Field(default=730, ge=1, le=36_500)


class AdverseImpact(Strict):
    """How groups are held beside each other (docs/adverse-impact.md): thresholds and words are the company's, not the law's."""

    period: Literal["quarter", "year"] = "quarter"
    maturity_days: Whole = Field(default=90, ge=0, le=3_650)
    least_people: Whole = Field(default=10, ge=5, le=100)
    few_outcomes: Whole = Field(default=4, ge=1, le=20)
    ratio: tuple[Whole, Whole] = (4, 5)
    reference_share: Number = Field(default=0.02, ge=0, lt=1)
    level: Number = Field(default=0.05, gt=0, lt=1)
    few_people: Whole = Field(default=30, ge=1, le=100_000)
    wording: dict[Findings, str] = Field(default_factory=dict)

    @field_validator("ratio")
    @classmethod
    def _below_one(cls, value: tuple[int, int]) -> tuple[int, int]:
        if not 0 < value[0] < value[1] <= 1_000_000:
            raise ValueError("must be two whole numbers, the smaller first: [4, 5]")
        return value


class Delivery(Strict):
    """`enabled: false` (the default) renders everything and sends nothing. company_model adds the sections that channels need (smtp, ...)."""

    enabled: bool = False
    allowed_domains: tuple[
        Annotated[str, matching(r"@?[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)*", "a domain, like example.com")], ...
    ] = ()

    def section(self, model: type[SectionT]) -> SectionT | None:
        """The settings of the channel that has this model; None where company.yml does not say."""
        return next((value for _, value in self if isinstance(value, model)), None)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the environment variables that channels read a secret from: the keys of their sections that end in `_env`."""
        sections = [value for _, value in self if isinstance(value, Strict)]
        return tuple(value for section in sections for key, value in section if key.endswith("_env") and value)


class Owner(Strict):
    """Who hears of a failed run and of ambiguous deliveries."""

    email: str | None = None
    slack_channel: str | None = None


class Quality(Strict):
    """What the gate does about changes in the shape of the data: per change another action than the rule's own, and what a person accepts.

    `accepted`: `stream.field` or `source.stream.field`.
    """

    drift: dict[
        Literal["new_field", "vanished_field", "null_flood", "retyped_field", "restructured_field", "new_value"],
        Literal["note", "warn", "block"],
    ] = Field(default_factory=dict)
    accepted: tuple[str, ...] = ()


class ClockLimits(Strict):
    """How far this machine's clock may be from the evidence (docs/operations.md, "The clock")."""

    largest_difference_minutes: float = Field(default=15, gt=0, le=24 * 60)
    longest_gap_days: float = Field(default=366, ge=0)


class Web(Strict):
    """What the web server (`funnelcast webhooks serve`) answers. `allowed_hosts`: none means its own address and this machine's names."""

    allowed_hosts: tuple[
        Annotated[str, matching(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:]+", "a host without port, like hooks.example.com")], ...
    ] = ()
    trusted_proxies: tuple[IPvAnyNetwork, ...] = (ip_network("127.0.0.0/8"), ip_network("::1"))
    connections_per_address: Whole = Field(default=32, ge=1, le=100_000)


class Company(Strict):
    name: Line = "Our company"
    time_zone: Zone = "UTC"
    working_hours: WorkingHours = WorkingHours()
    owner: Owner = Owner()
    quality: Quality = Quality()
    delivery: Delivery = Delivery()
    outreach: Outreach = Outreach()
    rediscovery: Rediscovery = Rediscovery()
    adverse_impact: AdverseImpact = AdverseImpact()
    web: Web = Web()
    clock: ClockLimits = ClockLimits()


def company_model(delivery_sections: Mapping[str, type[Strict]]) -> type[Company]:
    """Company with the channels' sections as keys of `delivery`."""
    fields: dict[str, Any] = {name: (model | None, None) for name, model in delivery_sections.items()}
    delivery = create_model("Delivery", __base__=Delivery, **fields)
    return create_model("Company", __base__=Company, delivery=(delivery, delivery()))
