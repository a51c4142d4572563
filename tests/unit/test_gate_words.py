"""What the gate says of rows: the remedy fits what is broken, and only rows that are in the figures are said to be taken."""

from __future__ import annotations

import duckdb
import pytest

from ingestion.canonical.streams import SHAPE
from ingestion.gate.blocking import Tally
from ingestion.gate.remedies import remedy_for
from ingestion.gate.rules import WARNING, rules_of
from ingestion.log.records import BROKEN_IDS
from ingestion.sources.registry import stream_of

KIND = "canonical_files"


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("keyless", "columns of the key"),
        ("conflict", "Keep one"),
        ("malformed", "as many cells"),
        ("doubled", "once"),
        ("oversized", "Shorten"),
        ("nested", "levels"),
        ("untimely", "observed_at"),
        ("undated", "observed_at"),
    ],
)
def test_each_row_without_a_key_of_its_own_has_the_remedy_of_what_is_wrong_with_it(mark: str, words: str) -> None:
    assert mark in BROKEN_IDS
    assert words in remedy_for(SHAPE, "acme", "jobs", "key", None, f"{mark}:{'0' * 32}")


def test_a_row_that_is_set_aside_is_not_said_to_be_taken_as_it_is() -> None:
    rule = next(rule for rule in rules_of(stream_of(KIND, "jobs").contract, ()) if rule.name == "filled:job_name")
    tally = Tally(rule)
    tally.add("acme", 3, "job_name is empty", is_taken=False)
    tally.add("acme", 2, "job_name is empty", is_taken=True)
    assert tally.failed["acme"] == 5
    assert tally.result(10).reasons == (("acme", "job_name is empty", 2),)


@pytest.mark.parametrize(
    ("word", "is_known"), [("application", True), ("applications", True), ("close_reason", True), ("applicationz", False)]
)
def test_a_deletion_of_something_that_no_table_holds_is_warned_of(word: str, is_known: bool) -> None:
    [known] = [rule for rule in rules_of(stream_of(KIND, "deletions").contract, ()) if rule.name == "known:entity_code"]
    assert known.severity == WARNING
    assert (word in stream_of(KIND, "deletions").contract.known["entity_code"]) == is_known


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("acmee", "source_system is 'acmee', which no source in sources.yml is called; did you mean 'acme'?"),
        ("zzz", "source_system is 'zzz', which no source in sources.yml is called"),
        ("acme", None),
        (None, None),
    ],
)
def test_a_row_that_states_a_source_that_nobody_has_is_warned_of_with_or_without_a_near_name(stated: str | None, words: str | None) -> None:
    """The row's own statement is judged: beside it stands the source that it was read from, which is never wrong."""
    [rule] = [rule for rule in rules_of(stream_of(KIND, "jobs").contract, {"acme", "gem"}) if rule.name == "named:source_system"]
    row = "(select 'acme' as source_system, $stated::varchar as stated_source_system)"
    found = duckdb.connect().execute(f"select {rule.sql} from {row}", {"stated": stated}).fetchone()
    assert found is not None
    assert (found[0] and rule.reason(found[0])) == words
