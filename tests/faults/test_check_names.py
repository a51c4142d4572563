"""E and B6: names are compared composed, without case and with blanks folded; what no list has is mapped by its id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from base.names import folded
from tests.support.worlds import build_world, run_unit_tests

pytestmark = pytest.mark.xdist_group("random_worlds")

AS_OF = datetime(2026, 4, 1, tzinfo=UTC)

#: Name in the source -> the same name as somebody else types it.
SPELLINGS = {
    "Café chat": "cafe\u0301  CHAT ",
    "Straße": "STRASSE",
    "Phone\u00a0 Screen": "phone screen",
    "ΣΑΣ": "σας",
    "Élan vital": "élan\u200b vital",
}
FILES = {
    "stages.csv": "stage_id,stage_name\n"
    + "".join(f"s{number},{name}\n" for number, name in enumerate(SPELLINGS))
    + "s8,\ns9,Vibe check\n",
    "applications.csv": "application_id,candidate_id,job_id,status_code,applied_at,close_reason_id\n"
    "a1,c1,j1,rejected,2026-01-01,r1\na2,c2,j1,rejected,2026-01-01,gone\n",
    "jobs.csv": "job_id,job_name,status_code\nj1,Engineer,open\n",
    "close_reasons.csv": "close_reason_id,reason_name\nr1,Not a  FIT\n",
    "stage_visits.csv": "application_id,stage_id,entered_at\n"
    + "".join(f"a1,{stage},2026-01-02\n" for stage in ("s0", "s8", "s9", "deleted")),
}
MAPPINGS = {
    "stages.csv": "stage_name,stage_code\n" + "".join(f"{other},recruiter_screen\n" for other in SPELLINGS.values()),
    "reasons.csv": "close_reason_name,direction_code\nnot a fit,company\n",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("names")
    (folder / "files").mkdir()
    for name, text in FILES.items():
        (folder / "files" / name).write_text(text, encoding="utf-8")
    connection = build_world(
        folder / "files", folder / "home", as_of=AS_OF, select=["+unmapped_names"], mappings=MAPPINGS, exclude=["resource_type:test"]
    )
    yield connection
    connection.close()


def test_a_name_in_another_spelling_is_the_same_name(world: duckdb.DuckDBPyConnection) -> None:
    rows = world.execute(
        "select stage_name, stage_code from canonical.stage_codes where stage_name <> 'Vibe check' order by stage_id"
    ).fetchall()
    assert rows == [(name, "recruiter_screen") for name in SPELLINGS]


def test_a_name_without_a_code_is_listed_and_what_no_list_has_stands_under_its_id(world: duckdb.DuckDBPyConnection) -> None:
    rows = world.execute("select kind_code, unmapped_name, use_count from marts.unmapped_names order by all").fetchall()
    assert rows == [("reason", "gone", 1), ("stage", "Vibe check", 1), ("stage", "deleted", 1), ("stage", "s8", 1)]


def test_the_mapping_of_stages_holds_for_ids_too(world: duckdb.DuckDBPyConnection) -> None:
    [(path,)] = world.execute("select path from duckdb_databases() where not internal").fetchall()
    world.close()
    results = run_unit_tests(Path(path).parent, "stage_code_periods")
    assert results and all(status == "pass" for _, status, _ in results), results


def test_python_compares_names_as_sql_does() -> None:
    assert {folded(name) for name in SPELLINGS} == {folded(other) for other in SPELLINGS.values()}
    assert len({folded(name) for name in SPELLINGS}) == len(SPELLINGS)
