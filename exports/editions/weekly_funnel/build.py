"""build(): the weekly funnel's view model from published core and marts. One query per part; nothing is computed that a mart holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from base.seeds import seed_rows
from exports.document.model import Frame
from exports.document.words import first_instant, week_before
from exports.editions import offers_by_quarter
from exports.editions.provenance import provenance_of
from exports.editions.scope import Scope, find_scope
from exports.editions.weekly_funnel.view import (
    ForecastRow,
    FunnelRow,
    HireSource,
    HireTime,
    LinkStat,
    OpenOffer,
    OwnerLoad,
    SourceCoverage,
    StageTime,
    StuckJob,
    WeekCounts,
    WeeklyFunnel,
    WeeklyFunnelOptions,
)
from exports.marts import Marts

SHOWN_QUARTERS, STUCK_JOBS, SHOWN_SOURCES, SHOWN_LINKS, SHOWN_MONTHS = 3, 5, 5, 3, 3


def build(marts: Marts, options: WeeklyFunnelOptions, frame: Frame) -> WeeklyFunnel:
    """The report's numbers for the seven whole local days before as_of's day. A pure function of the version and the options."""
    state = marts.state
    scope = find_scope(marts, options)
    first, last = week_before(state.as_of, state.time_zone)
    return WeeklyFunnel(
        company=frame.company,
        scope=scope.label,
        first_day=first,
        last_day=last,
        week=_week(marts, scope, first, state.time_zone),
        week_before=_week(marts, scope, first - timedelta(days=7), state.time_zone),
        funnel=_funnel(marts, scope, options.stages),
        times=_times(marts, scope, options.stages),
        owners=_owners(marts, scope),
        stuck=_stuck(marts, scope),
        quarters=offers_by_quarter.quarters(marts, scope, SHOWN_QUARTERS),
        open_offers=_open_offers(marts, scope),
        forecast=_forecast(marts, scope),
        horizon_on=_horizon(marts, scope),
        sources=_sources(marts, scope),
        links=_links(marts),
        hire_times=_hire_times(marts, scope),
        coverage=_coverage(marts),
        provenance=provenance_of(marts),
        sections=options.sections,
    )


def _week(marts: Marts, scope: Scope, first: date, zone: str) -> WeekCounts:
    window = {"start": first_instant(first, zone), "stop": first_instant(first + timedelta(days=7), zone), "slice_key": scope.slice_key}

    def inside(column: str) -> str:
        return f"{column} >= $start and {column} < $stop"

    found = marts.one(
        WeekCounts,
        f"""
        with
            applications as (select * from core.fct_applications as a where {scope.where("a")} and not a.is_prospect),
            offers as (select * from core.fct_offers as o where {scope.where("o")})
        select
            (select count(*) from applications where {inside("applied_at")}) as new_applications,
            (
                select count(distinct application_key) from core.fct_application_stages as s
                where {scope.where("s")} and {inside("s.advanced_at")}
            ) as advanced,
            (select count(*) from offers where {inside("extended_at")}) as offers_extended,
            (select count(*) from offers where status_code = 'accepted' and {inside("resolved_at")}) as offers_accepted,
            (select count(*) from offers where status_code = 'declined' and {inside("resolved_at")}) as offers_declined,
            (select count(*) from applications where status_code = 'hired' and {inside("hired_at")}) as hires
        """,
        window,
    )
    assert found is not None
    return found


def _chosen(stages: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """Condition and parameter for the stages a report shows."""
    return ("list_contains($stages, stage.stage_code)", {"stages": list(stages)}) if stages else ("true", {})


def _funnel(marts: Marts, scope: Scope, stages: tuple[str, ...]) -> tuple[FunnelRow, ...]:
    condition, parameters = _chosen(stages)
    return tuple(
        marts.rows(
            FunnelRow,
            f"""
            select
                stage.stage_code, stage.stage_name, f.reached_count, f.advanced_count, f.waiting_count,
                f.rejected_count + f.withdrawn_count + f.closed_count as left_count,
                f.reached_rate, f.resolved_rate, f.adjusted_rate, f.adjusted_rate_low, f.adjusted_rate_high
            from marts.funnel_passthrough as f
            inner join core.dim_stages as stage on f.stage_code = stage.stage_code
            where f.cohort_code = 'trailing_12m' and f.slice_type = $slice_type and f.slice_key = $slice_key and {condition}
            order by stage.stage_order
            """,
            scope.parameters | parameters,
        )
    )


def _times(marts: Marts, scope: Scope, stages: tuple[str, ...]) -> tuple[StageTime, ...]:
    condition, parameters = _chosen(stages)
    return tuple(
        marts.rows(
            StageTime,
            f"""
            select stage.stage_code, stage.stage_name, t.median_days, t.p90_days, t.waiting_count
            from marts.time_in_stage as t
            inner join core.dim_stages as stage on t.stage_code = stage.stage_code
            where t.slice_type = $slice_type and t.slice_key = $slice_key and stage.stage_code <> 'hired' and {condition}
            order by stage.stage_order
            """,
            scope.parameters | parameters,
        )
    )


def _board(scope: Scope) -> str:
    """pipeline_board within the scope; the slice keys are those of its applications."""
    return f"""
        select b.* from marts.pipeline_board as b
        inner join core.fct_applications as a on b.application_key = a.application_key
        where {scope.where("a")}
    """


def _owners(marts: Marts, scope: Scope) -> tuple[OwnerLoad, ...]:
    counts = ", ".join(
        f"count(*) filter (where b.needs_code = '{code}') as {code}_count" for code in ("decision", "scheduling", "feedback", "attention")
    )
    return tuple(
        marts.rows(
            OwnerLoad,
            f"""
            select coalesce(u.user_name, 'nobody named') as owner_name, {counts}, count(*) filter (where b.is_overdue) as overdue_count
            from ({_board(scope)}) as b
            left join core.dim_users as u on b.owner_key = u.user_key
            where b.needs_code <> 'none'
            group by b.owner_key, u.user_name
            order by overdue_count desc, count(*) desc, owner_name
            """,
            {"slice_key": scope.slice_key},
        )
    )


def _stuck(marts: Marts, scope: Scope) -> tuple[StuckJob, ...]:
    """Where at least two wait beyond the company's P75 of the stage; most first. The owner is who decides the stage, or pursues its decision."""
    return tuple(
        marts.rows(
            StuckJob,
            f"""
            with
                board as ({_board(scope)}),
                judged as (
                    select b.*, coalesce(b.days_in_stage > t.p75_days, false) as is_stuck
                    from board as b
                    left join marts.time_in_stage as t
                        on b.stage_code = t.stage_code and t.slice_type = 'company' and t.slice_key = 'all'
                )
            select
                j.job_name, stage.stage_name, count(*) filter (where b.is_stuck) as stuck_count, count(*) as waiting_count,
                max(b.days_in_stage) as longest_days, u.user_name as owner_name
            from judged as b
            inner join core.dim_jobs as j on b.job_key = j.job_key
            inner join core.dim_stages as stage on b.stage_code = stage.stage_code
            left join core.dim_users as u
                on u.user_key = case when list_contains($managers_stages, b.stage_code) then coalesce(j.hiring_manager_key, j.recruiter_key)
                                     else j.recruiter_key end
            group by j.job_key, j.job_name, stage.stage_code, stage.stage_name, u.user_name
            having count(*) filter (where b.is_stuck) >= 2
            order by stuck_count desc, longest_days desc, j.job_name, stage.stage_name, j.job_key
            limit {STUCK_JOBS}
            """,
            {"slice_key": scope.slice_key, "managers_stages": _managers_stages()},
        )
    )


def _managers_stages() -> list[str]:
    """The stages that hiring managers decide. At the others the recruiter does, or follows up on the candidate's decision."""
    return [row["stage_code"] for row in seed_rows("stage_deciders") if row["decider_role"] == "hiring_manager"]


def _open_offers(marts: Marts, scope: Scope) -> tuple[OpenOffer, ...]:
    return tuple(
        marts.rows(
            OpenOffer,
            f"""
            select j.job_name, u.user_name as recruiter_name, o.extended_at
            from core.fct_offers as o
            inner join core.dim_jobs as j on o.job_key = j.job_key
            left join core.dim_users as u on o.recruiter_key = u.user_key
            where o.status_code = 'open' and {scope.where("o")}
            order by o.extended_at, j.job_name, o.offer_key
            """,
            {"slice_key": scope.slice_key},
        )
    )


def _forecast(marts: Marts, scope: Scope) -> tuple[ForecastRow, ...]:
    return tuple(
        marts.rows(
            ForecastRow,
            """
            select
                stage.stage_code, stage.stage_name, f.active_count, f.expected_hires, f.pooled_expected_hires,
                r.candidates_needed as needed_for_one_hire, f.total_expected_hires
            from marts.forecast_expected_hires as f
            inner join core.dim_stages as stage on f.stage_code = stage.stage_code
            left join marts.forecast_required_pipeline as r
                on r.slice_type = f.slice_type and r.slice_key = f.slice_key and r.stage_code = f.stage_code and r.hires_wanted = 1
            where f.slice_type = $slice_type and f.slice_key = $slice_key
            order by stage.stage_order
            """,
            scope.parameters,
        )
    )


@dataclass(frozen=True)
class _Horizon:
    horizon_on: date | None


def _horizon(marts: Marts, scope: Scope) -> date | None:
    found = marts.one(
        _Horizon,
        "select max(horizon_on) as horizon_on from marts.forecast_expected_hires where slice_type = $slice_type and slice_key = $slice_key",
        scope.parameters,
    )
    return found.horizon_on if found else None


def _sources(marts: Marts, scope: Scope) -> tuple[HireSource, ...]:
    return tuple(
        marts.rows(
            HireSource,
            f"""
            with newest as (
                select max(quarter) as quarter from marts.source_of_hire
                where slice_type = $slice_type and slice_key = $slice_key and hires_count > 0
            )
            select s.quarter, s.source_name, s.hires_count, s.applications_count, s.hire_share_rate
            from marts.source_of_hire as s
            inner join newest on s.quarter = newest.quarter
            where s.slice_type = $slice_type and s.slice_key = $slice_key and s.hires_count > 0
            order by s.hires_count desc, s.applications_count, s.source_name
            limit {SHOWN_SOURCES}
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
    return tuple(
        marts.rows(
            SourceCoverage,
            """
            select source_system, max(loaded_at) as newest_loaded_at, cast(coalesce(sum(unmapped_count), 0) as bigint) as unmapped_count
            from marts.data_coverage
            group by source_system
            order by source_system
            """,
        )
    )
