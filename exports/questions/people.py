"""Questions about hiring managers, roles and who has to act."""

from __future__ import annotations

from collections.abc import Sequence

from exports.document.ties import at_the_top, named
from exports.document.words import day, days, number, plural
from exports.questions.narrowing import equals, of_members, where
from exports.questions.options import only
from exports.questions.question import Parameter, Question, Row, Values


def _selective_sql(values: Values) -> str:
    stages = equals("s.stage_code", values["at"]) or "s.stage_code in ('hm_review', 'onsite')"
    return f"""
select 'hiring manager' as who, u.user_name as name, stage.stage_name as stage, s.selectivity_ratio, s.selectivity_ratio_low, s.selectivity_ratio_high, s.n_count
from marts.hiring_manager_scorecard s join core.dim_users u on u.user_key = s.hiring_manager_key join core.dim_stages stage using (stage_code)
where {stages} and s.selectivity_ratio is not null
union all
select 'department', d.department_name, stage.stage_name, s.selectivity_ratio, s.selectivity_ratio_low, s.selectivity_ratio_high, s.n_count
from marts.department_selectivity s join core.dim_departments d using (department_key) join core.dim_stages stage using (stage_code)
where {stages} and s.selectivity_ratio is not null
order by selectivity_ratio, name, stage"""


def _selective_words(rows: Sequence[Row], values: Values) -> str:
    most = at_the_top(rows, lambda row: number(row["selectivity_ratio"], 2))
    row, what = most[0], "times as many as is usual for the same roles"
    below = "Below 1 is more selective; an interval across 1 may be chance."
    if len(most) > 1:
        who = named([f"{tied['who']} {tied['name']} at {tied['stage']}" for tied in most])
        return f"Most selective: {who}, each passing {number(row['selectivity_ratio'], 2)} {what}. {below}"
    return (
        f"Most selective: {row['who']} {row['name']} at {row['stage']} passes {number(row['selectivity_ratio'], 2)} {what} "
        f"({number(row['selectivity_ratio_low'], 2)} to {number(row['selectivity_ratio_high'], 2)}, n = {row['n_count']}). {below}"
    )


def _easy_sql(values: Values) -> str:
    return """
select job_family, median_days_to_fill, applications_per_hire, offer_acceptance_rate, difficulty_rank
from marts.role_difficulty
where difficulty_rank is not null
order by difficulty_rank desc, job_family"""


def _easy_words(rows: Sequence[Row], values: Values) -> str:
    easiest = at_the_top(rows, lambda row: row["difficulty_rank"])
    hardest = at_the_top(rows[::-1], lambda row: row["difficulty_rank"])
    if len(easiest) == len(rows):
        return f"Only one rank is known, so no role is easier than another: {named([row['job_family'] for row in rows])}."
    return (
        f"Easiest to fill: {_roles(easiest)}; hardest: {_roles(hardest)}. By time to fill, applications per hire and acceptance together."
    )


def _roles(rows: Sequence[Row]) -> str:
    if len(rows) > 1:
        return named([row["job_family"] for row in rows])
    return f"{rows[0]['job_family']} (median {days(rows[0]['median_days_to_fill'])} to fill)"


def _overdue_sql(values: Values) -> str:
    return f"""
select j.job_name as job, u.user_name as owner, b.needs_reason as needs, b.due_at, b.application_key
from marts.pipeline_board b
join core.fct_applications a using (application_key)
left join core.dim_jobs j on j.job_key = b.job_key
left join core.dim_users u on u.user_key = b.owner_key
{where("b.is_overdue", *of_members(values, "a"))}
order by b.due_at, b.application_key"""


def _overdue_words(rows: Sequence[Row], values: Values) -> str:
    owners, first = {row["owner"] for row in rows if row["owner"]}, rows[0]
    without = sum(row["owner"] is None for row in rows)
    whose = f"with {plural(len(owners), 'person', 'people')}" if owners else "and none of them has an owner"
    if owners and without:
        whose += f" and {without:,} without an owner"
    return f"{plural(len(rows), 'candidate').capitalize()} past the agreed time, {whose}; longest: {first['job'] or 'no requisition'}, due {day(first['due_at'])} ({first['owner'] or 'no owner'})."


QUESTIONS = (
    Question(
        "most-selective",
        "Which hiring managers or departments are the most selective at resume review or onsite?",
        (Parameter("at", "stage", "Only at this stage (hm_review, onsite)", is_optional=True),),
        _selective_sql,
        _selective_words,
        "Too few candidates were decided at these stages to compare anybody",
    ),
    Question(
        "easiest-roles",
        "Which roles are easier to fill than others?",
        (),
        _easy_sql,
        _easy_words,
        "Too few requisitions were filled to compare roles",
        tables=("jobs",),
    ),
    Question(
        "overdue",
        "Which candidates have waited longer than agreed, and for whom?",
        only(),
        _overdue_sql,
        _overdue_words,
        "No candidate has waited longer than agreed",
    ),
)
