"""Questions about the data itself."""

from __future__ import annotations

from collections.abc import Sequence

from exports.document.words import plural
from exports.questions.question import Question, Row, Values


def _missing_sql(values: Values) -> str:
    return """
select source_system, table_name, status_code, row_count, unmapped_count, note
from marts.data_coverage
where status_code <> 'ok'
order by status_code desc, source_system, table_name"""


def _missing_words(rows: Sequence[Row], values: Values) -> str:
    missing, other = [row for row in rows if row["status_code"] == "missing"], [row for row in rows if row["status_code"] != "missing"]
    return f"{plural(len(missing), 'table').capitalize()} without any source, {plural(len(other), 'table')} stale or partial."


QUESTIONS = (Question("what-is-missing", "What do the sources not provide, and what is stale?", (), _missing_sql, _missing_words),)
