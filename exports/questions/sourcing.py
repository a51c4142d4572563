"""Questions about sources and outreach."""

from __future__ import annotations

from collections.abc import Sequence

from exports.document.ties import at_the_top, named
from exports.document.words import number, percent, plural, quarter
from exports.questions.narrowing import equals, in_slice, where
from exports.questions.options import QUARTER, only
from exports.questions.question import Question, Row, Values


def _sources_sql(values: Values) -> str:
    return f"""
select coalesce(s.source_name, 'no recorded source') as source, h.applications_count, h.hires_count, h.hire_share_rate, h.hires_per_100_applications
from marts.source_of_hire h
left join core.dim_sources s using (source_key)
{where(*in_slice(values, "h"), equals("h.quarter", values["quarter"]))}
order by h.hires_count desc, h.applications_count desc, source"""


def _sources_words(rows: Sequence[Row], values: Values) -> str:
    first, total = rows[0], sum(row["hires_count"] for row in rows)
    if not total:
        return f"Of those who applied in {quarter(values['quarter'])}, nobody was hired."
    most = at_the_top(rows, lambda row: row["hires_count"])
    if len(most) > 1:
        return f"The {plural(total, 'hire')} came most often from {named([row['source'] for row in most])}, {first['hires_count']:,} each."
    return f"{plural(first['hires_count'], 'hire').capitalize()} of {total:,} came from {first['source']} ({number(first['hires_per_100_applications'] or 0)} per 100 applications)."


def _links_sql(values: Values) -> str:
    return """
select link_url, replied_rate_per_clicked, recipients_count, clicked_count, replied_and_clicked_count, sequences_count
from marts.outreach_link_stats
order by replied_rate_per_clicked desc nulls last, recipients_count desc, link_url"""


def _links_words(rows: Sequence[Row], values: Values) -> str:
    first = rows[0]
    if first["replied_rate_per_clicked"] is None:
        return f"Nobody has clicked a link yet ({plural(len(rows), 'link')} sent)."
    most = at_the_top(rows, lambda row: row["replied_rate_per_clicked"])
    if len(most) > 1:
        return f"Of those who clicked {named([row['link_url'] for row in most])}, {percent(first['replied_rate_per_clicked'])} replied."
    return f"Of those who clicked {first['link_url']}, {percent(first['replied_rate_per_clicked'])} replied (among {plural(first['recipients_count'], 'recipient')})."


QUESTIONS = (
    Question(
        "source-of-hire",
        "Where did the hires come from among those who applied in a quarter?",
        (QUARTER, *only()),
        _sources_sql,
        _sources_words,
        "Nobody applied in that quarter",
        is_cut_once=True,
    ),
    Question(
        "best-links",
        "Which links in outreach bring replies?",
        (),
        _links_sql,
        _links_words,
        "No message with a link was sent",
        tables=("outreach_messages", "message_links"),
    ),
)
