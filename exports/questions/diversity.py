"""Questions about groups: answered from the restricted diversity file, in which few people are hidden."""

from __future__ import annotations

from collections.abc import Sequence

from exports.document.words import number, percent
from exports.questions.narrowing import in_slice, sql_value, where
from exports.questions.options import only
from exports.questions.question import Parameter, Question, Row, Values


def _sql(values: Values) -> str:
    return f"""
select period_code, stage_code, group_code, impact_ratio, finding, n_count, selected_count, selection_rate, reference_group_code,
       p_value_adjusted, job_odds_ratio, finding_code
from diversity.adverse_impact
{where(*in_slice(values), f"attribute_code = lower({sql_value(values['attribute'])})", "not is_suppressed")}
order by period_start_on desc, stage_order, group_code"""


def _words(rows: Sequence[Row], values: Values) -> str:
    seen = [row for row in rows if row["finding_code"] == "difference_seen"]
    periods = len({row["period_code"] for row in rows})
    if not seen:
        return f"In {periods} period(s) no difference was seen beyond what chance can explain; hidden cells have too few people to say."
    worst = min(seen, key=lambda row: row["impact_ratio"])
    return (
        f"Difference seen at {len(seen)} place(s). Largest: {worst['group_code']} at {worst['stage_code']} in {worst['period_code']}, "
        f"{percent(worst['selection_rate'])} passed, {number(worst['impact_ratio'], 2)} of the rate of {worst['reference_group_code']} "
        f"(p {number(worst['p_value_adjusted'], 4)}; within requisitions odds {number(worst['job_odds_ratio'] or 0, 2)}). A difference does not say why."
    )


QUESTIONS = (
    Question(
        "drop-off",
        "Where do groups (women, ...) drop off disproportionately? (restricted)",
        (
            Parameter("attribute", "text", "The attribute asked about, e.g. gender", default="gender"),
            *only("department"),
        ),
        _sql,
        _words,
        "No figures of groups are published: no source gives eeo_answers, or no period of applications is old enough to be counted",
        is_restricted=True,
    ),
)
