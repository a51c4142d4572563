"""D: what a check reads, remembers and says, without a run (the whole of it stands in tests/golden/test_messages.py)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb
import pytest
import yaml

from base import clock
from base.home import Home
from ingestion.gate.standing import blocked_before
from ingestion.preflight.trial import try_source
from ingestion.protocol.connector import Sample
from ingestion.protocol.finding import ERROR, Finding
from orchestration import rehearsal
from orchestration.rehearsal import Rehearsal
from orchestration.run.received import Received, table_lines
from tests.support.ingestion import Place, config_of, folder_source

GATED = (
    "create schema quality; create table quality.gated_loads (kind varchar, source_system varchar, stream varchar, load_file varchar,"
    " row_count bigint, failed_count bigint, status varchar, judged_at timestamp);"
)


def test_of_a_large_file_the_first_rows_are_read_and_the_check_says_so(place: Place, tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text("job_id,job_name,status_code\n" + "".join(f"j{n},Job,open\n" for n in range(9)))
    source = folder_source(tmp_path)
    sample = Sample(whole_bytes=100, rows=4)
    findings, streams = try_source(config_of(source), place.home, place.ops, source, at=clock.now(), sample=sample)
    assert [stream.fetched for stream in streams] == [4]
    assert [finding.message for finding in findings if finding.level == "warning"] == [
        "jobs.csv has 0 MB: only the first 4 rows were checked"
    ]


def test_a_check_that_was_killed_leaves_rows_of_candidates_only_until_the_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for pid in (os.getpid(), 2**22 + 1):
        (tmp_path / f"funnelcast-check-{pid}-abc").mkdir()
    (tmp_path / "funnelcast-check-notes").mkdir()
    rehearsal._remove_left_overs()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"funnelcast-check-{os.getpid()}-abc", "funnelcast-check-notes"]


def test_a_table_that_is_blocked_in_the_home_is_blocked_in_the_check(tmp_path: Path) -> None:
    homes = [Home(tmp_path / name) for name in ("home", "scratch")]
    for home in homes:
        home.root.mkdir()
        with duckdb.connect(str(home.warehouse)) as connection:
            connection.execute(GATED)
    with duckdb.connect(str(homes[0].warehouse)) as connection:
        for source in ("acme", "other"):
            connection.execute(
                "insert into quality.gated_loads values ('canonical_files', ?, 'jobs', 'a', 60, 60, 'blocked', now())", [source]
            )
    rehearsal._recall_blocks(*homes, {"acme"})
    with duckdb.connect(str(homes[1].warehouse)) as connection:
        assert blocked_before(connection) == {("canonical_files", "acme", "jobs"): "blocked"}


@pytest.mark.parametrize(
    ("done", "code"),
    [
        (Rehearsal(tables=[Received("acme", "jobs", 3, 1, 1)]), 0),
        (Rehearsal(tables=[Received("acme", "jobs", 3, 0, 3)]), 1),
        (Rehearsal(tables=[Received("acme", "jobs", 0, 0, 0, blocking=("acme jobs: blocked",))]), 1),
        (Rehearsal(findings=[(folder_source(Path()), Finding(ERROR, None, "unreadable"))]), 1),
        (Rehearsal(findings=[(folder_source(Path()), Finding(ERROR, None, "no folder", is_configuration=True))]), 2),
    ],
)
def test_the_exit_code_tells_data_that_would_block_from_a_wrong_configuration(done: Rehearsal, code: int) -> None:
    assert done.exit_code == code


def test_the_table_counts_what_was_received_and_the_lines_to_paste_are_yaml() -> None:
    proposal = {"columns": {"job_id": "req"}, "codes": {"status_code": {"on ice": "CODE"}}}
    lines = table_lines([Received("acme", "jobs", 1200, 100, 60, proposal=proposal), Received("acme", "users", 0, 0, 0)])
    assert lines[1:3] == [
        "source  table  received  duplicates  set aside  usable",
        "acme    jobs      1,200         100         60   1,040  some set aside",
    ]
    assert lines[4] == "acme jobs: 60 of 1,200 rows set aside:"
    assert "CODE stands for the code that you mean" in lines[7]
    assert [line.strip() for line in lines[8:]] == ["tables:", "jobs:", "columns:", "job_id: req", "codes:", "status_code:", "on ice: CODE"]


def test_all_that_is_proposed_for_a_source_is_one_block_that_can_be_pasted_into_its_entry() -> None:
    """Two tables, and one of them has a mapping already: pasted lines would else give a key twice."""
    stated = {"jobs": {"file": "reqs.csv", "columns": {"job_id": "req"}}}
    tables = [
        Received("acme", "applications", 3, 0, 3, proposal={"date_format": "%d.%m.%Y"}, stated=stated),
        Received("acme", "jobs", 3, 0, 3, proposal={"date_format": "%d.%m.%Y", "columns": {"opened_at": "start"}}, stated=stated),
    ]
    lines = table_lines(tables)
    [heading] = [line for line in lines if line.startswith("-> Source 'acme' in sources.yml: put this in place of its 'tables'")]
    pasted = lines[lines.index(heading) + 1 :]
    entry = ["sources:", "  - name: acme", "    kind: canonical_files", *pasted]
    [source] = yaml.safe_load("\n".join(entry))["sources"]
    assert source["tables"] == {
        "jobs": {"file": "reqs.csv", "columns": {"job_id": "req", "opened_at": "start"}, "date_format": "%d.%m.%Y"},
        "applications": {"date_format": "%d.%m.%Y"},
    }
