"""Questions about offers."""

from __future__ import annotations

from collections.abc import Sequence

from exports.document.ties import at_the_top
from exports.document.words import day, listed, percent, plural, quarter
from exports.questions.narrowing import equals, in_slice, members_given, of_members, where
from exports.questions.options import QUARTER, only
from exports.questions.question import Question, Row, Values


def _accepted_sql(values: Values) -> str:
    return f"""
select slice_name as whose, accepted_in_period_count, declined_in_period_count, extended_count, acceptance_rate,
       acceptance_rate_low, acceptance_rate_high
from marts.offer_acceptance
{where(*in_slice(values), equals("quarter", values["quarter"]))}"""


def _accepted_words(rows: Sequence[Row], values: Values) -> str:
    row = rows[0]
    whose = "The company" if row["whose"] is None or not members_given(values) else row["whose"]
    accepted = f"{whose} had {plural(row['accepted_in_period_count'], 'offer')} accepted in {quarter(values['quarter'])}, whenever they were extended."
    if row["acceptance_rate"] is None:
        return f"{accepted} Of those extended in that quarter, none is decided yet."
    return f"{accepted} Of those extended in that quarter, {percent(row['acceptance_rate'])} of the decided ones were accepted."


def _open_sql(values: Values) -> str:
    return f"""
select d.department_name as department, j.job_name as job, o.cohort_at as extended_at, r.user_name as recruiter, o.candidate_key
from core.fct_offers o
left join core.dim_jobs j using (job_key)
left join core.dim_departments d on d.department_key = o.department_key
left join core.dim_users r on r.user_key = o.recruiter_key
{where("o.status_code = 'open'", *of_members(values, "o"))}
order by o.cohort_at nulls last, o.candidate_key"""


def _open_words(rows: Sequence[Row], values: Values) -> str:
    people, dated = len({row["candidate_key"] for row in rows}), [row["extended_at"] for row in rows if row["extended_at"]]
    names = [member.name for member in members_given(values).values()]
    oldest = f", the oldest since {day(dated[0])}" if dated else ""
    scope = f" ({listed(names)})" if names else ""
    return f"{plural(people, 'candidate').capitalize()}{scope} {'has' if people == 1 else 'have'} an offer extended that is not answered yet{oldest}."


def _declines_sql(values: Values) -> str:
    return f"""
select coalesce(decline_reason_name, decline_reason_code) as reason, declined_count, share_rate, prior_quarter_share_rate
from marts.offer_decline_reasons
{where(*in_slice(values), equals("quarter", values["quarter"]), "declined_count > 0")}
order by declined_count desc, reason"""


def _declines_words(rows: Sequence[Row], values: Values) -> str:
    total, most = sum(row["declined_count"] for row in rows), at_the_top(rows, lambda row: row["declined_count"])
    declined = f"{plural(total, 'offer').capitalize()} declined in {quarter(values['quarter'])}"
    if len(most) > 1:
        return f"{declined}; most often for {listed(row['reason'] for row in most)} ({most[0]['declined_count']} each)."
    first = most[0]
    before = (
        f"; the quarter before {percent(first['prior_quarter_share_rate'])}"
        if first["prior_quarter_share_rate"] is not None
        else "; nobody declined the quarter before"
    )
    return f"{declined}; most often for {first['reason']} ({first['declined_count']} of {total}, {percent(first['share_rate'])}{before})."


QUESTIONS = (
    Question(
        "offers-accepted",
        "How many offers were accepted in a quarter (of a recruiter, department, ...)?",
        (QUARTER, *only()),
        _accepted_sql,
        _accepted_words,
        "No offer was extended or decided in that quarter",
        tables=("offers",),
        is_cut_once=True,
    ),
    Question(
        "open-offers",
        "How many candidates have an offer that they have not accepted yet?",
        only(),
        _open_sql,
        _open_words,
        "No offer is open",
        tables=("offers",),
    ),
    Question(
        "decline-reasons",
        "Why were offers declined in a quarter?",
        (QUARTER, *only()),
        _declines_sql,
        _declines_words,
        "No offer was declined in that quarter",
        tables=("offers",),
        is_cut_once=True,
    ),
)
