"""Codes proposed for the words of files: a misspelling is proposed, a word that only looks like a code is not."""

from __future__ import annotations

import pytest

from ingestion.canonical.tables import TABLES
from ingestion.gate.proposals import misspelt


@pytest.mark.parametrize(
    ("table", "word", "code"),
    [
        ("applications", "wihtdrawn", "withdrawn"),
        ("applications", "Rejectd", "rejected"),
        ("applications", "inactive", None),
        ("applications", "unhired", None),
        ("offers", "signed", None),
        ("offers", "unaccepted", None),
        ("offers", "acceptedd", "accepted"),
        ("jobs", "opened", "open"),
        ("jobs", "unopened", None),
    ],
)
def test_a_word_is_a_misspelt_code_only_where_it_begins_and_reads_like_one(table: str, word: str, code: str | None) -> None:
    assert misspelt(word, list(TABLES[table].columns["status_code"].codes)) == code
