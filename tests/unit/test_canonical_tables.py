"""The specification of the canonical tables: what may be written there, what is made of it, and the keys that were decided."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from base.errors import ConfigError
from base.home import PROJECT_ROOT
from ingestion.canonical.documents import documents, json_schema
from ingestion.canonical.rows import row_of
from ingestion.canonical.streams import STREAMS
from ingestion.canonical.tables import TABLES, read_tables

DOCUMENTS = {str(path.relative_to(PROJECT_ROOT)): (path, text) for path, text in documents().items()}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_generated_file_is_what_the_specification_gives(name: str) -> None:
    path, text = DOCUMENTS[name]
    assert path.read_text(encoding="utf-8") == text, f"{name} is older than vars.canonical_tables: run `make canonical`"


def test_the_json_schema_is_one() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"wanted": True}, r"offices\.columns\.office_name\.wanted: Extra inputs"),
        ({"type": "varchar"}, r"offices\.columns\.office_name\.type: Input should be 'text', 'code'"),
        ({"expected": True, "key": True}, "one of key, required and expected"),
        ({"nullable": True}, "only a column of the key is nullable"),
        ({"codes": ["a"]}, "a column with codes is of type code"),
        ({"type": "code", "strict": True}, "a strict column lists its codes"),
        ({"entity": "building"}, r"vars\.canonical_tables\.offices: a row stands for one entity"),
        ({"references": "buildings"}, r"offices\.columns\.office_name\.references: 'buildings' is not a table"),
    ],
)
def test_a_mistake_in_the_specification_is_named_with_its_place(facts: dict[str, Any], message: str) -> None:
    columns = {"office_id": {"type": "text", "key": True, "entity": "office"}, "office_name": {"type": "text", **facts}}
    with pytest.raises(ConfigError, match=message):
        read_tables({"offices": {"row": "office", "columns": columns}})


def test_a_table_without_a_key_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"vars\.canonical_tables\.offices: a table has a column with key"):
        read_tables({"offices": {"row": "office", "columns": {"office_name": {"type": "text"}}}})


def record_id(table: str, **record: Any) -> str:
    return row_of(TABLES[table], record).record_id


def test_a_merge_is_named_by_its_two_candidates_and_needs_its_time() -> None:
    merge = {"from_candidate_id": "a", "to_candidate_id": "b"}
    assert record_id("candidate_merges", **merge, merged_at="2026-01-01") == record_id("candidate_merges", **merge, merged_at="2026-02-01")
    assert "merged_at" in STREAMS["candidate_merges"].contract.required


def test_a_link_twice_in_a_message_is_two_links_where_positions_are_known() -> None:
    link = {"message_id": "m", "link_url": "https://example.com"}
    assert record_id("message_links", **link, link_position=1) != record_id("message_links", **link, link_position=2)
    assert record_id("message_links", **link) == record_id("message_links", **link, link_position="")


def test_every_answer_to_a_question_with_several_is_a_row_in_the_companys_words() -> None:
    answer = {"application_id": "1", "attribute_code": "Communities"}
    assert record_id("eeo_answers", **answer, group_code="Veteran") != record_id("eeo_answers", **answer, group_code="Parent")
    assert {TABLES["eeo_answers"].columns[column].type for column in ("attribute_code", "group_code")} == {"text"}
