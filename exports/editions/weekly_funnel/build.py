"""build(): the weekly funnel's view model from published core and marts. One query per part; nothing is computed that a mart holds."""

from __future__ import annotations

from datetime import date, timedelta

from base.slices import slices
from exports.document.model import Frame
from exports.document.words import first_instant, week_before
from exports.editions import offers_by_quarter
from exports.editions.absence import loaded
from exports.editions.provenance import provenance_of
from exports.editions.scope import Scope, find_scope
from exports.editions.weekly_funnel import pipeline
from exports.editions.weekly_funnel.view import (
    HireSource,
    HireTime,
    LinkStat,
    OpenOffer,
    SourceCoverage,
    Standing,
    WeekCounts,
    WeeklyFunnel,
    WeeklyFunnelOptions,
)
from exports.marts import Marts

SHOWN_QUARTERS, SHOWN_LINKS, SHOWN_MONTHS = 3, 3, 3


def build(marts: Marts, options: WeeklyFunnelOptions, frame: Frame) -> WeeklyFunnel:
    """The report's numbers for the seven whole local days before as_of's day. A pure function of the version and the options."""
    state = marts.state
    scope = find_scope(marts, options)
    first, last = week_before(state.as_of, state.time_zone)
    applications = ("applications",)
    return WeeklyFunnel(
        company=frame.company,
        scope=scope.label,
        first_day=first,
        last_day=last,
        week=loaded(marts, applications, lambda: _week(marts, scope, first, state.time_zone)),
        week_before=loaded(marts, applications, lambda: _week(marts, scope, first - timedelta(days=7), state.time_zone)),
        standing=_standing(marts, scope),
        funnel=loaded(marts, applications, lambda: pipeline.funnel(marts, scope, options.stages)),
        times=loaded(marts, ("applications", "stage_visits"), lambda: pipeline.times(marts, scope, options.stages)),
        owners=loaded(marts, applications, lambda: pipeline.owners(marts, scope)),
        stuck=loaded(marts, ("jobs", "stage_visits"), lambda: pipeline.stuck(marts, scope)),
        quarters=loaded(marts, ("offers",), lambda: offers_by_quarter.quarters(marts, scope, SHOWN_QUARTERS)),
        open_offers=_open_offers(marts, scope),
        forecast=(
            loaded(marts, ("applications", "jobs"), lambda: pipeline.forecast(marts, scope))
            if slices()[scope.slice_type].is_decided_by_requisition
            else None
        ),
        horizon_on=pipeline.horizon(marts, scope),
        sources=loaded(marts, ("applications", "sources"), lambda: _sources(marts, scope)),
        links=loaded(marts, ("outreach_messages", "message_links", "email_events"), lambda: _links(marts)),
        hire_times=_hire_times(marts, scope),
        coverage=_coverage(marts),
        has_visits=marts.is_loaded("stage_visits"),
        has_users=marts.is_loaded("users"),
        has_jobs=marts.is_loaded("jobs"),
        provenance=provenance_of(marts),
        sections=options.sections,
        stages=options.stages,
    )


def _standing(marts: Marts, scope: Scope) -> Standing:
    found = marts.one(
        Standing,
        f"""
        with last_year as (
            select stage_code, reached_count from marts.funnel_passthrough
            where cohort_code = 'trailing_12m' and slice_type = $slice_type and slice_key = $slice_key
        )
        select
            count(*) as recorded_count,
            count(*) filter (where a.status_code = 'active') as active_count,
            count(*) filter (where a.status_code = 'hired') as hired_count,
            (select coalesce(max(reached_count), 0) from last_year) as applied_count,
            (select coalesce(max(reached_count), 0) from last_year where stage_code = 'offer') as offer_count
        from core.fct_applications as a
        where {scope.where("a")} and not a.is_prospect
        """,
        scope.parameters,
    )
    assert found is not None
    return found


def _week(marts: Marts, scope: Scope, first: date, zone: str) -> WeekCounts:
    window = {"start": first_instant(first, zone), "stop": first_instant(first + timedelta(days=7), zone), "slice_key": scope.slice_key}

    def inside(column: str) -> str:
        return f"{column} >= $start and {column} < $stop"

    has_visits, has_offers = (
        "true" if marts.is_loaded(table) else "false" for table in ("stage_visits", "offers")
    )  # what counts nothing because it was not loaded is null
    found = marts.one(
        WeekCounts,
        f"""
        with
            applications as (select * from core.fct_applications as a where {scope.where("a")} and not a.is_prospect),
            offers as (select * from core.fct_offers as o where {scope.where("o")}),
            answers as (select * from offers where not is_resolution_inferred)
        select
            (select count(*) from applications where {inside("applied_at")}) as new_applications,
            (
                select count(distinct application_key) from core.fct_application_stages as s
                where {scope.where("s")} and {inside("s.advanced_at")} having {has_visits}
            ) as advanced,
            (select count(*) from offers where {inside("extended_at")} having {has_offers}) as offers_extended,
            (select count(*) from answers where status_code = 'accepted' and {inside("resolved_at")} having {has_offers}) as offers_accepted,
            (select count(*) from answers where status_code = 'declined' and {inside("resolved_at")} having {has_offers}) as offers_declined,
            (select count(*) from applications where status_code = 'hired' and {inside("hired_at")}) as hires
        """,
        window,
    )
    assert found is not None
    return found


def _open_offers(marts: Marts, scope: Scope) -> tuple[OpenOffer, ...]:
    return tuple(
        marts.rows(
            OpenOffer,
            f"""
            select j.job_name, j.job_id, o.job_key is not null as has_job, u.user_name as recruiter_name, o.recruiter_key is not null as has_recruiter, o.extended_at
            from core.fct_offers as o
            left join core.dim_jobs as j on o.job_key = j.job_key
            left join core.dim_users as u on o.recruiter_key = u.user_key
            where o.status_code = 'open' and {scope.where("o")}
            order by o.extended_at, j.job_name, o.offer_key
            """,
            {"slice_key": scope.slice_key},
        )
    )


def _sources(marts: Marts, scope: Scope) -> tuple[HireSource, ...]:
    return tuple(
        marts.rows(
            HireSource,
            """
            with newest as (
                select max(quarter) as quarter from marts.source_of_hire
                where slice_type = $slice_type and slice_key = $slice_key and hires_count > 0
            )
            select s.quarter, s.source_name, s.hires_count, s.applications_count, s.hire_share_rate
            from marts.source_of_hire as s
            inner join newest on s.quarter = newest.quarter
            where s.slice_type = $slice_type and s.slice_key = $slice_key and s.hires_count > 0
            order by s.hires_count desc, s.applications_count, s.source_name
            """,
            scope.parameters,
        )
    )


def _links(marts: Marts) -> tuple[LinkStat, ...]:
    """Content links that were clicked by at least ten people, those that bring most replies per click first. Company-wide."""
    return tuple(
        marts.rows(
            LinkStat,
            f"""
            select link_url as link, recipients_count, clicked_count, replied_and_clicked_count, replied_rate_per_clicked
            from marts.outreach_link_stats
            where clicked_count >= 10 and not is_scheduling and not is_linkedin
            order by replied_rate_per_clicked desc, clicked_count desc, link_url
            limit {SHOWN_LINKS}
            """,
        )
    )


def _hire_times(marts: Marts, scope: Scope) -> tuple[HireTime, ...]:
    return tuple(
        marts.rows(
            HireTime,
            f"""
            select month, n_count, median_days, p90_days from marts.time_to_hire
            where slice_type = $slice_type and slice_key = $slice_key
            order by month desc
            limit {SHOWN_MONTHS}
            """,
            scope.parameters,
        )
    )


def _coverage(marts: Marts) -> tuple[SourceCoverage, ...]:
    kinds = ("quarantined", "orphan", "unplaced", "start_date", "contradicted_exit", "undated", "out_of_order")
    counts = ", ".join(f"cast(coalesce(sum({kind}_count), 0) as bigint) as {kind}_count" for kind in kinds)
    return tuple(
        marts.rows(
            SourceCoverage,
            f"""
            select
                source_system, max(loaded_at) as newest_loaded_at,
                (select count(*) from marts.unmapped_names as n where n.source_system = c.source_system) as unmapped_names_count, {counts}
            from marts.data_coverage as c
            group by source_system
            order by source_system
            """,
        )
    )
