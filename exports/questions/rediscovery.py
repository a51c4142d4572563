"""Past candidates worth another look (marts.rediscovery_pool), chosen by filters alone: no score, no ranking, no demographic filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from base import csv_files
from base.clock import iso
from base.errors import ConfigError
from base.personal_data import Place
from base.registry import did_you_mean
from exports.marts import Marts

PLACES = (
    Place(
        "lists of past candidates",
        "the list is the company's own file, with names where they were asked for",
        holds=("names", "keys", "employees"),
        erasure="tell",
        format="CSV",
        elsewhere="the file that `funnelcast rediscover --csv` names",
    ),
)


@dataclass(frozen=True)
class Filters:
    """What to look for; an empty tuple or None does not filter. `at_least_stage` is a canonical stage code, `ratings` are best ratings."""

    job_families: tuple[str, ...] = ()
    at_least_stage: str | None = None
    ratings: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    only_silver_medalists: bool = False
    only_clicked: bool = False
    quiet_days: int | None = None
    with_hindered: bool = False


@dataclass(frozen=True)
class PastCandidate:
    """One past candidate x job family; ids lead to the person in the source."""

    candidate_key: str
    source_system: str
    application_id: str
    job_family: str
    furthest_stage_code: str
    is_silver_medalist: bool
    best_rating_code: str | None
    close_reason_code: str | None
    last_closed_at: datetime | None
    declined_offer_at: datetime | None
    has_clicked_without_reply: bool
    last_contact_at: datetime | None
    last_contact_by: str | None
    is_contactable: bool
    contact_hindrance_code: str | None


COLUMNS = tuple(field.name for field in fields(PastCandidate))


@dataclass(frozen=True)
class _Code:
    code: str


def past_candidates(marts: Marts, filters: Filters) -> list[PastCandidate]:
    """Those who fit, whose application ended last first. Raises ConfigError for a family or stage that is not there, naming those that are."""
    _check(marts, "job family", filters.job_families, "select distinct job_family as code from published.marts.rediscovery_pool order by 1")
    stages = (filters.at_least_stage,) if filters.at_least_stage else ()
    in_process = (
        "select stage_code as code from published.core.dim_stages where stage_order is not null and not is_outreach order by stage_order"
    )
    _check(marts, "stage", stages, in_process)
    query = """
        select
            p.candidate_key, a.source_system, a.application_id, p.job_family, p.furthest_stage_code, p.is_silver_medalist,
            p.best_rating_code, p.close_reason_code, p.last_closed_at, p.declined_offer_at, p.has_clicked_without_reply,
            p.last_contact_at, u.user_name as last_contact_by, p.is_contactable, p.contact_hindrance_code
        from published.marts.rediscovery_pool as p
        inner join published.core.fct_applications as a on a.application_key = p.last_application_key
        left join published.core.dim_users as u on u.user_key = p.last_contact_by_key
        where
            (len($job_families) = 0 or list_contains($job_families, p.job_family))
            and (
                $at_least_stage is null
                or p.furthest_stage_order >= (select stage_order from published.core.dim_stages where stage_code = $at_least_stage)
            )
            and (len($ratings) = 0 or list_contains($ratings, p.best_rating_code))
            and (len($reasons) = 0 or list_contains($reasons, p.close_reason_code))
            and (p.is_silver_medalist or not $only_silver_medalists)
            and (p.has_clicked_without_reply or not $only_clicked)
            and ($quiet_days is null or p.last_contact_at is null or p.last_contact_at <= p.as_of - to_days($quiet_days))
            and (p.is_contactable or $with_hindered)
        order by p.last_closed_at desc nulls last, p.candidate_key, p.job_family
    """
    given = {field.name: getattr(filters, field.name) for field in fields(Filters)}
    return marts.rows(PastCandidate, query, {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()})


def write_csv(path: Path, found: Sequence[PastCandidate], names: Mapping[str, str] | None = None) -> None:
    """The rows as CSV, readable by the owner alone; with `names`, a first column of them."""
    lead = ["candidate_name"] if names is not None else []
    rows = ([*([names.get(row.candidate_key, "")] if names is not None else []), *map(_plain, astuple(row))] for row in found)
    csv_files.write_csv(path, [*lead, *COLUMNS], rows)


def as_document(row: PastCandidate) -> dict[str, object]:
    """The row for a program: instants as ISO text."""
    return {name: _plain(getattr(row, name)) for name in COLUMNS}


def _plain(value: object) -> object:
    return iso(value.replace(tzinfo=UTC)) if isinstance(value, datetime) else value


def _check(marts: Marts, what: str, wanted: Sequence[str], query: str) -> None:
    known = [row.code for row in marts.rows(_Code, query)] if wanted else []
    for value in wanted:
        if value not in known:
            raise ConfigError(f"No past candidate has the {what} '{value}'", remedy=did_you_mean(value, known))
