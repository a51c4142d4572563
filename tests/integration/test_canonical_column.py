"""A new column of a canonical table is one line: made in a copy of the checkout, from the file to the canonical relation and the documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.checkout import copy_checkout, run_in

pytestmark = pytest.mark.slow

AFTER = "        office_name: {type: text, expected: true, description: Its name}\n"
LINE = "        floor_count: {type: integer, description: Its floors}\n"
BUILD = """
from datetime import UTC, datetime
from pathlib import Path
from tests.support.worlds import build_world
built = build_world(Path("files"), Path("home").absolute(), as_of=datetime(2026, 6, 1, tzinfo=UTC), select=("+offices",))
print(built.execute("select office_id, office_name, floor_count from canonical.offices").fetchall())
"""


def test_a_column_of_one_line_arrives_in_the_relation_and_in_every_document(tmp_path: Path) -> None:
    checkout = copy_checkout(tmp_path / "copy")
    project = checkout / "dbt_project" / "dbt_project.yml"
    text = project.read_text(encoding="utf-8")
    assert text.count(AFTER) == 1
    project.write_text(text.replace(AFTER, AFTER + LINE), encoding="utf-8")
    (checkout / "files").mkdir()
    (checkout / "files" / "offices.csv").write_text("office_id,office_name,floor_count\n1,Berlin,7\n", encoding="utf-8")
    assert run_in(checkout, "-c", BUILD) == "[('1', 'Berlin', 7)]\n"
    run_in(checkout, "-m", "ingestion.contracts.canonical_documents")
    for document in ("docs/canonical.md", "docs/canonical.schema.json", "dbt_project/models/canonical/_canonical.yml"):
        assert "floor_count" in (checkout / document).read_text(encoding="utf-8"), document
