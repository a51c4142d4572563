"""Questions about the funnel and its times."""

from __future__ import annotations

from collections.abc import Sequence

from exports.document.words import days, interval, percent, plural
from exports.questions.question import Parameter, Question, Row, Values, equals, in_slice, only, sql_value, where


def _passthrough_sql(values: Values) -> str:
    first, second = sql_value(values["from"]), sql_value(values["to"])
    narrowed = where(
        f"""s.job_key in (select job_key from core.dim_job_stages where stage_code in ({first}, {second})
                    group by job_key having count(*) = 2)""",
        equals("s.job_family", values["job-family"]),
        equals("j.job_name", values["job"]),
        equals("d.department_name", values["department"]),
        equals("o.office_name", values["office"]),
        equals("r.user_name", values["recruiter"]),
        equals("m.user_name", values["hiring-manager"]),
        f"s.applied_month >= {sql_value(values['since'])}" if values["since"] else None,
    )
    joins = [
        "join core.dim_jobs j using (job_key)" if values["job"] else "",
        "join core.dim_departments d on d.department_key = s.department_key" if values["department"] else "",
        "join core.dim_offices o on o.office_key = s.office_key" if values["office"] else "",
        "join core.dim_users r on r.user_key = s.recruiter_key" if values["recruiter"] else "",
        "join core.dim_users m on m.user_key = s.hiring_manager_key" if values["hiring-manager"] else "",
    ]
    tables = "\n".join(["from core.fct_application_stages s", *filter(None, joins)])
    return f"""
with reached as (
  select count(*) filter (s.stage_code = {first}) as from_count,
         count(*) filter (s.stage_code = {second}) as to_count,
         count(*) filter (s.stage_code = {first} and s.outcome_code = 'waiting') as waiting_count
  {tables}
  {narrowed}
)
select reached.*, to_count / from_count as passthrough_rate,
       (2 * to_count + z * z - z * sqrt(z * z + 4 * to_count * (1 - to_count / from_count))) / (2 * (from_count + z * z)) as rate_low,
       (2 * to_count + z * z + z * sqrt(z * z + 4 * to_count * (1 - to_count / from_count))) / (2 * (from_count + z * z)) as rate_high
from reached cross join (select 1.959963984540054 as z)
where from_count > 0"""


def _passthrough_words(rows: Sequence[Row], values: Values) -> str:
    row = rows[0]
    return (
        f"{row['to_count']:,} of {row['from_count']:,} who reached {values['from']} reached {values['to']} so far: "
        f"{percent(row['passthrough_rate'])} (95 % interval {interval(row['rate_low'], row['rate_high'])}); "
        f"{row['waiting_count']:,} still wait at {values['from']}."
    )


def _time_sql(values: Values) -> str:
    return f"""
select slice_name, stage_code, median_days, p90_days, timed_count, waiting_count
from marts.time_in_stage
{where(*in_slice(values, "job-family", "department", "office", "job"))}
order by slice_name, stage_order"""


def _time_words(rows: Sequence[Row], values: Values) -> str:
    timed = [row for row in rows if row["median_days"] is not None]
    if not timed:
        return "Too few candidates have left any stage to give a median yet."
    slowest = max(timed, key=lambda row: row["median_days"])
    return f"Slowest is {slowest['stage_code']}: half have left it after {days(slowest['median_days'])}, nine in ten after {days(slowest['p90_days'])} (including those still waiting)."


def _stuck_sql(values: Values) -> str:
    narrowed = where(equals("j.job_name", values["job"]), equals("d.department_name", values["department"]))
    return f"""
select j.job_name as job, b.stage_code, b.waiting_count, b.stuck_count, b.reason_code, b.reason, b.rank
from marts.bottlenecks b
join core.dim_jobs j using (job_key)
left join core.dim_departments d on d.department_key = j.department_key
{narrowed}
order by b.rank, job, b.stage_code
limit 20"""


def _stuck_words(rows: Sequence[Row], values: Values) -> str:
    row = rows[0]
    if row["reason_code"] == "none":
        return "No stage of an open requisition stands out: candidates wait, leave and pass as they do across the department."
    return f"Worst is {row['stage_code']} of {row['job']}: {plural(row['waiting_count'], 'candidate')} waiting, {row['stuck_count']} of them stuck. {row['reason']}"


def _movement_sql(values: Values) -> str:
    return """
select stage_code, entered_count, advanced_count, rejected_count, withdrawn_count, hired_count, active_end_count
from marts.pipeline_movement
where slice_type = 'company' and week = (select max(week) from marts.pipeline_movement where week + 7 <= cast(as_of as date))
order by stage_order"""


def _movement_words(rows: Sequence[Row], values: Values) -> str:
    entered, active = sum(row["entered_count"] for row in rows), sum(row["active_end_count"] for row in rows)
    return f"In the latest full week there were {plural(entered, 'entry', 'entries')} into stages; {active:,} applications were active at its end."


QUESTIONS = (
    Question(
        "passthrough",
        "What share of those who reached one stage reached another?",
        (
            Parameter("from", "stage", "The earlier stage's code"),
            Parameter("to", "stage", "The later stage's code"),
            *only("job_family", "job", "department", "office", "recruiter", "hiring_manager"),
            Parameter("since", "month", "Only those who applied in this month or later, e.g. 2026-01", is_optional=True),
        ),
        _passthrough_sql,
        _passthrough_words,
    ),
    Question(
        "time-in-stage",
        "How long do candidates stay in each stage?",
        only("job_family", "job", "department", "office"),
        _time_sql,
        _time_words,
    ),
    Question(
        "stuck",
        "Where are candidates stuck, worst first?",
        only("job", "department"),
        _stuck_sql,
        _stuck_words,
    ),
    Question("last-week", "Who moved in the latest full week?", (), _movement_sql, _movement_words),
)
