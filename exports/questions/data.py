"""Questions about the data itself."""

from __future__ import annotations

from collections.abc import Sequence

from exports.document.words import plural
from exports.questions.question import Question, Row, Values


def _missing_sql(values: Values) -> str:
    return """
select table_name, status_code, string_agg(source_system, ', ' order by source_system) as sources, sum(row_count) as rows_count,
       sum(unmapped_count) as unmapped_count, note
from marts.data_coverage
where status_code <> 'ok'
group by table_name, status_code, note
order by status_code desc, table_name, sources"""


def _missing_words(rows: Sequence[Row], values: Values) -> str:
    tables = {"missing": {row["table_name"] for row in rows if row["status_code"] == "missing"}}
    tables["other"] = {row["table_name"] for row in rows} - tables["missing"]
    missing, other = (plural(len(names), "table") for names in tables.values())
    return f"{missing.capitalize()} that at least one source does not give, {other} stale, empty or partial."


QUESTIONS = (
    Question(
        "what-is-missing",
        "What do the sources not provide, and what is stale?",
        (),
        _missing_sql,
        _missing_words,
        "Every table is loaded and recent",
    ),
)
