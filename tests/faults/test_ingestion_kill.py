"""A load killed at any of its fault points and started again ends in the same log, with every record counted once."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from base.faults import FAULT_POINTS, FAULT_VARIABLE
from ingestion.extract.run import extract
from ingestion.log import parts
from ingestion.log.loads import COMPLETE, Ledger, load_parts, loads
from ingestion.log.recovery import recover
from tests.support.ingestion import Place, config_of, folder_source, lake_rows, place_at

END = datetime(2026, 6, 29, 6, tzinfo=UTC)
ROWS = 5000

RUN = """
import sys
from datetime import datetime
from pathlib import Path
from ingestion.extract import one_pass, run
from tests.support.ingestion import config_of, folder_source, place_at
one_pass.PART_RECORDS = 1500
place, source = place_at(Path(sys.argv[1])), folder_source(Path(sys.argv[2]))
run.extract(config_of(source), place.home, place.ops, source, window_end=datetime.fromisoformat(sys.argv[3]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """5,000 applications in parts of 1,500 at the least; a key is used twice with other content, far apart."""
    folder = tmp_path / "files"
    folder.mkdir()
    rows = [f"{number},c{number},j1,2026-01-01,active" for number in range(ROWS)]
    rows[4500] = "10,c10,j1,2026-01-01,hired"
    (folder / "applications.csv").write_text("application_id,candidate_id,job_id,applied_at,status_code\n" + "\n".join(rows) + "\n")
    return folder


def run(place: Place, folder: Path) -> None:
    source = folder_source(folder)
    extract(config_of(source), place.home, place.ops, source, window_end=END)


def killed(place: Place, folder: Path, fault: str) -> None:
    """The same run in a process of its own that dies at `fault`."""
    environment = {"PATH": "/usr/bin:/bin", FAULT_VARIABLE: fault}
    command = [sys.executable, "-c", RUN, str(place.home.root), str(folder), END.isoformat()]
    ended = subprocess.run(command, env=environment, cwd=Path(__file__).parents[2], check=False, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


POINTS = [name for name in FAULT_POINTS if name.startswith("ingestion.")]


@pytest.mark.parametrize("point", [*(f"{name}:2" for name in POINTS), "ingestion.between_file_and_ledger:1"])
def test_a_killed_load_started_again_gives_the_log_of_an_undisturbed_one(place: Place, folder: Path, tmp_path: Path, point: str) -> None:
    killed(place, folder, point)
    run(place, folder)
    undisturbed = place_at(tmp_path / "undisturbed")
    run(undisturbed, folder)
    columns = "source, stream, record_id, payload, payload_hash, observed_at, load_id, window_end"
    assert lake_rows(place.home, columns) == lake_rows(undisturbed.home, columns)
    assert len(lake_rows(place.home)) == ROWS
    state = Ledger(place.ops).newest_complete("acme", "applications")
    assert state is not None
    assert state.fetched == state.written + state.duplicates
    assert state.written == ROWS
    assert list(parts.temporary_files(place.home.lake)) == []


def test_a_complete_file_without_a_ledger_row_is_adopted_with_its_counts(place: Place, folder: Path) -> None:
    killed(place, folder, "ingestion.between_file_and_ledger:2")
    with place.ops.connect() as connection:
        known = connection.execute(sa.select(sa.func.count()).select_from(load_parts)).scalar()
    assert known == 1
    found = recover(place.home, place.ops)
    assert len(found.adopted) == 1
    assert found.adopted[0].endswith("-00001.parquet")
    with place.ops.connect() as connection:
        rows = connection.execute(sa.select(loads.c.parts, loads.c.fetched, loads.c.written, loads.c.duplicates)).one()
    assert tuple(rows) == (2, 4000, 4000, 0)
    assert recover(place.home, place.ops).adopted == []


def test_a_lake_outlives_its_operations_database(place: Place, folder: Path, tmp_path: Path) -> None:
    run(place, folder)
    before = lake_rows(place.home)
    place.ops.dispose()
    for path in place.home.root.glob("ops.sqlite*"):
        path.unlink()
    again = place_at(place.home.root)
    assert len(recover(again.home, again.ops).adopted) == 1
    run(again, folder)
    assert lake_rows(again.home) == before
    state = Ledger(again.ops).newest_complete("acme", "applications")
    assert state is not None
    assert (state.status, state.written) == (COMPLETE, ROWS)


def test_half_written_files_go_and_foreign_files_stay(place: Place, folder: Path) -> None:
    run(place, folder)
    part = next(place.home.lake.rglob("*.parquet"))
    (part.parent / ".tmp-left.parquet").write_bytes(b"half")
    found = recover(place.home, place.ops)
    assert len(found.removed) == 1
    assert found.adopted == []
