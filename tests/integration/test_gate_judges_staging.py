"""The gate on staging tables: quarantine with a reason, warnings, blocks that stand until a better load, and no cost where nothing is new."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from base.faults import FAULT_VARIABLE
from ingestion.gate import GateReport, gate
from ingestion.gate.drift import Policy
from ingestion.gate.verdicts import gate_results
from ingestion.log.loads import COMPLETE, Ledger, Load, Part
from tests.support.ingestion import Place
from tests.support.lake import write_load

JUDGED = datetime(2026, 6, 29, 7, tzinfo=UTC)
#: What staging parses of the streams here.
READ = {("canonical_files", "applications"): frozenset({"candidate_id", "job_id", "status_code"})}
COLUMNS = ("application_id", "candidate_id", "job_id", "applied_at", "status_code", "hired_at", "closed_at")

pytestmark = pytest.mark.xdist_group("gate")


def good(number: int) -> dict[str, Any]:
    return {
        "application_id": str(number),
        "candidate_id": f"c{number}",
        "job_id": "j1",
        "applied_at": datetime(2026, 1, 1) + timedelta(hours=number),  # noqa: DTZ001 - staging times are naive UTC
        "status_code": "active",
    }


def stage(place: Place, rows: Sequence[dict[str, Any]], file: str = "one.parquet", source: str = "acme") -> None:
    """Put rows into staging as dbt would have parsed them from one load file."""
    with duckdb.connect(str(place.home.warehouse)) as connection:
        connection.execute("create schema if not exists staging")
        connection.execute(
            "create table if not exists staging.stg_canonical_files__applications (source_system varchar, record_id varchar, payload_hash varchar,"
            " load_id varchar, load_file varchar, observed_at timestamp, application_id varchar, candidate_id varchar, job_id varchar,"
            " applied_at timestamp, status_code varchar, hired_at timestamp, closed_at timestamp, parse_errors varchar)"
        )
        for row in rows:
            record = row.get("record_id", row.get("application_id"))
            facts = [source, record, f"h{record}", "load", f"{source}/applications/{file}", JUDGED.replace(tzinfo=None)]
            facts += [row.get(column) for column in COLUMNS] + [row.get("parse_errors")]
            connection.execute(f"insert into staging.stg_canonical_files__applications values ({', '.join('?' * len(facts))})", facts)


def judge(place: Place, run: str = "run-1", later: int = 0) -> GateReport:
    return gate(place.home, place.ops, run_id=run, judged_at=JUDGED + timedelta(hours=later), fields_read=READ)


def quality(place: Place, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(place.home.warehouse)) as connection:
        return connection.execute(query).fetchall()


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"record_id": "keyless:" + "1" * 32, "application_id": None}, "key", "no value in a column of its key"),
    ({"record_id": "conflict:" + "2" * 32}, "key", "same key and other content"),
    ({"record_id": "malformed:" + "3" * 32}, "key", "could not be read"),
    ({"parse_errors": "applied_at,hired_at", "applied_at": None}, "parse", "not readable: applied_at, hired_at"),
    ({"candidate_id": None}, "filled:candidate_id", "candidate_id is empty"),
    ({"status_code": "on_ice"}, "known:status_code", "status_code holds the unknown code 'on_ice'"),
    ({"applied_at": datetime(202, 1, 1)}, "plausible", "applied_at lies in the year 202"),  # noqa: DTZ001
]


@pytest.mark.slow
def test_every_kind_of_bad_row_is_quarantined_with_its_reason_and_good_rows_pass(place: Place) -> None:
    rows = [good(number) for number in range(100)]
    for number, (change, _, _) in enumerate(BAD):
        rows[number] |= {"record_id": f"bad{number}", **change}
    rows[51] |= {"closed_at": datetime(2025, 1, 1)}  # noqa: DTZ001
    stage(place, rows)
    report = judge(place)
    (verdict,) = report.streams
    assert (verdict.kind, verdict.stream, verdict.row_count, verdict.failed_count, verdict.status) == (
        "canonical_files",
        "applications",
        100,
        len(BAD),
        "quarantined",
    )
    assert report.is_passed
    found = {record: (rule, reason) for record, rule, reason in quality(place, "select record_id, rule, reason from quality.quarantine")}
    for number, (change, rule, reason) in enumerate(BAD):
        recorded_rule, recorded_reason = found.pop(str(change.get("record_id", f"bad{number}")))
        assert recorded_rule == rule
        assert reason in recorded_reason
    assert found == {}
    warned = {result.rule: result for result in verdict.rules if result.severity == "warning" and not result.is_met}
    assert set(warned) == {"order:applied_at<=closed_at"}
    assert quality(place, "select * exclude (judged_at) from quality.gated_loads") == [
        ("canonical_files", "acme", "applications", "acme/applications/one.parquet", 100, len(BAD), "quarantined")
    ]
    with place.ops.connect() as connection:
        broken = set(connection.execute(sa.select(gate_results.c.rule).where(~gate_results.c.is_met)).scalars())
    assert broken == {result.rule for result in verdict.rules if not result.is_met}
    page = (place.home.quality / "index.html").read_text(encoding="utf-8")
    assert "candidate_id is empty" in page
    assert "c50" not in page


@pytest.mark.slow
def test_what_is_judged_is_not_judged_again_and_nothing_new_does_not_import_great_expectations(place: Place) -> None:
    stage(place, [good(number) for number in range(5)] + [good(6) | {"candidate_id": None}])
    judge(place)
    before = quality(place, "from quality.quarantine"), quality(place, "from quality.gated_loads")
    code = (
        "import sys; from datetime import datetime; from pathlib import Path; from ingestion.gate import gate;"
        "from tests.support.ingestion import place_at; place = place_at(Path(sys.argv[1]));"
        "report = gate(place.home, place.ops, run_id='run-2', judged_at=datetime.fromisoformat(sys.argv[2]), fields_read={});"
        "assert report.streams == [] and report.is_passed; assert 'great_expectations' not in sys.modules"
    )
    command = [sys.executable, "-c", code, str(place.home.root), JUDGED.isoformat()]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2])
    assert (quality(place, "from quality.quarantine"), quality(place, "from quality.gated_loads")) == before
    stage(place, [good(7) | {"candidate_id": None}], file="two.parquet")
    report = judge(place, "run-3")
    assert [(verdict.row_count, verdict.failed_count) for verdict in report.streams] == [(1, 1)]


@pytest.mark.slow
def test_a_stream_with_too_many_bad_rows_blocks_until_a_later_load_of_it_passes(place: Place) -> None:
    stage(place, [good(number) | ({"candidate_id": None} if number < 11 else {}) for number in range(100)])
    stage(place, [good(number) for number in range(100)], source="other")
    report = judge(place)
    (sentence,) = report.blocking
    assert sentence.startswith("acme applications: 11 of 100 new rows")
    assert judge(place, "run-2", later=1).blocking[0].startswith("acme applications: its newest load was blocked")
    stage(place, [good(200) | {"candidate_id": None}], file="two.parquet")
    assert not judge(place, "run-3", later=2).is_passed
    stage(place, [good(201)], file="three.parquet")
    assert judge(place, "run-4", later=3).is_passed


@pytest.mark.slow
def test_ten_of_a_hundred_and_few_rows_do_not_block_and_a_flood_of_unknown_codes_does(place: Place) -> None:
    stage(place, [good(number) | ({"candidate_id": None} if number < 10 else {}) for number in range(100)])
    stage(place, [good(number) | {"candidate_id": None} for number in range(49)], source="tiny")
    assert judge(place).is_passed
    stage(place, [good(number) | ({"status_code": "neu"} if number < 26 else {}) for number in range(50)], file="two.parquet")
    report = judge(place, "run-2")
    broken, unknown = report.blocking
    assert "26 of 50 new rows break a rule" in broken
    assert "26 of 50 new rows fail known:status_code" in unknown


@pytest.mark.slow
def test_a_kill_between_verdict_and_record_is_judged_again_to_the_same_end(place: Place) -> None:
    stage(place, [good(number) for number in range(20)] + [good(30) | {"candidate_id": None}])
    code = (
        "import sys; from datetime import datetime; from pathlib import Path; from ingestion.gate import gate;"
        "from tests.support.ingestion import place_at; place = place_at(Path(sys.argv[1]));"
        "gate(place.home, place.ops, run_id='run-1', judged_at=datetime.fromisoformat(sys.argv[2]), fields_read={})"
    )
    command = [sys.executable, "-c", code, str(place.home.root), JUDGED.isoformat()]
    environment = {**os.environ, FAULT_VARIABLE: "gate.before_record"}
    killed = subprocess.run(command, check=False, cwd=Path(__file__).parents[2], env=environment, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert quality(place, "from quality.gated_loads") == []
    report = judge(place)
    assert report.streams[0].failed_count == 1
    assert quality(place, "select count(*) from quality.quarantine") == [(1,)]
    with place.ops.connect() as connection:
        rules = connection.execute(sa.select(gate_results.c.rule)).scalars().all()
    assert len(rules) == len(set(rules)) == len(report.streams[0].rules)


@pytest.mark.slow
def test_a_drifted_load_blocks_is_named_on_the_page_and_passes_once_it_is_accepted(place: Place) -> None:
    for day, record in enumerate(({"candidate_id": "c", "job_id": "j1"}, {"candidate_id": "c", "job": "j1"})):
        written = write_load(place.home.root, "acme", "canonical_files", "applications", [record] * 60, datetime(2026, 6, 29 + day))  # noqa: DTZ001
        assert written is not None
        stage(place, [good(100 * day + number) for number in range(60)], file=f"{written.parent.name}/{written.name}")
        report = judge(place, f"run-{day}", later=day)
        assert report.is_passed == (day == 0)
    assert {(finding.field, finding.change) for finding in report.drift} == {("job", "new_field"), ("job_id", "vanished_field")}
    assert report.blocking[0].startswith("acme applications: job_id has vanished")
    assert "job_id" in (place.home.quality / "index.html").read_text(encoding="utf-8").partition("Changes in the shape of the data")[2]
    accepted = Policy(accepted=frozenset({"applications.job_id"}))
    judged_at = JUDGED + timedelta(hours=3)
    assert gate(place.home, place.ops, run_id="run-3", judged_at=judged_at, fields_read=READ, policy=accepted).is_passed


def load(place: Place, stream: str, day: int, fetched: int, kind: str = "gem") -> None:
    """A complete full load in the ledger."""
    ledger, reading = Ledger(place.ops), Load("crm", kind, stream, None, JUDGED + timedelta(days=day))
    ledger.begin(reading)
    ledger.commit_part(reading, Part(reading.load_id, 0, None, fetched, fetched - 1 if fetched else 0, 1 if fetched else 0, 0, None, None))
    ledger.finish(reading, COMPLETE)


def test_a_service_that_gives_nothing_where_it_always_gave_something_blocks_and_a_quiet_folder_does_not(place: Place) -> None:
    for stream, kind in (("users", "gem"), ("events", "ses")):
        load(place, stream, 0, 10, kind)
        load(place, stream, 1, 0, kind)
    report = judge(place)
    (sentence,) = report.blocking
    assert sentence.startswith("crm users:")
    assert quality(place, "select stream, fetched_count, written_count, duplicate_count from quality.load_counts order by all") == [
        ("events", 0, 0, 0),
        ("events", 10, 9, 1),
        ("users", 0, 0, 0),
        ("users", 10, 9, 1),
    ]
