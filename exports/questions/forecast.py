"""Questions about what comes: candidates needed, hires expected, requisitions at risk."""

from __future__ import annotations

from collections.abc import Sequence

from exports.document.words import number, plural
from exports.questions.question import Parameter, Question, Row, Values, equals, in_slice, only, where


def _needed_sql(values: Values) -> str:
    return f"""
select stage_code, candidates_needed, passthrough_rate, entrants_count, hired_count
from marts.forecast_required_pipeline
{where(*in_slice(values, "job", "job-family", "department"), equals("hires_wanted", values["hires"]))}
order by stage_order"""


def _needed_words(rows: Sequence[Row], values: Values) -> str:
    first = rows[0]
    if first["candidates_needed"] is None:
        return f"Nobody was hired there in the trailing 12 months, so there is no conversion rate to go by ({first['entrants_count']:,} entered)."
    chain = " -> ".join(f"{row['candidates_needed']:,} {row['stage_code']}" for row in rows)
    return f"For {plural(values['hires'], 'hire')}: {chain}. From {first['entrants_count']:,} who entered and {first['hired_count']:,} hired in the trailing 12 months."


def _expected_sql(values: Values) -> str:
    narrowed = where(
        equals("j.job_family", values["job-family"]), equals("d.department_name", values["department"]), equals("j.job_name", values["job"])
    )
    return f"""
select j.job_name as job, sum(f.active_count) as active_count, sum(f.expected_hires) as expected_hires,
       sum(f.pooled_expected_hires) as pooled_expected_hires
from marts.forecast_expected_hires f
join core.dim_jobs j on f.slice_type = 'job' and f.slice_key = j.job_key
left join core.dim_departments d on d.department_key = j.department_key
{narrowed}
group by j.job_key, j.job_name
order by pooled_expected_hires desc, job"""


def _expected_words(rows: Sequence[Row], values: Values) -> str:
    own, pooled = sum(row["expected_hires"] or 0 for row in rows), sum(row["pooled_expected_hires"] or 0 for row in rows)
    return (
        f"The present pipeline of {plural(len(rows), 'requisition')} is expected to give {number(pooled)} hires in the end, at the rates of the same role where a "
        f"requisition has few hires of its own; {number(own)} by the forecast's date at each requisition's own rates alone. "
        "Future applicants are not counted."
    )


def _risk_sql(values: Values) -> str:
    return f"""
select j.job_name as job, h.days_open, h.active_count, h.offers_open_count, h.target_fill_on, h.expected_fill_on, h.risk_code, h.risk_reason
from marts.requisition_health h
join core.dim_jobs j using (job_key)
left join core.dim_departments d on d.department_key = j.department_key
{where("h.risk_code <> 'none'", equals("d.department_name", values["department"]))}
order by h.days_open desc, job"""


def _risk_words(rows: Sequence[Row], values: Values) -> str:
    first = rows[0]
    return f"{plural(len(rows), 'open requisition').capitalize()} at risk. Longest open is {first['job']} ({first['days_open']:,.0f} days): {first['risk_reason']}"


QUESTIONS = (
    Question(
        "candidates-needed",
        "How many candidates are needed at each stage for a number of hires, from historical conversion?",
        (Parameter("hires", "hires", "Hires wanted, 1 to 20"), *only("job_family", "department", "job")),
        _needed_sql,
        _needed_words,
    ),
    Question(
        "expected-hires",
        "How many hires will the present pipeline bring?",
        only("job_family", "department", "job"),
        _expected_sql,
        _expected_words,
    ),
    Question("at-risk", "Which open requisitions are at risk, and why?", only("department"), _risk_sql, _risk_words),
)
