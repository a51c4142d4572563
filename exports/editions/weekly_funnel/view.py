"""View model of the weekly funnel and traction report (R1): typed numbers, as published, without words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import field_validator

from base.seeds import seed_codes
from exports.document.model import Provenance
from exports.editions.absence import NotLoaded
from exports.editions.offers_by_quarter import QuarterOffers
from exports.editions.report_options import Options, check_name


class WeeklyFunnelOptions(Options):
    """`stages`: canonical stage codes to show, in funnel order whatever the order given; none = all."""

    stages: tuple[str, ...] = ()

    @field_validator("stages")
    @classmethod
    def _known_stages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        known = seed_codes("canonical_stages", "stage_code")
        for number, stage in enumerate(value):
            check_name("stage", stage, known, number)
        return value


@dataclass(frozen=True)
class WeekCounts:
    """Applications of one week, by the event's date (activity view: the people of two figures need not be the same).

    None where no source brings the stage visits or the offers that the figure counts.
    """

    new_applications: int
    advanced: int | None
    offers_extended: int | None
    offers_accepted: int | None
    offers_declined: int | None
    hires: int


@dataclass(frozen=True)
class FunnelRow:
    """marts.funnel_passthrough, trailing 12 months."""

    stage_code: str
    stage_name: str
    reached_count: int
    advanced_count: int
    waiting_count: int
    left_count: int
    reached_rate: float | None
    resolved_rate: float | None
    adjusted_rate: float | None
    adjusted_rate_low: float | None
    adjusted_rate_high: float | None


@dataclass(frozen=True)
class StageTime:
    """marts.time_in_stage."""

    stage_code: str
    stage_name: str
    median_days: float | None
    p90_days: float | None
    waiting_count: int


@dataclass(frozen=True)
class OwnerLoad:
    """marts.pipeline_board by owner: who has the next step for how many candidates.

    Without a name: those whom no list of users has (`unnamed_count` of them together), and where nobody is the owner (0).
    """

    owner_name: str | None
    unnamed_count: int
    decision_count: int
    scheduling_count: int
    feedback_count: int
    attention_count: int
    overdue_count: int

    @property
    def total(self) -> int:
        return self.decision_count + self.scheduling_count + self.feedback_count + self.attention_count


@dataclass(frozen=True)
class StuckJob:
    """A requisition's stage where candidates have waited longer than three of four did in that stage company-wide."""

    job_name: str | None
    job_id: str | None
    has_job: bool
    stage_name: str
    stuck_count: int
    waiting_count: int
    longest_days: float
    owner_name: str | None
    has_owner: bool


@dataclass(frozen=True)
class OpenOffer:
    """An offer extended and not answered. `has_recruiter` without a name: no list of users has that recruiter; `has_job` likewise."""

    job_name: str | None
    job_id: str | None
    has_job: bool
    recruiter_name: str | None
    has_recruiter: bool
    extended_at: datetime | None


@dataclass(frozen=True)
class ForecastRow:
    """marts.forecast_expected_hires of the slice, with what one more hire needs (forecast_required_pipeline)."""

    stage_code: str
    stage_name: str
    active_count: int
    unplaced_count: int
    hire_pending_count: int
    expected_hires: float | None
    pooled_expected_hires: float | None
    needed_for_one_hire: int | None
    total_expected_hires: int


@dataclass(frozen=True)
class HireSource:
    """marts.source_of_hire of the newest quarter with a hire."""

    quarter: date
    source_name: str | None
    hires_count: int
    applications_count: int
    hire_share_rate: float | None


@dataclass(frozen=True)
class LinkStat:
    """marts.outreach_link_stats."""

    link: str
    recipients_count: int
    clicked_count: int
    replied_and_clicked_count: int
    replied_rate_per_clicked: float | None


@dataclass(frozen=True)
class HireTime:
    """marts.time_to_hire of one month."""

    month: date
    n_count: int
    median_days: float | None
    p90_days: float | None


@dataclass(frozen=True)
class SourceCoverage:
    """marts.data_coverage, per source, with its names of marts.unmapped_names."""

    source_system: str
    newest_loaded_at: datetime | None
    unmapped_names_count: int
    quarantined_count: int
    orphan_count: int
    unplaced_count: int
    start_date_count: int
    contradicted_exit_count: int
    undated_count: int
    out_of_order_count: int


@dataclass(frozen=True)
class Standing:
    """How many applications of the scope there are by now, whatever the period: what a section without rows must not contradict."""

    recorded_count: int
    active_count: int
    hired_count: int
    #: Of the last 12 months, whichever stages the report shows.
    applied_count: int
    offer_count: int


@dataclass(frozen=True)
class WeeklyFunnel:
    """Everything the report says. `first_day` to `last_day` are the week's seven local days.

    A part is NotLoaded where no source brings its tables. `forecast` is None for a slice that is not forecast.
    """

    company: str
    scope: str
    first_day: date
    last_day: date
    week: WeekCounts | NotLoaded
    week_before: WeekCounts | NotLoaded
    standing: Standing
    funnel: tuple[FunnelRow, ...] | NotLoaded
    times: tuple[StageTime, ...] | NotLoaded
    owners: tuple[OwnerLoad, ...] | NotLoaded
    stuck: tuple[StuckJob, ...] | NotLoaded
    quarters: tuple[QuarterOffers, ...] | NotLoaded
    open_offers: tuple[OpenOffer, ...]
    forecast: tuple[ForecastRow, ...] | NotLoaded | None
    horizon_on: date | None
    sources: tuple[HireSource, ...] | NotLoaded
    links: tuple[LinkStat, ...] | NotLoaded
    hire_times: tuple[HireTime, ...]
    coverage: tuple[SourceCoverage, ...]
    #: Whether stages that were passed are known, or only the present one.
    has_visits: bool
    has_users: bool
    has_jobs: bool
    provenance: Provenance
    sections: tuple[str, ...]
    #: The stages that the report shows; none are all.
    stages: tuple[str, ...]
