"""Questions about the funnel and its times."""

from __future__ import annotations

from collections.abc import Sequence

from base.errors import ConfigError
from exports.document.ties import at_the_top, named
from exports.document.words import days, interval, percent, plural
from exports.questions.narrowing import in_slice, of_members, sql_value, where
from exports.questions.options import only
from exports.questions.question import Parameter, Question, Row, Values


def _passthrough_sql(values: Values) -> str:
    first, second = sql_value(values["from"]), sql_value(values["to"])
    narrowed = where(
        f"""s.job_key in (select job_key from core.dim_job_stages where stage_code in ({first}, {second})
                    group by job_key having count(*) = 2)""",
        *of_members(values, "s"),
        f"s.applied_month >= {sql_value(values['since'])}" if values["since"] else None,
    )
    return f"""
with reached as (
  select count(*) filter (s.stage_code = {first}) as from_count,
         count(*) filter (s.stage_code = {second}) as to_count,
         count(*) filter (s.stage_code = {first} and s.outcome_code = 'waiting') as waiting_count
  from core.fct_application_stages s
  {narrowed}
)
select reached.*, to_count / from_count as passthrough_rate,
       (2 * to_count + z * z - z * sqrt(z * z + 4 * to_count * (1 - to_count / from_count))) / (2 * (from_count + z * z)) as rate_low,
       (2 * to_count + z * z + z * sqrt(z * z + 4 * to_count * (1 - to_count / from_count))) / (2 * (from_count + z * z)) as rate_high
from reached cross join (select 1.959963984540054 as z)
where from_count > 0"""


def _in_order(values: Values) -> None:
    earlier, later = values["from"], values["to"]
    if earlier.order > later.order:
        raise ConfigError(
            f"{earlier.name} comes after {later.name}", remedy=f"Ask for --from {later.code} --to {earlier.code}: the earlier stage first."
        )
    if earlier.order == later.order:
        raise ConfigError(f"--from and --to are both {earlier.name}", remedy="Give a later stage with --to.")


def _passthrough_words(rows: Sequence[Row], values: Values) -> str:
    row = rows[0]
    return (
        f"{row['to_count']:,} of {row['from_count']:,} who reached {values['from'].name} reached {values['to'].name} so far "
        f"(requisitions that have both): {percent(row['passthrough_rate'])} (95 % interval {interval(row['rate_low'], row['rate_high'])}); "
        f"{row['waiting_count']:,} still wait at {values['from'].name}."
    )


def _time_sql(values: Values) -> str:
    return f"""
select stage.stage_name as stage, t.median_days, t.p90_days, t.timed_count, t.waiting_count
from marts.time_in_stage t
join core.dim_stages stage using (stage_code)
{where(*in_slice(values, "t"))}
order by t.stage_order"""


def _time_words(rows: Sequence[Row], values: Values) -> str:
    timed = sorted((row for row in rows if row["median_days"] is not None), key=lambda row: -row["median_days"])
    if not timed:
        return "Too few candidates have left any stage to give a median yet."
    slowest = at_the_top(timed, lambda row: days(row["median_days"]))
    including = "(including those still waiting)"
    if len(slowest) > 1:
        return (
            f"Slowest are {named([row['stage'] for row in slowest])}: half have left after {days(slowest[0]['median_days'])} {including}."
        )
    most = f", nine in ten after {days(slowest[0]['p90_days'])}" if slowest[0]["p90_days"] is not None else ""
    return f"Slowest is {slowest[0]['stage']}: half have left it after {days(slowest[0]['median_days'])}{most} {including}."


def _stuck_sql(values: Values) -> str:
    return f"""
select j.job_name as job, j.job_id, stage.stage_name as stage, b.stuck_count, b.waiting_count, b.reason, b.longest_wait_days, b.lost_count
from marts.bottlenecks b
join core.dim_jobs j using (job_key)
join core.dim_stages stage using (stage_code)
{where("b.reason_code <> 'none'", *of_members(values, "j"))}
order by b.stuck_count desc, b.lost_count desc nulls last, b.longest_wait_days desc nulls last, job, job_id, b.stage_order"""


def _stuck_words(rows: Sequence[Row], values: Values) -> str:
    first = rows[0]
    if not first["stuck_count"]:
        return f"Nobody waits longer than nine in ten do. Most fall out at {first['stage']} of {first['job']}. {first['reason']}"
    worst = at_the_top(rows, lambda row: row["stuck_count"])
    stuck = f"{plural(first['stuck_count'], 'candidate')} stuck"
    if len(worst) > 1:
        places = named([f"{row['stage']} of {row['job']}" for row in worst])
        return f"Worst are {places}, with {stuck} each."
    return f"Worst is {first['stage']} of {first['job']}: {stuck} of {first['waiting_count']:,} waiting. {first['reason']}"


def _movement_sql(values: Values) -> str:
    return f"""
select stage.stage_name as stage, m.entered_count, m.advanced_count, m.rejected_count, m.withdrawn_count, m.hired_count, m.active_end_count
from marts.pipeline_movement m
join core.dim_stages stage using (stage_code)
{where(*in_slice(values, "m"), "m.week = (select max(week) from marts.pipeline_movement where week + 7 <= cast(as_of as date))")}
order by m.stage_order"""


def _movement_words(rows: Sequence[Row], values: Values) -> str:
    entered, active = sum(row["entered_count"] for row in rows), sum(row["active_end_count"] for row in rows)
    verb = "was" if entered == 1 else "were"
    return f"In the latest full week there {verb} {plural(entered, 'entry', 'entries')} into stages; {plural(active, 'application')} {'was' if active == 1 else 'were'} active at its end."


QUESTIONS = (
    Question(
        "passthrough",
        "What share of those who reached one stage reached another?",
        (
            Parameter("from", "stage", "The earlier stage, by code or name"),
            Parameter("to", "stage", "The later stage, by code or name"),
            *only(),
            Parameter("since", "month", "Only those who applied in this month or later, e.g. 2026-01", is_optional=True),
        ),
        _passthrough_sql,
        _passthrough_words,
        "Nobody reached the earlier stage of a requisition that has both",
        check=_in_order,
    ),
    Question(
        "time-in-stage",
        "How long do candidates stay in each stage?",
        only(),
        _time_sql,
        _time_words,
        "No stay in a stage is known",
        is_cut_once=True,
    ),
    Question(
        "stuck",
        "Where are candidates stuck, worst first?",
        only(of_requisition=True),
        _stuck_sql,
        _stuck_words,
        "No stage of an open requisition stands out: candidates wait, leave and pass as they do across the department",
        tables=("jobs",),
    ),
    Question(
        "last-week",
        "Who moved in the latest full week?",
        only(),
        _movement_sql,
        _movement_words,
        "Nobody was active in the latest full week",
        is_cut_once=True,
    ),
)
