"""Questions about offers."""

from __future__ import annotations

from collections.abc import Sequence

from exports.document.words import percent, plural
from exports.questions.question import Parameter, Question, Row, Values, equals, in_slice, only, sql_value, where


def _accepted_sql(values: Values) -> str:
    return f"""
select slice_name as recruiter, accepted_in_period_count, declined_in_period_count, extended_count, acceptance_rate,
       acceptance_rate_low, acceptance_rate_high
from marts.offer_acceptance
where slice_type = 'recruiter' and slice_name = {sql_value(values["recruiter"])} and quarter = {sql_value(values["quarter"])}"""


def _accepted_words(rows: Sequence[Row], values: Values) -> str:
    row = rows[0]
    quarter = f"Q{(values['quarter'].month + 2) // 3} {values['quarter'].year}"
    return (
        f"{row['recruiter']} had {plural(row['accepted_in_period_count'], 'offer')} accepted in {quarter}, whenever they were extended. "
        f"Of those extended in that quarter, {percent(row['acceptance_rate'])} of the decided ones were accepted."
    )


def _open_sql(values: Values) -> str:
    narrowed = where(
        "o.status_code = 'open'", equals("d.department_name", values["department"]), equals("j.job_family", values["job-family"])
    )
    return f"""
select d.department_name as department, j.job_name as job, o.extended_at, r.user_name as recruiter, o.candidate_key
from core.fct_offers o
join core.dim_jobs j using (job_key)
left join core.dim_departments d on d.department_key = o.department_key
left join core.dim_users r on r.user_key = o.recruiter_key
{narrowed}
order by o.extended_at, o.candidate_key"""


def _open_words(rows: Sequence[Row], values: Values) -> str:
    people = len({row["candidate_key"] for row in rows})
    where_to = f" in {values['department']}" if values["department"] else ""
    verb = "has" if people == 1 else "have"
    return f"{plural(people, 'candidate').capitalize()}{where_to} {verb} an offer extended that is not answered yet, the oldest since {rows[0]['extended_at']:%-d %B %Y}."


def _declines_sql(values: Values) -> str:
    return f"""
select decline_reason_code, declined_count, share_rate, prior_quarter_share_rate
from marts.offer_decline_reasons
{where(*in_slice(values, "department"), equals("quarter", values["quarter"]))}
  and declined_count > 0
order by declined_count desc, decline_reason_code"""


def _declines_words(rows: Sequence[Row], values: Values) -> str:
    total, first = sum(row["declined_count"] for row in rows), rows[0]
    return (
        f"{plural(total, 'offer').capitalize()} declined; most often for {first['decline_reason_code']} "
        f"({first['declined_count']} of {total}, {percent(first['share_rate'])}; the quarter before {percent(first['prior_quarter_share_rate'])})."
    )


QUESTIONS = (
    Question(
        "offers-accepted",
        "How many of a recruiter's offers were accepted in a quarter?",
        (
            Parameter("recruiter", "recruiter", "The recruiter's name"),
            Parameter("quarter", "quarter", "E.g. 2025-Q4; Q4 is the latest one"),
        ),
        _accepted_sql,
        _accepted_words,
    ),
    Question(
        "open-offers",
        "How many candidates have an offer that they have not accepted yet?",
        (*only("department", "job_family"),),
        _open_sql,
        _open_words,
    ),
    Question(
        "decline-reasons",
        "Why were offers declined in a quarter?",
        (
            Parameter("quarter", "quarter", "E.g. 2025-Q4; Q4 is the latest one"),
            *only("department"),
        ),
        _declines_sql,
        _declines_words,
    ),
)
