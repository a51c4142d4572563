"""View model of the offer-decline report (R7): typed numbers, as published. Recruiters are named, candidates never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import Field

from base.config.values import Whole
from exports.document.model import Provenance
from exports.editions.absence import NotLoaded
from exports.editions.offers_by_quarter import QuarterOffers
from exports.editions.report_options import Options


class OfferDeclinesOptions(Options):
    """`quarters`: how many quarters of acceptance to show."""

    quarters: Whole = Field(default=5, ge=1, le=40)


@dataclass(frozen=True)
class ReasonShare:
    """marts.offer_decline_reasons of one quarter."""

    reason_code: str
    reason_name: str
    declined_count: int
    share_rate: float
    prior_quarter_share_rate: float | None


@dataclass(frozen=True)
class DepartmentOffers:
    """marts.offer_acceptance of one department in the report's quarter, with its most given reason."""

    department_name: str
    accepted_count: int
    declined_count: int
    expired_count: int
    acceptance_rate: float | None
    top_reason_names: str | None


@dataclass(frozen=True)
class Followup:
    """A decline without a specific reason that nobody has asked about yet."""

    recruiter_name: str | None
    has_recruiter: bool
    job_name: str | None
    job_id: str | None
    has_job: bool
    declined_at: datetime
    reason_source_name: str | None
    is_unmapped: bool
    hours_open: float


@dataclass(frozen=True)
class OfferDeclines:
    """`quarter` is the newest with a decline (or with an offer when nobody declined); None without any offer.

    `not_loaded` where no source brings offers: then every other part is empty and says nothing. `departments` are None for a slice.
    """

    not_loaded: NotLoaded | None

    company: str
    scope: str
    quarter: date | None
    quarters: tuple[QuarterOffers, ...]
    reasons: tuple[ReasonShare, ...]
    declined_in_quarter: int
    declined_in_prior_quarter: int
    departments: tuple[DepartmentOffers, ...] | NotLoaded | None
    followups: tuple[Followup, ...]
    answered_followups: int
    declined_count: int
    has_users: bool
    has_jobs: bool
    specific_rate: float | None
    provenance: Provenance
    sections: tuple[str, ...]
    data_on: date
