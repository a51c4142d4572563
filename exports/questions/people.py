"""Questions about hiring managers, roles and who has to act."""

from __future__ import annotations

from collections.abc import Sequence

from exports.document.words import days, number, plural
from exports.questions.question import Parameter, Question, Row, Values, equals, only, where


def _selective_sql(values: Values) -> str:
    stages = f"s.stage_code = '{values['at']}'" if values["at"] else "s.stage_code in ('hm_review', 'onsite')"
    return f"""
select 'hiring manager' as who, u.user_name as name, s.stage_code, s.selectivity_ratio, s.selectivity_ratio_low, s.selectivity_ratio_high, s.n_count
from marts.hiring_manager_scorecard s join core.dim_users u on u.user_key = s.hiring_manager_key
where {stages} and s.selectivity_ratio is not null
union all
select 'department', d.department_name, s.stage_code, s.selectivity_ratio, s.selectivity_ratio_low, s.selectivity_ratio_high, s.n_count
from marts.department_selectivity s join core.dim_departments d using (department_key)
where {stages} and s.selectivity_ratio is not null
order by selectivity_ratio, name, stage_code"""


def _selective_words(rows: Sequence[Row], values: Values) -> str:
    row = rows[0]
    return (
        f"Most selective: {row['who']} {row['name']} at {row['stage_code']} passes {number(row['selectivity_ratio'], 2)} times as many as is usual for "
        f"the same roles ({number(row['selectivity_ratio_low'], 2)} to {number(row['selectivity_ratio_high'], 2)}, n = {row['n_count']}). "
        "Below 1 is more selective; an interval across 1 may be chance."
    )


def _easy_sql(values: Values) -> str:
    return """
select job_family, median_days_to_fill, applications_per_hire, offer_acceptance_rate, difficulty_rank
from marts.role_difficulty
where difficulty_rank is not null
order by difficulty_rank desc, job_family"""


def _easy_words(rows: Sequence[Row], values: Values) -> str:
    easiest, hardest = rows[0], rows[-1]
    return (
        f"Easiest to fill: {easiest['job_family']} (median {days(easiest['median_days_to_fill'])} to fill); "
        f"hardest: {hardest['job_family']} (median {days(hardest['median_days_to_fill'])})."
    )


def _overdue_sql(values: Values) -> str:
    narrowed = where("b.is_overdue", equals("j.job_name", values["job"]), equals("m.user_name", values["hiring-manager"]))
    return f"""
select j.job_name as job, u.user_name as owner, b.needs_code, b.needs_reason, b.due_at, b.application_key
from marts.pipeline_board b
join core.dim_jobs j using (job_key)
left join core.dim_users u on u.user_key = b.owner_key
left join core.dim_users m on m.user_key = j.hiring_manager_key
{narrowed}
order by b.due_at, b.application_key"""


def _overdue_words(rows: Sequence[Row], values: Values) -> str:
    owners = {row["owner"] for row in rows if row["owner"]}
    first = rows[0]
    whose = f"with {plural(len(owners), 'person', 'people')}" if owners else "and none of them has an owner"
    return f"{plural(len(rows), 'candidate').capitalize()} past the agreed time, {whose}; longest: {first['job']}, due {first['due_at']:%-d %B %Y} ({first['owner'] or 'no owner'})."


QUESTIONS = (
    Question(
        "most-selective",
        "Which hiring managers or departments are the most selective at resume review or onsite?",
        (Parameter("at", "stage", "Only at this stage (hm_review, onsite)", is_optional=True),),
        _selective_sql,
        _selective_words,
    ),
    Question("easiest-roles", "Which roles are easier to fill than others?", (), _easy_sql, _easy_words),
    Question(
        "overdue",
        "Which candidates have waited longer than agreed, and for whom?",
        (*only("job", "hiring_manager"),),
        _overdue_sql,
        _overdue_words,
    ),
)
