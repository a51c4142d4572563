"""The benchmark lake is laid out as ingestion leaves one, and its delta is exactly what changed."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from sandbox.doubles.greenhouse.records import STREAMS
from sandbox.lake_sql import Batch, streams, uniform
from sandbox.lake_writer import BASE_END, write_delta, write_lake

COUNT = 6_000


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake")
    write_lake(folder, COUNT, part_rows=2_500)
    return folder


def rows(lake: Path, stream: str) -> str:
    return f"read_parquet('{lake}/greenhouse/{stream}/load_date=2026-06-29/*.parquet')"


def test_there_are_five_stage_rows_per_application_and_every_payload_is_json_with_its_id(lake: Path) -> None:
    with duckdb.connect() as db:
        for stream in (path.name for path in (lake / "greenhouse").iterdir() if path.is_dir()):
            assert stream in STREAMS
            facts = db.execute(
                f"select count(*), count(distinct record_id), count(*) filter (payload->>'id' = record_id and payload_hash = md5(payload))"
                f" from {rows(lake, stream)}"
            ).fetchone()
            assert facts is not None and facts[0] == facts[1] == facts[2] > 0, stream
        (applications,) = db.execute(f"select count(*) from {rows(lake, 'applications')}").fetchone() or (0,)
        (stages,) = db.execute(f"select count(*) from {rows(lake, 'application_stages')}").fetchone() or (0,)
        (size,) = db.execute(f"select avg(length(payload)) from {rows(lake, 'applications')}").fetchone() or (0,)
    assert applications == COUNT and stages == 5 * COUNT and 1500 < size < 1750


def test_ids_join_across_streams(lake: Path) -> None:
    pairs = [
        ("application_stages", "application_id", "applications"),
        ("application_stages", "job_interview_stage_id", "job_interview_stages"),
        ("applications", "job_id", "jobs"),
        ("applications", "candidate_id", "candidates"),
        ("applications", "stage_id", "application_stages"),
        ("applications", "source_id", "sources"),
        ("rejection_details", "rejection_reason_id", "rejection_reasons"),
        ("offers", "application_id", "applications"),
        ("interviewers", "interview_id", "interviews"),
        ("interviews", "job_interview_id", "job_interviews"),
        ("job_owners", "user_id", "users"),
    ]
    with duckdb.connect() as db:
        for child, column, parent in pairs:
            orphans = db.execute(
                f"select count(*) from {rows(lake, child)} where payload->>'{column}' not in (select record_id from {rows(lake, parent)})"
            ).fetchone()
            assert orphans == (0,), (child, column)


def test_files_carry_their_ledger_row(lake: Path) -> None:
    assert json.loads((lake / "greenhouse" / "source.json").read_text()) == {"name": "greenhouse", "kind": "greenhouse"}
    files = sorted((lake / "greenhouse" / "applications").rglob("*.parquet"))
    assert [int(path.stem.split("-")[1]) for path in files] == [0, 1, 2]
    facts = json.loads(pq.read_metadata(files[2]).metadata[b"funnelcast"])
    assert facts["part"] == {"part": 2, "fetched": 1000, "written": 1000, "duplicates": 0, "next_cursor": None}
    assert facts["load"] == {
        "source": "greenhouse",
        "kind": "greenhouse",
        "stream": "applications",
        "window_start": None,
        "window_end": "2026-06-29T06:00:00Z",
    }


def test_the_same_seed_writes_the_same_records(lake: Path, tmp_path: Path) -> None:
    write_lake(tmp_path, COUNT, part_rows=6_000, threads=2)
    with duckdb.connect() as db:
        for stream in ("applications", "application_stages", "offers"):
            difference = (
                f"select record_id, payload from {rows(lake, stream)} except select record_id, payload from {rows(tmp_path, stream)}"
            )
            assert db.execute(difference).fetchall() == []


def test_the_delta_is_what_a_whole_telling_a_day_later_would_change(lake: Path, tmp_path: Path) -> None:
    written = write_delta(tmp_path, COUNT, fraction=0.02)
    day = f"{written.window_end:%Y-%m-%d}"
    end = f"{written.window_end:%Y-%m-%d %H:%M:%S}"
    later = Batch(0, COUNT + 120, COUNT, f"{BASE_END:%Y-%m-%d %H:%M:%S}", end, None, 7)
    with duckdb.connect() as db:
        db.execute("set TimeZone = 'UTC'")
        db.execute(uniform(7))
        for stream, select in streams(later).items():
            changed = f"select cast(id as varchar), payload from ({select}) except select record_id, payload from {rows(lake, stream)}"
            delta = f"select record_id, payload from read_parquet('{tmp_path}/greenhouse/{stream}/load_date={day}/*.parquet')"
            assert sorted(db.execute(changed).fetchall()) == sorted(db.execute(delta).fetchall()), stream
