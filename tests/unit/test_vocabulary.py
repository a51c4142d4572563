"""The prose linter finds refused words where people read them, and leaves code alone."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.lint.vocabulary import VOCABULARY, findings

WORDS = tomllib.loads(VOCABULARY.read_text(encoding="utf-8")) | {"identifiers": dict.fromkeys(("told", "mine", "teller"), "a noun")}


def found(name: str, text: str) -> list[tuple[int, str]]:
    return [(line, sentence.partition(";")[0]) for line, sentence in findings(Path(name), text, WORDS)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page.md", "An application, a user, a unit, an hour, a UTC time, an SLA and a `usable` record."),
        ("page.md", "```sql\nselect 1 from applications as a inner join b\n```"),
        ("model.sql", "-- One row per offer.\nselect 1 from applications as a inner join offers as o using (id)"),
        ("module.py", "rows = [a for a in (1, 2) if a or True]  # all of them"),
    ],
)
def test_good_english_and_code_pass(name: str, text: str) -> None:
    assert found(name, text) == []


@pytest.mark.parametrize(
    ("name", "text", "line", "word"),
    [
        ("page.md", "One row per\na offer.", 2, "a offer"),
        ("_models.yml", "description: version of a application", 1, "a application"),
        ("page.md", "It is an unit.", 1, "an unit"),
        ("module.py", 'x = 1\nraise ValueError(f"{x} is a event")', 2, "a event"),
        ("module.py", "x = 1  # a\nb = 2\n# this is a mistake\n# of ours", 3, "mistake of ours"),
        ("model.sql", "select 1\n-- of a interview\nfrom b", 2, "a interview"),
    ],
)
def test_a_refused_phrase_is_found_in_prose_also_across_lines(name: str, text: str, line: int, word: str) -> None:
    assert found(name, text) == [(line, f"'{word}'")]


@pytest.mark.parametrize(
    ("name", "text", "line", "word"),
    [
        ("module.py", "def read() -> str:\n    told = 'we said so'\n    return told", 2, "told"),
        ("module.py", "def read(mine: str) -> str:\n    return mine", 1, "mine"),
        ("model.sql", "-- what was said\nselect id as teller from b where text = 'told'", 2, "teller"),
    ],
)
def test_a_refused_name_is_found_where_code_gives_it(name: str, text: str, line: int, word: str) -> None:
    assert found(name, text) == [(line, f"'{word}' is no name for a value")]
