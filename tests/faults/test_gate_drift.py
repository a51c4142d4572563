"""Loads whose records look unlike the earlier ones: what is kept, what is said by stream and field, and what stops publishing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.gate.drift import FEWEST_ROWS, Finding, Policy, history, watch
from ingestion.gate.profiles import StagingTable
from orchestration.build.staged import fields_read
from tests.support.lake import write_load

TABLE = StagingTable("greenhouse", "applications")
READ = {
    ("greenhouse", "applications"): frozenset({"candidate_id", "job_id", "status", "rejected_at", "created_at", "updated_at", "source_id"})
}
DAY = datetime(2026, 6, 1)  # noqa: DTZ001 - the lake's times are naive UTC


class Stream:
    """One stream's log and, of its staging table, the columns that hold codes."""

    def __init__(self, folder: Path) -> None:
        self.home, self.days = folder, 0
        self.connection = duckdb.connect()
        self.connection.execute("create schema quality; create schema staging")
        self.connection.execute(f"create table {TABLE.name} (source_system varchar, load_id varchar, load_file varchar, status varchar)")

    def load(
        self, count: int, policy: Policy | None = None, drop: Sequence[str] = (), **changed: Any
    ) -> tuple[dict[str, tuple[str, str]], list[str]]:
        """A load of `count` records as ever but for what is dropped and changed: ({field: (change, action)}, what stops publishing)."""
        self.days += 1
        records = [_record(number) | changed for number in range(count)]
        for record in records:
            for name in drop:
                del record[name]
        path = write_load(self.home, "ats", "greenhouse", "applications", records, DAY + timedelta(days=self.days))
        assert path is not None
        file = path.relative_to(self.home / "lake").as_posix()
        statuses = [("ats", path.stem.partition("-")[0], file, record.get("status")) for record in records]
        self.connection.executemany(f"insert into {TABLE.name} values (?, ?, ?, ?)", statuses)
        found, stops = self.watch([file], policy)
        return {finding.field: (finding.change, finding.action) for finding in found}, stops

    def watch(self, files: Sequence[str] = (), policy: Policy | None = None) -> tuple[list[Finding], list[str]]:
        new = [(TABLE, files)] if files else []
        at = DAY + timedelta(days=self.days)
        return watch(self.connection, self.home / "lake", new, policy or Policy(), fields_read=READ, at=at)


def _record(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "candidate_id": 1000 + number,
        "job_id": 7,
        "status": ("in_process", "rejected")[number % 2],
        "rejected_at": "2026-01-01T00:00:00Z" if number % 2 else None,
        "created_at": "2026-01-01T00:00:00Z",
        "source_id": {"id": 3},
        "notes_count": number,
    }


@pytest.fixture
def stream(tmp_path: Path) -> Stream:
    history = Stream(tmp_path)
    assert history.load(200) == ({}, [])
    return history


def test_a_load_like_the_others_says_nothing_and_neither_do_a_few_odd_records(stream: Stream) -> None:
    assert stream.load(80) == ({}, [])
    assert stream.load(FEWEST_ROWS - 1, status="rejected", rejected_at=None) == ({}, [])


def test_the_end_of_what_is_still_open_is_no_flood_and_a_key_that_open_records_lack_has_not_vanished(stream: Stream) -> None:
    """A first load is mostly history, a later one mostly what is open: such fields are told, and stop nothing."""
    for count, more in ((192, {"rejected_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}), (8, {"rejected_at": None})):
        assert stream.load(count, **more)[1] == []
    first_load_forgotten = "delete from quality.field_profiles where profile_number = 1"
    stream.connection.execute(first_load_forgotten)
    found, stops = stream.load(60, rejected_at=None)
    assert stops == []
    assert {name: action for name, (_, action) in found.items()} == {"rejected_at": "warn", "updated_at": "warn"}


def test_each_change_is_said_once_by_stream_and_field_and_what_staging_reads_stops_publishing(stream: Stream) -> None:
    drifted = {"drop": ["job_id", "notes_count"], "candidate_id": None, "status": "thawed", "brand_new": 1, "source_id": 3}
    found, stops = stream.load(60, **drifted)  # type: ignore[arg-type]
    assert found == {
        "brand_new": ("new_field", "note"),
        "candidate_id": ("null_flood", "block"),
        "job_id": ("vanished_field", "block"),
        "notes_count": ("vanished_field", "note"),
        "source_id": ("restructured_field", "block"),
        "source_id.id": ("vanished_field", "note"),
        "status": ("new_value", "warn"),
    }
    assert len(stops) == 3
    assert stops[1].startswith("ats applications: job_id has vanished: 100% of the earlier records have it, none of the newest 60;")
    assert stops[1].endswith("accept it in company.yml: 'quality: {accepted: [ats.applications.job_id]}'")
    assert "thawed" in " ".join(str(seen.finding) for seen in history(stream.connection, Policy()))

    assert stream.load(60, **drifted) == ({}, stops), "said once, but it still stands"  # type: ignore[arg-type]
    assert stream.watch() == ([], stops), "and stands when nothing new is loaded"
    accepted = Policy(accepted=frozenset({"applications.job_id", "ats.applications.candidate_id", "applications.source_id"}))
    assert stream.watch(policy=accepted) == ([], [])
    assert {seen.then for seen in history(stream.connection, accepted) if seen.finding.field in ("job_id", "candidate_id")} == {"accepted"}
    assert stream.watch(policy=Policy(actions={"vanished_field": "warn"}))[1] == [stops[0], stops[2]]

    assert stream.load(60)[1] == [], "records that look as before end it"
    still = {seen.finding.field for seen in history(stream.connection, Policy()) if seen.is_standing}
    assert "job_id" not in still


def test_a_company_that_wants_no_new_code_unseen_is_stopped_by_one_until_it_accepts_it(stream: Stream) -> None:
    strict = Policy(actions={"new_value": "block"})
    assert len(stream.load(60, strict, status="thawed")[1]) == 1
    assert len(stream.load(60, strict)[1]) == 1, "later records as before do not end it"
    assert stream.watch(policy=Policy(strict.actions, frozenset({"applications.status"}))) == ([], [])


def test_small_loads_add_up_and_a_changed_type_is_told(stream: Stream) -> None:
    found: dict[str, tuple[str, str]] = {}
    for _ in range(6):
        found |= stream.load(9, notes_count="many", job_id="seven")[0]
    assert found == {"job_id": ("retyped_field", "warn"), "notes_count": ("retyped_field", "note")}


def test_the_same_files_judged_twice_after_a_kill_come_to_the_same_end(stream: Stream) -> None:
    _, stops = stream.load(60, drop=["job_id"])
    (file,) = stream.connection.execute(f"select distinct load_file from {TABLE.name} order by load_file desc limit 1").fetchone() or ("",)
    profiles = stream.connection.execute("select count(*) from quality.field_profiles").fetchone()
    assert stream.watch([file]) == ([], stops)
    assert stream.connection.execute("select count(*) from quality.field_profiles").fetchone() == profiles


def test_which_fields_move_a_number_is_read_from_the_manifest(manifest: dict[str, Any]) -> None:
    read = fields_read(manifest["nodes"].values())
    assert READ["greenhouse", "applications"] <= read["greenhouse", "applications"]
    assert "notes_count" not in read["greenhouse", "applications"]
    assert {"candidate", "candidate.id"} <= read["ashby", "applications"]
    assert "timestamp" in read["gem", "candidate_events"]
    assert "status_code" in read["canonical_files", "applications"]
