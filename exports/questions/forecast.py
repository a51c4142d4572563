"""Questions about what comes: candidates needed, hires expected, requisitions at risk."""

from __future__ import annotations

from collections.abc import Sequence

from exports.document.ties import at_the_top, named
from exports.document.words import days, number, plural
from exports.questions.narrowing import equals, in_slice, of_members, where
from exports.questions.options import only
from exports.questions.question import Parameter, Question, Row, Values


def _needed_sql(values: Values) -> str:
    return f"""
select stage.stage_name as stage, r.candidates_needed, r.passthrough_rate, r.entrants_count, r.hired_count
from marts.forecast_required_pipeline r
join core.dim_stages stage using (stage_code)
{where(*in_slice(values, "r"), equals("r.hires_wanted", values["hires"]))}
order by r.stage_order"""


def _needed_words(rows: Sequence[Row], values: Values) -> str:
    first = rows[0]
    if first["candidates_needed"] is None:
        return f"Nobody was hired there in the trailing 12 months, so there is no conversion rate to go by ({first['entrants_count']:,} entered)."
    chain = " -> ".join(f"{row['candidates_needed']:,} {row['stage']}" for row in rows)
    return f"For {plural(values['hires'], 'hire')}: {chain}. From {first['entrants_count']:,} who entered and {first['hired_count']:,} hired in the trailing 12 months."


def _expected_sql(values: Values) -> str:
    return f"""
select j.job_name as job, j.job_id, sum(f.active_count) as active_count, sum(f.hire_pending_count) as accepted_not_marked_hired,
       sum(f.unplaced_count) as unplaced_count, sum(f.expected_hires) as expected_hires,
       sum(f.pooled_expected_hires) as pooled_expected_hires
from marts.forecast_expected_hires f
join core.dim_jobs j on f.slice_type = 'job' and f.slice_key = j.job_key
{where(*of_members(values, "j"))}
group by j.job_key, j.job_name, j.job_id
order by pooled_expected_hires desc, job, job_id"""


def _expected_words(rows: Sequence[Row], values: Values) -> str:
    own, pooled = _known_sum(rows, "expected_hires"), _known_sum(rows, "pooled_expected_hires")
    pipeline = f"the present pipeline of {plural(len(rows), 'requisition')}"
    in_the_end = (
        f"{pipeline.capitalize()} is expected to give {number(pooled)} hires in the end, at the rates of the same role where a requisition has few hires of its own"
        if pooled is not None
        else f"How many hires {pipeline} will give in the end is not known: too few were hired to go by"
    )
    by_then = f"; {number(own)} by the forecast's date at each requisition's own rates alone" if own is not None else ""
    return (
        f"{in_the_end}{by_then}. Future applicants are not counted."
        + (f" Accepted, not yet marked hired: {pending}." if (pending := sum(row["accepted_not_marked_hired"] for row in rows)) else "")
        + (f" Unplaced, and in neither sum: {unplaced}." if (unplaced := sum(row["unplaced_count"] for row in rows)) else "")
    )


def _known_sum(rows: Sequence[Row], column: str) -> float | None:
    """None where no requisition has a figure: nothing known is not nothing expected."""
    known = [row[column] for row in rows if row[column] is not None]
    return sum(known) if known else None


def _risk_sql(values: Values) -> str:
    return f"""
select j.job_name as job, j.job_id, h.days_open, h.risk_reason, h.target_fill_on, h.expected_fill_on, h.active_count, h.offers_open_count
from marts.requisition_health h
join core.dim_jobs j using (job_key)
{where("h.risk_code <> 'none'", *of_members(values, "j"))}
order by h.days_open desc nulls last, job, job_id"""


def _risk_words(rows: Sequence[Row], values: Values) -> str:
    first, count = rows[0], f"{plural(len(rows), 'open requisition').capitalize()} at risk."
    if first["days_open"] is None:
        return f"{count} How long {'it has' if len(rows) == 1 else 'they have'} been open is not known: the source gives no opening date. {first['job']}: {first['risk_reason']}"
    longest = at_the_top(rows, lambda row: row["days_open"])
    if len(longest) > 1:
        return f"{count} Longest open are {named([row['job'] for row in longest])}, {days(first['days_open'])} each."
    return f"{count} Longest open is {first['job']} ({days(first['days_open'])}): {first['risk_reason']}"


QUESTIONS = (
    Question(
        "candidates-needed",
        "How many candidates are needed at each stage for a number of hires, from historical conversion?",
        (Parameter("hires", "hires", "Hires wanted, 1 to 20"), *only()),
        _needed_sql,
        _needed_words,
        "No application of the trailing 12 months tells a conversion rate",
        is_cut_once=True,
    ),
    Question(
        "expected-hires",
        "How many hires will the present pipeline bring?",
        only(of_requisition=True),
        _expected_sql,
        _expected_words,
        "No open requisition has active candidates",
        tables=("jobs",),
    ),
    Question(
        "at-risk",
        "Which open requisitions are at risk, and why?",
        only(of_requisition=True),
        _risk_sql,
        _risk_words,
        "No open requisition is at risk",
        tables=("jobs",),
    ),
)
