"""A block ends when its cause does (A5, C10): the rows are mended or gone, or sources.yml no longer has the table. And what files of a pattern say (C7, C9, C16)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from base.config import Source, TableMapping
from ingestion.extract.run import extract
from ingestion.files.storage import natural
from tests.support.gate_home import NOW, GateHome
from tests.support.ingestion import Place, config_of, lake_rows

pytestmark = pytest.mark.xdist_group("gate")

COLUMNS = {"application_id": "App", "candidate_id": "Person", "job_id": "Req", "applied_at": "Applied", "status_code": "State"}
#: Sixty rows, of which a fifth has a state that no code means.
SHEET = "App,Person,Req,Applied,State\n" + "".join(
    f"{number},c{number},j,2026-01-01,{'Parked' if number % 5 == 0 else 'Signed'}\n" for number in range(60)
)


def mapped(**codes: str) -> dict[str, Any]:
    return {"applications": {"file": "apps.csv", "columns": COLUMNS, "codes": {"status_code": {"Signed": "hired", **codes}}}}


@pytest.mark.slow
def test_a_table_taken_away_unblocks_and_comes_back_blocked_until_its_codes_are_mended(tmp_path: Path) -> None:
    place = GateHome(tmp_path, tables=mapped())
    place.drop({"apps.csv": SHEET, "jobs.csv": "job_id,job_name,status_code\nj,A,open\n"})
    assert place.run("applications", "jobs").blocking[0].startswith("acme applications: 12 of 60 new rows break a rule")

    place.configure()
    report = place.run("applications", "jobs")
    assert report.is_passed
    assert report.notices == [
        "acme applications: no longer blocked, because it is no longer read; the rows that broke a rule stay set aside (funnelcast quarantine),"
        " what was loaded before stays"
    ]
    assert len(place.quarantined()) == 12

    place.configure(tables=mapped())
    (sentence,) = place.run("applications", "jobs").blocking
    assert sentence.startswith("acme applications: its newest load was blocked")
    place.configure(tables=mapped(Parked="active"))
    assert place.run("applications", "jobs").is_passed
    assert place.quarantined() == []
    assert place.counts()["applications"] == (120, 60, 12, 48)


@pytest.mark.slow
def test_a_file_sent_again_without_its_bad_rows_unblocks(tmp_path: Path) -> None:
    place = GateHome(tmp_path, tables=mapped())
    place.drop({"apps.csv": SHEET})
    assert not place.run("applications").is_passed
    place.drop({"apps.csv": "\n".join(line for line in SHEET.splitlines() if "Parked" not in line) + "\n"})
    report = place.run("applications")
    assert report.is_passed
    assert report.notices == ["acme applications: no longer blocked; the rows that broke a rule are mended, or gone from their file"]
    assert place.quarantined() == []


def load(place: Place, folder: Path, **tables: Any) -> dict[str, tuple[int, int, int, tuple[str, ...]]]:
    source = Source(
        name="acme", kind="canonical_files", path=str(folder), tables={name: TableMapping(**facts) for name, facts in tables.items()}
    )
    loaded = extract(config_of(source), place.home, place.ops, source, window_end=NOW)
    return {stream.stream: (stream.fetched, stream.written, stream.duplicates, stream.warnings) for stream in loaded.streams}


def test_files_of_a_pattern_are_read_as_people_count_and_what_they_disagree_on_is_said(place: Place, tmp_path: Path) -> None:
    assert sorted(["apps_10.csv", "apps_9.csv", "apps_9b.csv", "2/a.csv", "10/a.csv"], key=natural) == [
        "2/a.csv",
        "10/a.csv",
        "apps_9.csv",
        "apps_9b.csv",
        "apps_10.csv",
    ]
    header = "application_id,candidate_id,job_id,applied_at,status_code\n"
    (tmp_path / "apps_9.csv").write_text(f"{header}1,c,j,2026-01-01,active\n2,c,j,2026-01-01,active\n")
    (tmp_path / "apps_10.csv").write_text(f"{header}1,c,j,2026-01-01,hired\n2,c,j,2026-01-01,active\n")
    (fetched, written, same, warnings) = load(place, tmp_path, applications={"file": "apps_*.csv"})["applications"]
    assert (fetched, written, same) == (4, 3, 1)
    assert warnings == (
        "1 record in several files with different content, as in apps_9.csv and apps_10.csv; the newer updated_at holds, else the file that"
        " comes later by name (9 before 10)",
    )
    newest = lake_rows(place.home, "record_id, payload", "observed_at")
    assert '"status_code":"hired"' in dict(newest)["1"]


def test_one_sheet_feeds_applications_jobs_and_candidates(place: Place, tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text(
        "App,Person,Req,Title,Applied,State\n"
        "1,c1,j1,Engineer,2026-02-01,active\n"
        "2,c1,j2,Designer,2026-01-05T10:00:00+02:00,active\n"
        "3,c2,j1,Engineer,2026-01-03,active\n"
        "4,c1,j1,Engineer II,NULL,active\n"
    )
    found = load(
        place,
        tmp_path,
        applications={"file": "sheet.csv", "columns": COLUMNS},
        jobs={"file": "sheet.csv", "columns": {"job_id": "Req", "job_name": "Title"}},
        candidates={"file": "sheet.csv", "columns": {"candidate_id": "Person", "created_at": "Applied"}},
    )
    assert {table: counts[:3] for table, counts in found.items()} == {"applications": (4, 4, 0), "jobs": (4, 3, 1), "candidates": (4, 2, 2)}
    rows = lake_rows(place.home, "stream, payload", "stream, line")
    assert [payload for stream, payload in rows if stream == "candidates"] == [
        '{"candidate_id":"c1","created_at":"2026-01-05T10:00:00+02:00"}',
        '{"candidate_id":"c2","created_at":"2026-01-03"}',
    ]
    conflicts = lake_rows(place.home, "stream, line, record_id like 'conflict:%' as is_conflict", "stream, line")
    assert [(stream, line) for stream, line, is_conflict in conflicts if is_conflict] == [("jobs", 5)]
