"""The register of places that may hold a copy of a person's data: every column and every module is in it, and docs/privacy.md lists it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest
import sqlalchemy as sa

from base import ops
from base.home import PROJECT_ROOT
from base.personal_data import ERASURES, HOLDINGS, Place
from orchestration.personal_data import REMEDY, WRITERS, places


def test_every_column_of_text_of_the_operations_database_is_registered_once() -> None:
    registered = places()  # imports every module that declares a table
    columns = [column for place in registered for column in place.columns]
    text = (sa.String, sa.JSON)
    there = {f"{table.name}.{column.name}" for table in ops.metadata.tables.values() for column in table.c if isinstance(column.type, text)}
    assert there == set(columns), REMEDY
    assert len(columns) == len(set(columns))


def declared_in_code() -> Iterator[str]:
    for package in ("base", "ingestion", "exports", "orchestration", "sandbox"):
        for path in (PROJECT_ROOT / package).rglob("*.py"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.Assign) and "PLACES" in map(ast.unparse, node.targets):
                    yield ".".join(path.relative_to(PROJECT_ROOT).with_suffix("").parts)


def test_every_module_that_declares_places_is_in_the_register_and_none_imports_dagster() -> None:
    assert sorted(declared_in_code()) == sorted(WRITERS)
    code = (
        "import sys; from orchestration.personal_data import places; places(); sys.exit('dagster' in sys.modules or 'dbt' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, check=False).returncode == 0


def test_a_place_is_files_or_columns_or_elsewhere_and_says_only_what_is_known() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Place("nowhere", "")
    with pytest.raises(ValueError, match="exactly one"):
        Place("two", "", files=("a",), elsewhere="b")
    with pytest.raises(ValueError, match="does not list"):
        Place("odd", "", holds=("shoe sizes",), files=("a",))  # type: ignore[arg-type]
    names = [place.name for place in places()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("pattern", "file", "is_covered"),
    [
        ("lake/*/*.json", "lake/ats/source.json", True),
        ("lake/*/*.json", "lake/ats/jobs/source.json", False),
        ("reports/**", "reports/a/b/c.html", True),
        ("run.lock", "run_lock", False),
        ("ops.sqlite*", "ops.sqlite-wal", True),
    ],
)
def test_a_star_stays_within_a_folder_and_two_stars_do_not(pattern: str, file: str, is_covered: bool) -> None:
    assert Place("x", "", files=(pattern,)).covers(PurePosixPath(file)) is is_covered


def as_markdown() -> str:
    """The tables of docs/privacy.md."""

    def rows(head: str, cells: Iterator[tuple[str, Place]]) -> list[str]:
        lines = [f"| place | {head} | holds | when a person is erased |", "|---|---|---|---|"]
        for where, place in cells:
            lines.append(f"| {place.name} | {where} | {', '.join(place.holds) or 'nothing'} | {place.erasure}: {place.reason} |")
        return lines

    def code(texts: tuple[str, ...]) -> str:
        return ", ".join(f"`{text}`" for text in texts)

    registered = places()
    parts = [
        [
            "## What a place may hold",
            "",
            "| word | what it is |",
            "|---|---|",
            *(f"| {word} | {meaning} |" for word, meaning in HOLDINGS.items()),
        ],
        [
            "## What erasure does with a place",
            "",
            "| word | then |",
            "|---|---|",
            *(f"| {word} | {meaning} |" for word, meaning in ERASURES.items()),
        ],
        ["## In the home", "", *rows("files", ((f"{code(p.files)} ({p.format})", p) for p in registered if p.files))],
        ["## In the operations database", "", *rows("columns", ((code(p.columns), p) for p in registered if p.columns))],
        ["## Elsewhere", "", *rows("where", ((p.elsewhere, p) for p in registered if p.elsewhere))],
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def test_the_privacy_page_lists_the_register() -> None:
    page = (PROJECT_ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert page.endswith(as_markdown()), f"Put this at the end of docs/privacy.md:\n\n{as_markdown()}"
