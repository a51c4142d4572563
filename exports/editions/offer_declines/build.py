"""build(): the offer-decline view model from published core and marts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from exports.document.model import Frame
from exports.editions import offers_by_quarter
from exports.editions.absence import absent, loaded
from exports.editions.offer_declines.view import DepartmentOffers, Followup, OfferDeclines, OfferDeclinesOptions, ReasonShare
from exports.editions.provenance import provenance_of
from exports.editions.scope import Scope, find_scope
from exports.marts import Marts


def build(marts: Marts, options: OfferDeclinesOptions, frame: Frame) -> OfferDeclines:
    """The report's numbers for the newest quarter with a decline. A pure function of the version and the options."""
    state = marts.state
    scope = find_scope(marts, options)
    shown = offers_by_quarter.quarters(marts, scope, options.quarters)
    with_decline = [q.quarter for q in shown if q.declined_in_period_count]
    quarter = with_decline[-1] if with_decline else (shown[-1].quarter if shown else None)
    reasons = _reasons(marts, scope, quarter)
    facts = _facts(marts, scope)
    return OfferDeclines(
        not_loaded=absent(marts, "offers"),
        company=frame.company,
        scope=scope.label,
        quarter=quarter,
        quarters=shown,
        reasons=reasons,
        declined_in_quarter=_declines(marts, scope, quarter) if quarter else 0,
        declined_in_prior_quarter=_declines(marts, scope, _quarter_before(quarter)) if quarter else 0,
        departments=(
            loaded(marts, ("jobs", "departments"), lambda: _departments(marts, quarter)) if scope.slice_type == "company" else None
        ),
        followups=_followups(marts, scope),
        answered_followups=facts.answered_count,
        declined_count=facts.declined_count,
        has_users=marts.is_loaded("users"),
        has_jobs=marts.is_loaded("jobs"),
        specific_rate=facts.specific_count / facts.declined_count if facts.declined_count else None,
        provenance=provenance_of(marts),
        sections=options.sections,
        data_on=state.as_of.astimezone(ZoneInfo(state.time_zone)).date(),
    )


def _quarter_before(quarter: date) -> date:
    return date(quarter.year - 1, 10, 1) if quarter.month == 1 else date(quarter.year, quarter.month - 3, 1)


@dataclass(frozen=True)
class _Declines:
    declined_count: int


def _declines(marts: Marts, scope: Scope, quarter: date) -> int:
    """Offers declined in the quarter, whether the report shows it or not."""
    found = marts.one(
        _Declines,
        """
        select declined_in_period_count as declined_count from marts.offer_acceptance
        where slice_type = $slice_type and slice_key = $slice_key and quarter = $quarter
        """,
        scope.parameters | {"quarter": quarter},
    )
    return found.declined_count if found else 0


def _reasons(marts: Marts, scope: Scope, quarter: date | None) -> tuple[ReasonShare, ...]:
    return tuple(
        marts.rows(
            ReasonShare,
            """
            select
                decline_reason_code as reason_code, coalesce(decline_reason_name, decline_reason_code) as reason_name, declined_count,
                share_rate, prior_quarter_share_rate
            from marts.offer_decline_reasons
            where slice_type = $slice_type and slice_key = $slice_key and quarter = $quarter
            order by declined_count desc, reason_name
            """,
            scope.parameters | {"quarter": quarter},
        )
    )


def _departments(marts: Marts, quarter: date | None) -> tuple[DepartmentOffers, ...]:
    return tuple(
        marts.rows(
            DepartmentOffers,
            """
            with
                counted as (
                    select slice_key, coalesce(decline_reason_name, decline_reason_code) as reason_name, declined_count,
                        max(declined_count) over (partition by slice_key) as most_count
                    from marts.offer_decline_reasons
                    where slice_type = 'department' and quarter = $quarter
                ),
                named_most as (
                    select slice_key, string_agg(reason_name, ', ' order by reason_name) as reason_names
                    from counted where declined_count = most_count group by slice_key
                )
            select
                a.slice_name as department_name, a.accepted_count, a.declined_count, a.expired_count, a.acceptance_rate,
                named_most.reason_names as top_reason_names
            from marts.offer_acceptance as a
            left join named_most on a.slice_key = named_most.slice_key
            where a.slice_type = 'department' and a.quarter = $quarter
            order by a.declined_count + a.expired_count desc, a.acceptance_rate, a.slice_name
            """,
            {"quarter": quarter},
        )
    )


def _followups(marts: Marts, scope: Scope) -> tuple[Followup, ...]:
    """Open ones, oldest first."""
    return tuple(
        marts.rows(
            Followup,
            f"""
            select
                u.user_name as recruiter_name, f.recruiter_key is not null as has_recruiter, j.job_name, j.job_id,
                o.job_key is not null as has_job, f.declined_at, o.decline_reason_source_name as reason_source_name,
                o.decline_reason_code = 'unmapped' and o.decline_reason_source_name is not null as is_unmapped, f.hours_open
            from marts.offer_decline_followups as f
            inner join core.fct_offers as o on f.offer_key = o.offer_key
            left join core.dim_jobs as j on o.job_key = j.job_key
            left join core.dim_users as u on f.recruiter_key = u.user_key
            where not f.is_answered and {scope.where("o")}
            order by f.declined_at, f.offer_key
            """,
            {"slice_key": scope.slice_key},
        )
    )


@dataclass(frozen=True)
class _Facts:
    declined_count: int
    specific_count: int
    answered_count: int


def _facts(marts: Marts, scope: Scope) -> _Facts:
    found = marts.one(
        _Facts,
        f"""
        select
            count(*) filter (where o.status_code = 'declined') as declined_count,
            count(*) filter (where o.status_code = 'declined' and o.is_reason_specific) as specific_count,
            (
                select count(*) from marts.offer_decline_followups as f
                inner join core.fct_offers as o on f.offer_key = o.offer_key
                where f.is_answered and {scope.where("o")}
            ) as answered_count
        from core.fct_offers as o
        where {scope.where("o")} and not o.is_resolution_inferred
        """,
        {"slice_key": scope.slice_key},
    )
    assert found is not None
    return found
