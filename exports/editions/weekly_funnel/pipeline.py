"""The weekly funnel's numbers of who is where: the funnel, times in stage, who has the next step, and what is to be expected of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from base.seeds import seed_rows
from exports.editions.scope import Scope
from exports.editions.weekly_funnel.view import ForecastRow, FunnelRow, OwnerLoad, StageTime, StuckJob
from exports.marts import Marts

STUCK_JOBS = 5


def _chosen(stages: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """Condition and parameter for the stages a report shows."""
    return ("list_contains($stages, stage.stage_code)", {"stages": list(stages)}) if stages else ("true", {})


def funnel(marts: Marts, scope: Scope, stages: tuple[str, ...]) -> tuple[FunnelRow, ...]:
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


def times(marts: Marts, scope: Scope, stages: tuple[str, ...]) -> tuple[StageTime, ...]:
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


def owners(marts: Marts, scope: Scope) -> tuple[OwnerLoad, ...]:
    counts = ", ".join(
        f"count(*) filter (where b.needs_code = '{code}') as {code}_count" for code in ("decision", "scheduling", "feedback", "attention")
    )
    return tuple(
        marts.rows(
            OwnerLoad,
            f"""
            with
                waiting as (
                    select b.*, u.user_name, b.owner_key is not null and u.user_name is null as is_unnamed
                    from ({_board(scope)}) as b
                    left join core.dim_users as u on b.owner_key = u.user_key
                    where b.needs_code <> 'none'
                )
            select
                b.user_name as owner_name, count(distinct case when b.is_unnamed then b.owner_key end) as unnamed_count,
                {counts}, count(*) filter (where b.is_overdue) as overdue_count
            from waiting as b
            group by case when b.user_name is not null then b.owner_key end, b.user_name, b.is_unnamed
            order by overdue_count desc, count(*) desc, owner_name nulls last, unnamed_count
            """,
            {"slice_key": scope.slice_key},
        )
    )


def stuck(marts: Marts, scope: Scope) -> tuple[StuckJob, ...]:
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
                j.job_name, j.job_id, b.job_key is not null as has_job, stage.stage_name, count(*) filter (where b.is_stuck) as stuck_count, count(*) as waiting_count,
                max(b.days_in_stage) as longest_days, u.user_name as owner_name,
                case when list_contains($managers_stages, b.stage_code) then coalesce(j.hiring_manager_key, j.recruiter_key)
                     else j.recruiter_key end is not null as has_owner
            from judged as b
            left join core.dim_jobs as j on b.job_key = j.job_key
            inner join core.dim_stages as stage on b.stage_code = stage.stage_code
            left join core.dim_users as u
                on u.user_key = case when list_contains($managers_stages, b.stage_code) then coalesce(j.hiring_manager_key, j.recruiter_key)
                                     else j.recruiter_key end
            group by b.job_key, j.job_name, j.job_id, stage.stage_code, stage.stage_name, u.user_name, has_owner
            having count(*) filter (where b.is_stuck) >= 2
            order by stuck_count desc, longest_days desc, j.job_name, stage.stage_name, b.job_key
            limit {STUCK_JOBS}
            """,
            {"slice_key": scope.slice_key, "managers_stages": _managers_stages()},
        )
    )


def _managers_stages() -> list[str]:
    """The stages that hiring managers decide. At the others the recruiter does, or follows up on the candidate's decision."""
    return [row["stage_code"] for row in seed_rows("stage_deciders") if row["decider_role"] == "hiring_manager"]


def forecast(marts: Marts, scope: Scope) -> tuple[ForecastRow, ...]:
    return tuple(
        marts.rows(
            ForecastRow,
            """
            select
                stage.stage_code, stage.stage_name, f.active_count, f.unplaced_count, f.hire_pending_count, f.expected_hires, f.pooled_expected_hires,
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


def horizon(marts: Marts, scope: Scope) -> date | None:
    found = marts.one(
        _Horizon,
        "select max(horizon_on) as horizon_on from marts.forecast_expected_hires where slice_type = $slice_type and slice_key = $slice_key",
        scope.parameters,
    )
    return found.horizon_on if found else None
