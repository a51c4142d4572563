"""docs/marts.md, and every query shown in docs/, held against the contracts of core and marts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from base.home import PROJECT_ROOT

DOCS = PROJECT_ROOT / "docs"
MARTS_PAGE = DOCS / "marts.md"
#: Words in backticks that are neither tables nor columns: values of codes, files, commands.
COLUMN = re.compile(r"`([a-z][a-z0-9_]*)`")


def published(manifest: dict[str, Any], schemas: tuple[str, ...] = ("core", "marts")) -> dict[str, dict[str, str]]:
    """schema.table -> column -> type, for every contracted model of the schemas."""
    return {
        f"{node['schema']}.{node['name']}": {name: column["data_type"] for name, column in node["columns"].items()}
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in schemas and node["config"]["contract"]["enforced"]
    }


def queries() -> list[tuple[str, str]]:
    """(page and number, SQL) of every sql block of the pages."""
    return [
        (f"{page.name} {number}", query)
        for page in sorted(DOCS.glob("*.md"))
        for number, query in enumerate(re.findall(r"```sql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL), start=1)
    ]


def sections() -> dict[str, str]:
    """Heading -> text of each section of the page that is about published tables."""
    parts = re.split(r"^##? (.+)$", MARTS_PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {heading: text for heading, text in zip(parts[1::2], parts[2::2], strict=True) if re.match(r"(core|marts)\.", heading)}


@pytest.fixture(scope="module")
def empty_tables(manifest: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """The published tables without rows: a query that binds here binds on every published state."""
    connection = duckdb.connect()
    schemas = ("core", "marts", "diversity")
    for schema in schemas:
        connection.execute(f"create schema {schema}")
    for table, columns in published(manifest, schemas).items():
        listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        connection.execute(f"create table {table} ({listed})")
    return connection


def test_every_published_table_is_on_the_page_and_no_other(manifest: dict[str, Any]) -> None:
    text = MARTS_PAGE.read_text(encoding="utf-8")
    named = {table for heading in sections() for table in heading.split(", ")}
    named |= set(re.findall(r"^\| `((?:core|marts)\.\w+)`", text, re.MULTILINE))
    assert named == set(published(manifest))


def test_the_main_columns_of_a_section_are_columns_of_its_tables(manifest: dict[str, Any]) -> None:
    tables = published(manifest)
    everything = {column for columns in tables.values() for column in columns}
    wrong = []
    for heading, text in sections().items():
        main = re.sub(r"```.*?```", "", text.split("Pitfalls:")[0], flags=re.DOTALL)
        own = {column for table in heading.split(", ") for column in tables[table]}
        # A word that is a column of another table only, or that looks like a column and is none.
        words = {word for word in COLUMN.findall(main) if "_" in word or word in everything}
        wrong += [f"{heading}: {word}" for word in words - own if word not in ("trailing_12m", "message_links")]
    assert not wrong, "\n".join(sorted(wrong))


@pytest.mark.parametrize(("place", "query"), queries(), ids=[place for place, _ in queries()])
def test_a_query_shown_in_the_docs_runs(empty_tables: duckdb.DuckDBPyConnection, place: str, query: str) -> None:
    empty_tables.execute(query)


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in sorted([*DOCS.glob("*.md"), PROJECT_ROOT / "CONTRIBUTING.md"]):
        for target, anchor in re.findall(r"\]\(([^)#:]*)(#[^)]+)?\)", page.read_text(encoding="utf-8")):
            path = (page.parent / target).resolve() if target else page
            if not path.exists():
                broken.append(f"{page.name}: {target}")
            elif anchor and anchor[1:] not in anchors(path):
                broken.append(f"{page.name}: {target}{anchor}")
    assert not broken, "\n".join(broken)


def anchors(page: Path) -> set[str]:
    """The headings of a page as a web host links them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
