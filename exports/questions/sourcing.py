"""Questions about sources and outreach."""

from __future__ import annotations

from collections.abc import Sequence

from exports.document.words import number, percent, plural
from exports.questions.question import Parameter, Question, Row, Values, equals, in_slice, only, where


def _sources_sql(values: Values) -> str:
    return f"""
select s.source_name as source, h.applications_count, h.hires_count, h.hire_share_rate, h.hires_per_100_applications
from marts.source_of_hire h
left join core.dim_sources s using (source_key)
{where(*in_slice(values, "department", alias="h"), equals("h.quarter", values["quarter"]))}
order by h.hires_count desc, h.applications_count desc, source"""


def _sources_words(rows: Sequence[Row], values: Values) -> str:
    first, total = rows[0], sum(row["hires_count"] for row in rows)
    if not total:
        return "Nobody was hired there in that quarter."
    return f"{plural(first['hires_count'], 'hire').capitalize()} of {total} came from {first['source'] or 'no recorded source'} ({number(first['hires_per_100_applications'] or 0)} per 100 applications)."


def _links_sql(values: Values) -> str:
    return """
select link_url, sequences_count, messages_count, recipients_count, clicked_count, replied_and_clicked_count, replied_rate_per_clicked
from marts.outreach_link_stats
order by replied_rate_per_clicked desc nulls last, recipients_count desc, link_url"""


def _links_words(rows: Sequence[Row], values: Values) -> str:
    first = rows[0]
    return f"Of those who clicked {first['link_url']}, {percent(first['replied_rate_per_clicked'])} replied (among {plural(first['recipients_count'], 'recipient')})."


QUESTIONS = (
    Question(
        "source-of-hire",
        "Where did hires come from in a quarter?",
        (
            Parameter("quarter", "quarter", "E.g. 2025-Q4; Q4 is the latest one"),
            *only("department"),
        ),
        _sources_sql,
        _sources_words,
    ),
    Question("best-links", "Which links in outreach bring replies?", (), _links_sql, _links_words),
)
