"""Quarantine that a person can work with (issue 13, line 3; C10): file, line, key and reason, and what a mended or re-sent file clears."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb
import pytest

from base.errors import FunnelcastError
from base.home import DBT_PROJECT_DIR, Home
from ingestion.gate import quarantine
from ingestion.gate.words import shown, shown_code
from ingestion.log.readings import read_reading
from tests.support.gate_home import GateHome

pytestmark = pytest.mark.xdist_group("gate")

MAPPED = {
    "applications": {
        "file": "apps*",
        "columns": {"application_id": "App ID", "candidate_id": "Person", "job_id": "Req", "applied_at": "Applied", "status_code": "State"},
        "codes": {"status_code": {"In Process": "active", "Signed": "hired"}},
    }
}
HEADER = "App ID,Person,Req,Applied,State,Note\n"
BAD = (
    HEADER
    + '1,c1,j1,2026-01-01,in process,"two\nlines"\n'
    + "2,c2,j1,03/21/2026,SIGNED,\n"
    + "\n"
    + "3,c3,j1,2026-01-03,Parked,\n"
    + ",c4,j1,2026-01-03,signed,\n"
    + "5,c5\n"
    + "6,c6,j1,2026-01-03,signed,\n"
    + "6,c6,j1,2026-01-04,signed,\n"
    + "7,,j1,2026-01-04,signed,\n"
    + '1,c1,j1,2026-01-01,in process,"two\nlines"\n'
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> GateHome:
    return GateHome(tmp_path_factory.mktemp("quarantine"), tables=MAPPED)


def listed(place: GateHome) -> list[tuple[str | None, int | None, str | None, str]]:
    return [(row.place, row.line, row.key, row.reason) for row in place.quarantined()]


@pytest.mark.slow
def test_a_record_names_its_file_line_key_column_and_reason_and_leaves_when_it_is_mended_or_gone(place: GateHome, tmp_path: Path) -> None:
    place.drop(
        {
            "apps.csv": BAD,
            "apps.tsv.csv": "App ID\tPerson\tReq\tApplied\tState\nt1\tc1\tj1\tlater\tsigned\n",
            "apps.jsonl": '{"App ID": 20, "Person": "c", "Req": "j", "Applied": "2026-02-30", "State": "signed"}\n\n["no record"]\n'
            + f'{{"App ID": 21, "Person": "{"x" * 1_000_000}", "Req": "j", "Applied": "2026-02-03", "State": "signed"}}\n',
        }
    )
    place.run("applications")
    conflict = "another row of the same file has the same key and other content"
    assert listed(place) == [
        (
            "apps.csv",
            4,
            "application_id 2",
            "applied_at is not a time: '03/21/2026' (%m/%d/%Y fits 1 of 2 rows)",
        ),
        ("apps.csv", 6, "application_id 3", "status_code holds the unknown code 'parked'"),
        ("apps.csv", 7, None, "the row has no value in a column of its key"),
        ("apps.csv", 8, None, "the row could not be read as a record"),
        ("apps.csv", 10, "application_id 6", conflict),
        ("apps.csv", 11, "application_id 7", "candidate_id is empty"),
        ("apps.jsonl", 1, "application_id 20", "applied_at is not a time: '2026-02-30'"),
        ("apps.jsonl", 3, None, "the row could not be read as a record"),
        ("apps.jsonl", 4, "application_id 21", "candidate_id is longer than 10,000 characters"),
        ("apps.tsv.csv", 2, "application_id t1", "applied_at is not a time: a text of 5 characters"),
    ]
    assert [row.columns for row in place.quarantined()][:2] == [("applied_at",), ("status_code",)]
    assert place.counts() == {"applications": (13, 2, 10, 1)}

    # Two lines above, three rows mended, the other of the conflict kept, one row no longer there, one bad still.
    place.drop(
        {
            "apps.csv": HEADER
            + "90,c,j,2026-01-01,signed,\n91,c,j,2026-01-01,signed,\n"
            + "2,c2,j1,2026-03-21,SIGNED,\n"
            + "3,c3,j1,2026-01-03,Signed,\n"
            + "4,c4,j1,2026-01-03,signed,\n"
            + "6,c6,j1,2026-01-04,signed,\n"
            + "7,,j1,2026-01-04,signed,\n",
        }
    )
    (place.files / "apps.jsonl").unlink()
    place.run("applications")
    assert [(file, line, key) for file, line, key, _ in listed(place)] == [
        ("apps.csv", 8, "application_id 7"),
        ("apps.jsonl", 1, "application_id 20"),
        ("apps.jsonl", 3, None),
        ("apps.jsonl", 4, "application_id 21"),
        ("apps.tsv.csv", 2, "application_id t1"),
    ]
    assert place.ask("select cleared_code, count(*) from quality.quarantine group by 1 order by 1") == [
        ("gone", 2),
        ("replaced", 3),
        (None, 5),
    ]

    over = [str(row) for row in quarantine.quarantined_rows(place.home, with_cleared=True) if row.cleared]
    assert len(over) == 5
    assert over[0].endswith("[over: a later version came]")

    target = tmp_path / "list.csv"
    quarantine.write_csv(target, place.quarantined())
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["file"], row["line"]) for row in rows][:1] == [("apps.csv", "8")]


@pytest.mark.slow
def test_a_build_file_that_is_built_again_holds_the_same_quarantine(place: GateHome) -> None:
    before = listed(place)
    with duckdb.connect(str(place.home.warehouse)) as connection:
        connection.execute("drop schema staging cascade; drop schema quality cascade")
    place.run("applications")
    assert listed(place) == before


def test_a_damaged_reading_or_build_file_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "0123.parquet"
    path.write_bytes(b"PAR1 no more")
    assert read_reading(path) is None
    assert not path.exists()
    home = Home(tmp_path / "home").prepare()
    assert quarantine.quarantined_rows(home) == []
    home.warehouse.write_bytes(b"no database" * 1000)
    with pytest.raises(FunnelcastError, match="repair warehouse"):
        quarantine.quarantined_rows(home)


def test_a_value_is_repeated_only_where_it_looks_like_what_belongs_there() -> None:
    for text in (
        "03/21/2026",
        "2026-02-30",
        "21-Mar-2026",
        "March 3, 2026 4:05 PM",
        "2026-03-01T10:00+99:00",
        "1.234,56",
        "-infinity",
        "yes",
        "45123",
    ):
        assert shown(text) == f"'{text}'"
    for text in ("Jane Doe", "jane@example.com", "555-123-4567", "123-45-6789", "+1 555 123 4567", "later", '{"id": 7}', "4915112345678"):
        assert text not in shown(text)
    assert shown_code("phone screen") == "'phone screen'"
    for text in ("jane@example.com", "0151 12345678", "{1: 2}"):
        assert text not in shown_code(text)


def test_the_gate_and_plain_dbt_make_the_same_table_of_quarantine() -> None:
    macro = (DBT_PROJECT_DIR / "macros" / "lake" / "quality_tables.sql").read_text(encoding="utf-8")
    created = re.search(r"create table if not exists quality\.quarantine \(.*?\);", macro, re.DOTALL)
    assert created
    with duckdb.connect() as connection:
        connection.execute(f"create schema quality; {created.group()}")
        for column, type in re.findall(r'"(\w+)": "(\w+)"', macro):
            connection.execute(f"alter table quality.quarantine add column {column} {type}")
        by_dbt = connection.execute("describe quality.quarantine").fetchall()
        connection.execute("drop table quality.quarantine")
        connection.execute(quarantine.TABLE)
        assert connection.execute("describe quality.quarantine").fetchall() == by_dbt
