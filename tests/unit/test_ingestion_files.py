"""Sources that are folders: canonical tables and SES event files, with everything that people and networks do to files."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fsspec
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from base.config import Source
from base.errors import ConfigError
from ingestion.extract.run import ExtractionError, SourceLoad, extract
from ingestion.sources.ses.connector import event_identity
from tests.support.ingestion import Place, config_of, folder_source, lake_rows, look_at

END = datetime(2026, 6, 29, 6, tzinfo=UTC)
HEADER = "application_id,candidate_id,job_id,applied_at,status_code\n"
Load = Callable[..., SourceLoad]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


@pytest.fixture
def load(place: Place, folder: Path) -> Load:
    """load(days=0, kind='canonical_files'): one run, `days` after the first."""

    def run(days: float = 0, kind: str = "canonical_files", **more: Any) -> SourceLoad:
        source = folder_source(folder, kind=kind, **more)
        return extract(config_of(source), place.home, place.ops, source, window_end=END + timedelta(days=days))

    return run


def counts(loaded: SourceLoad) -> dict[str, tuple[int, int, int]]:
    return {stream.stream: (stream.fetched, stream.written, stream.duplicates) for stream in loaded.streams}


def test_a_folder_of_csv_jsonl_and_parquet_loads_each_as_its_table(place: Place, folder: Path, load: Load) -> None:
    (folder / "applications.csv").write_text(HEADER + "1,c1,j1,2026-01-01,active\n")
    (folder / "jobs.jsonl").write_text('{"job_id": "j1", "job_name": "Engineer", "status_code": "open"}\n')
    offer = {"offer_id": [7], "version_number": [1], "application_id": ["1"], "created_at": [datetime(2026, 2, 1, tzinfo=UTC)]}
    pq.write_table(pa.table(offer), folder / "offers.parquet")
    assert counts(load()) == {"applications": (1, 1, 0), "jobs": (1, 1, 0), "offers": (1, 1, 0)}
    assert lake_rows(place.home, "stream, record_id, payload") == [
        ("applications", "1", '{"application_id":"1","applied_at":"2026-01-01","candidate_id":"c1","job_id":"j1","status_code":"active"}'),
        ("jobs", "j1", '{"job_id":"j1","job_name":"Engineer","status_code":"open"}'),
        ("offers", "7|1", '{"application_id":"1","created_at":"2026-02-01T00:00:00Z","offer_id":7,"version_number":1}'),
    ]


def test_a_file_read_before_is_not_read_again_and_a_changed_one_adds_only_what_changed(place: Place, folder: Path, load: Load) -> None:
    path = folder / "applications.csv"
    path.write_text(HEADER + "1,c1,j1,2026-01-01,active\n2,c2,j1,2026-01-02,active\n")
    load()
    assert counts(load(1)) == {"applications": (0, 0, 0)}
    path.write_text(HEADER + "1,c1,j1,2026-01-01,hired\n2,c2,j1,2026-01-02,active\n")
    assert counts(load(2)) == {"applications": (2, 1, 1)}
    path.write_text(HEADER + "1,c1,j1,2026-01-01,active\n2,c2,j1,2026-01-02,active\n")
    assert counts(load(3)) == {"applications": (2, 1, 1)}
    states = lake_rows(place.home, "json_extract_string(payload, '$.status_code')", "observed_at", group="")
    assert [state for (state,) in states if state] == ["active", "active", "hired", "active"]


def test_a_file_changed_under_a_frozen_clock_is_read_and_its_newer_version_is_the_latest(place: Place, folder: Path, load: Load) -> None:
    path = folder / "applications.csv"
    for status in ("active", "rejected", "active", "hired"):
        path.write_text(HEADER + f"1,c1,j1,2026-01-01,{status}\n")
        load()
    states = lake_rows(place.home, "json_extract_string(payload, '$.status_code')", "observed_at")
    assert states == [("active",), ("rejected",), ("active",), ("hired",)]


def test_a_row_that_cannot_be_used_travels_under_a_mark_and_nothing_is_lost(place: Place, folder: Path, load: Load) -> None:
    (folder / "applications.csv").write_text(
        HEADER + "1,c1,j1,2026-01-01,active\n,c2,j1,2026-01-02,active\n3,c3\n1,c1,j1,2026-01-01,hired\n1,c1,j1,2026-01-01,active\n"
    )
    assert counts(load()) == {"applications": (5, 4, 1)}
    assert [record.partition(":")[0] for (record,) in lake_rows(place.home, "record_id")] == ["1", "conflict", "keyless", "malformed"]


def test_a_key_part_that_is_optional_may_be_missing(place: Place, folder: Path, load: Load) -> None:
    (folder / "job_team.csv").write_text("job_id,user_id,role_code\nj1,u1,recruiter\n")
    load()
    assert lake_rows(place.home, "record_id") == [("j1|u1|recruiter|",)]


def test_separators_inside_a_key_do_not_make_two_keys_one(place: Place, folder: Path, load: Load) -> None:
    (folder / "stage_visits.csv").write_text("application_id,stage_id,entered_at\na|b,c,2026-01-01\na,b|c,2026-01-01\n")
    load()
    assert len(set(lake_rows(place.home, "record_id"))) == 2


def test_an_observed_at_of_the_files_own_is_when_it_was_known(place: Place, folder: Path, load: Load) -> None:
    (folder / "jobs.csv").write_text(
        "job_id,job_name,status_code,observed_at\nj1,A,open,2026-03-01T12:00:00+02:00\nj2,B,open,\nj3,C,open,soon\n"
    )
    load()
    rows = dict(lake_rows(place.home, "record_id, observed_at"))
    assert rows["j1"] == datetime(2026, 3, 1, 10)  # noqa: DTZ001 - the lake's times are naive UTC
    assert rows["j2"] == END.replace(tzinfo=None)
    assert [record.partition(":")[0] for record in rows].count("undated") == 1


@pytest.mark.parametrize(
    "text",
    [
        "﻿application_id;candidate_id;job_id;applied_at;status_code\n1;c1;j1;2026-01-01;active\n",
        HEADER.upper() + "1,c1,j1,2026-01-01,active\n",
    ],
)
def test_a_byte_order_mark_semicolons_and_capitals_are_read(place: Place, folder: Path, load: Load, text: str) -> None:
    (folder / "applications.csv").write_text(text, encoding="utf-8")
    load()
    assert lake_rows(place.home, "record_id") == [("1",)]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("applications.csv", HEADER.encode() + "1,Zoë,j1,2026-01-01,active\n".encode("latin-1"), "UTF-8"),
        ("applications.csv", HEADER.encode() + b'1,"c1', "CSV"),
        ("applications.parquet", b"PAR1 cut", "Parquet"),
    ],
)
def test_an_unreadable_file_fails_its_table_by_name_and_the_others_load(
    place: Place, folder: Path, load: Load, name: str, content: bytes, message: str
) -> None:
    (folder / name).write_bytes(content)
    (folder / "jobs.csv").write_text("job_id,job_name,status_code\nj1,A,open\n")
    with pytest.raises(ExtractionError, match=f"{name}.*{message}"):
        load()
    assert lake_rows(place.home, "stream, record_id") == [("jobs", "j1")]
    (finding, *_) = look_at(folder_source(folder))
    assert not finding.is_ok
    assert name in str(finding)


def test_unknown_files_and_columns_are_said_with_the_name_they_may_have_meant(folder: Path, load: Load) -> None:
    (folder / "aplications.csv").write_text(HEADER)
    (folder / "jobs.csv").write_text("job_id,job_nam,status_code\nj1,A,open\n")
    findings = [str(finding) for finding in look_at(folder_source(folder)) if finding.level == "warning"]
    assert any("aplications.csv" in text and "'applications'" in text for text in findings)
    assert any("'job_nam'" in text and "'job_name'" in text for text in findings)
    assert any("'job_name' is missing" in text for text in findings)
    (stream,) = load().streams
    assert len(stream.warnings) == 2


def test_a_folder_that_is_not_there_is_a_mistake_of_the_configuration(tmp_path: Path, load: Load, folder: Path) -> None:
    folder.rmdir()
    with pytest.raises(ConfigError, match=r"acme.*does not exist"):
        load()
    (finding,) = look_at(folder_source(folder))
    assert not finding.is_ok


def event(kind: str = "Click", link: str = "https://example.com/a", at: str = "2026-06-01T10:00:00.000Z") -> dict[str, Any]:
    mail = {"messageId": "m1", "destination": ["Jane@Example.com"], "timestamp": "2026-06-01T09:00:00.000Z"}
    return {"eventType": kind, "mail": mail, kind.lower(): {"timestamp": at, "link": link}}


def lines(*events: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(one) + b"\n" for one in events)


def put(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_events_of_plain_and_gzip_files_load_and_a_repeated_event_is_one(place: Place, folder: Path, load: Load) -> None:
    put(folder, "2026/06/01/10/events-1", lines(event(), event(link="https://example.com/b")))
    put(folder, "2026/06/01/11/events-2.gz", gzip.compress(lines(event(), event("Open"))) + gzip.compress(lines(event("Delivery"))))
    assert counts(load(kind="ses")) == {"events": (5, 4, 1)}
    put(folder, "2026/06/02/10/events-3", lines(event(at="2026-06-02T10:00:00.000Z")))
    assert counts(load(1, kind="ses")) == {"events": (1, 1, 0)}


def test_event_files_in_object_storage_load_once_and_a_cut_one_is_named(place: Place, tmp_path: Path) -> None:
    root = f"memory://{tmp_path.name}-ses"
    fs, path = fsspec.core.url_to_fs(root)
    fs.pipe_file(f"{path}/2026/06/01/events-1.gz", gzip.compress(lines(event(), event("Open"))))
    fs.pipe_file(f"{path}/2026/06/01/events-2", lines(event("Delivery"))[:-20])
    source = Source(name="mail", kind="ses", path=root)

    def load_at(hour: int) -> SourceLoad:
        return extract(config_of(source), place.home, place.ops, source, window_end=END + timedelta(hours=hour))

    with pytest.raises(ExtractionError, match=r"1 event file.*2026/06/01/events-2 ends in the middle of a line"):
        load_at(0)
    (cut,) = look_at(source)
    assert "1 event file is incomplete and not loaded; the first: 2026/06/01/events-2 ends in the middle of a line" in cut.message
    fs.pipe_file(f"{path}/2026/06/01/events-2", lines(event("Delivery")))
    assert counts(load_at(1)) == {"events": (1, 1, 0)}


def test_the_identity_of_an_event_is_type_message_recipient_time_and_link() -> None:
    assert event_identity(event()) == ("Click", "m1", "jane@example.com", "2026-06-01T10:00:00.000Z", "https://example.com/a")
    bounce = {**event("Bounce"), "bounce": {"timestamp": "t", "bouncedRecipients": [{"emailAddress": "b@x"}, {"emailAddress": "A@x"}]}}
    assert event_identity(bounce) == ("Bounce", "m1", "a@x,b@x", "t", "")
    assert event_identity({"eventType": "Open", "mail": {}}) is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.gz", gzip.compress(lines(*[event(at=f"2026-06-01T10:00:{second:02d}Z") for second in range(60)]))[:-40]),
        ("cut", lines(event(), event("Open"))[:-20]),
        ("damaged.gz", gzip.compress(lines(event()))[:12] + b"\0\0\0\0" + gzip.compress(lines(event()))[16:]),
        ("plain.gz", lines(event())),
    ],
)
def test_a_file_cut_in_the_middle_is_refused_whole_and_read_when_it_is_whole(
    place: Place, folder: Path, load: Load, name: str, content: bytes
) -> None:
    put(folder, f"2026/06/01/10/{name}", content)
    put(folder, "2026/06/01/11/good", lines(event("Delivery")))
    with pytest.raises(ExtractionError, match=rf"1 event file.*{name}"):
        load(kind="ses")
    assert len(lake_rows(place.home)) == 1
    assert not all(finding.is_ok for finding in look_at(folder_source(folder, kind="ses")))
    whole = lines(event(), event("Open"))
    put(folder, f"2026/06/01/10/{name}", gzip.compress(whole) if name.endswith("gz") else whole)
    assert counts(load(1, kind="ses")) == {"events": (2, 2, 0)}


def test_a_line_that_is_no_event_travels_under_a_mark(place: Place, folder: Path, load: Load) -> None:
    put(folder, "events", b'not json\n{"eventType": "Open"}\n' + lines(event()))
    load(kind="ses")
    assert sorted(record.partition(":")[0] for (record,) in lake_rows(place.home, "record_id") if ":" in record) == ["keyless", "malformed"]


def test_the_last_line_may_lack_its_line_end_when_it_is_whole(place: Place, folder: Path, load: Load) -> None:
    put(folder, "events", lines(event(), event("Open")).rstrip(b"\n"))
    assert counts(load(kind="ses")) == {"events": (2, 2, 0)}


def test_a_stage_of_several_jobs_is_a_row_of_each(place: Place, folder: Path, load: Load) -> None:
    (folder / "stages.csv").write_text("stage_id,job_id,stage_name\ns1,j1,Onsite\ns1,j2,Onsite\ns1,,Onsite\n", encoding="utf-8")
    load()
    assert len(set(lake_rows(place.home, "record_id"))) == 3
