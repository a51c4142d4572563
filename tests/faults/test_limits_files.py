"""T10, T13, T16: what is too large, no file or no clear record is set aside in words with its place; nothing blocks and memory is bounded."""

from __future__ import annotations

import gzip
import os
import socket
import tracemalloc
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from base.json_text import DEEPEST, NotJson, json_text, lowered, parse_record
from ingestion.extract.run import ExtractionError, SourceLoad, extract
from ingestion.files.storage import Storage
from ingestion.files.tables import MOST_COLUMNS, read_records
from ingestion.log import records
from ingestion.log.records import LONGEST_LINE, Unusable
from ingestion.protocol.connector import keyed_row
from ingestion.webhooks.spool import Received, Spool, read
from tests.support.ingestion import Place, config_of, folder_source, lake_rows

END = datetime(2026, 6, 29, 6, tzinfo=UTC)
HEADER = "application_id,candidate_id,job_id,applied_at,status_code"
ROW = "{},c1,j1,2026-01-01,active"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


def load(place: Place, folder: Path, kind: str = "canonical_files") -> SourceLoad:
    source = folder_source(folder, kind=kind)
    return extract(config_of(source), place.home, place.ops, source, window_end=END)


def marks(place: Place) -> list[tuple[str, int]]:
    """(mark or id, line) of every row of the log."""
    return [(record.partition(":")[0], line) for record, line in lake_rows(place.home, "record_id, line", "line")]


def write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


LONG = "x" * (LONGEST_LINE + 1)


def test_T10_a_line_that_is_too_long_is_set_aside_with_its_line_and_the_others_load(place: Place, folder: Path) -> None:
    write(folder / "applications.csv", [HEADER, ROW.format(1), ROW.format(LONG), ROW.format(3)])
    write(folder / "jobs.jsonl", ['{"job_id": "j1"}', f'{{"job_id": "{LONG}"}}', '{"job_id": "j3"}'])
    load(place, folder)
    found = {(stream, record.partition(":")[0], line) for stream, record, line in lake_rows(place.home, "stream, record_id, line")}
    assert found == {
        ("applications", "1", 2), ("applications", "oversized", 3), ("applications", "3", 4),
        ("jobs", "j1", 1), ("jobs", "oversized", 2), ("jobs", "j3", 3),
    }  # fmt: skip


def test_T10_a_line_of_fifty_megabytes_takes_no_more_memory_than_one_at_the_limit(folder: Path) -> None:
    with (folder / "jobs.jsonl").open("wb") as handle:
        handle.write(b'{"job_id": "j1"}\n{"job_id": "')
        for _ in range(50):
            handle.write(b"x" * 1_000_000)
        handle.write(b'"}\n{"job_id": "j3"}\n')
    [file] = Storage(folder_source(folder)).files()
    tracemalloc.start()
    found = [record.record for record in read_records(file)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [{"job_id": "j1"}, Unusable("jobs.jsonl:2", "oversized"), {"job_id": "j3"}]
    assert peak < 30_000_000


def test_T10_a_quote_that_is_never_closed_refuses_the_file_with_its_line(place: Place, folder: Path) -> None:
    write(folder / "applications.csv", [HEADER, ROW.format(1), '2,"never closed', *["x" * 999] * (LONGEST_LINE // 900)])
    with pytest.raises(ExtractionError, match=r"applications.csv is not readable as CSV \(.*the row that begins on line 3\)"):
        load(place, folder)


def test_T10_an_event_line_that_is_too_long_is_set_aside_in_plain_and_packed_files(place: Place, folder: Path) -> None:
    event = orjson.dumps({"eventType": "Open", "mail": {"messageId": "m1", "timestamp": "t", "destination": ["a@x"]}})
    (folder / "events.gz").write_bytes(
        gzip.compress(event + b'\n{"x": "' + LONG.encode() * 3 + b'"}\n' + event.replace(b"m1", b"m2") + b"\n")
    )
    load(place, folder, kind="ses")
    assert [mark == "oversized" for mark, _ in marks(place)] == [False, True, False]


def test_T10_pages_are_bounded_by_bytes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "PAGE_BYTES", 1000)
    rows = [keyed_row({"id": number, "text": "x" * 400}, number) for number in range(9)]
    assert [len(page) for page in records.batches(iter(rows))] == [3, 3, 3]


def test_T10_a_file_of_too_many_columns_is_refused_in_words(place: Place, folder: Path) -> None:
    write(folder / "applications.csv", [HEADER + "".join(f",c{number}" for number in range(MOST_COLUMNS))])
    with pytest.raises(ExtractionError, match=rf"applications.csv has 2,005 columns; at most {MOST_COLUMNS:,} are read"):
        load(place, folder)
    (folder / "applications.csv").unlink()
    pq.write_table(pa.table({f"c{number}": [1] for number in range(MOST_COLUMNS + 1)}), folder / "jobs.parquet")
    with pytest.raises(ExtractionError, match=r"jobs.parquet has 2,001 columns"):
        load(place, folder)


def test_T10_a_folder_of_too_many_files_is_refused_in_words(place: Place, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.files.storage.MOST_FILES", 3)
    for number in range(4):
        (folder / f"events-{number}").write_text("")
    with pytest.raises(ExtractionError, match="holds more than 3 files"):
        load(place, folder, kind="ses")


def test_T13_links_pipes_and_folders_are_named_never_read_and_never_block(place: Place, folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "passwd"
    write(secret, [HEADER, ROW.format("root")])
    write(folder / "applications.csv", [HEADER, ROW.format(1)])
    (folder / "offers.csv").symlink_to(secret)
    (folder / "users.csv").symlink_to(folder / "users.csv")
    (folder / "offices.csv").symlink_to(tmp_path / "nothing")
    (folder / "departments.csv").symlink_to("../passwd")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    os.mkfifo(folder / "jobs.csv")
    (folder / "stages").mkdir()
    (folder / "archive").mkdir()
    listener = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(folder)  # the path of a socket may not be long
    listener.bind("sources.csv")
    os.chdir(here)
    (folder / "stage_visits.csv").symlink_to(folder / "applications.csv")

    loaded = load(place, folder)

    listener.close()
    assert {stream.stream for stream in loaded.streams} == {"applications", "stage_visits"}
    assert not any("root" in payload for (payload,) in lake_rows(place.home, "payload"))
    assert sorted(sentence for sentence in loaded.ignored) == [
        "departments.csv is not read: it is a link that leads out of the folder",
        "jobs.csv is not read: it is neither a file nor a folder",
        "loop is not read: it is a link to a folder",
        "offers.csv is not read: it is a link that leads out of the folder",
        "offices.csv is not read: it is a link that leads out of the folder",
        "sources.csv is not read: it is neither a file nor a folder",
        "stages is not read: it is a folder",
        "users.csv is not read: it is a link that leads nowhere",
    ]


def test_T13_a_loop_of_folders_in_an_event_folder_is_walked_once(place: Place, folder: Path) -> None:
    (folder / "2026").mkdir()
    (folder / "2026" / "again").symlink_to(folder, target_is_directory=True)
    (folder / "2026" / "events").write_bytes(b'{"eventType": "Open", "mail": {"messageId": "m1"}}\n')
    loaded = load(place, folder, kind="ses")
    assert len(lake_rows(place.home)) == 1
    assert loaded.ignored == ("2026/again is not read: it is a link to a folder",)


def test_T13_a_link_that_takes_a_files_place_after_the_listing_is_not_followed(place: Place, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("root")
    (folder / "jobs.csv").write_text("job_id\nj1\n")
    [file] = Storage(folder_source(folder)).files()
    (folder / "jobs.csv").unlink()
    (folder / "jobs.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(Exception, match=r"jobs.csv cannot be read"):
        file.open()
    (folder / "jobs.csv").unlink()
    os.mkfifo(folder / "jobs.csv")
    with pytest.raises(Exception, match=r"jobs.csv cannot be read"):
        file.open()


DEEP = "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ('{"job_id": "j1", "job_id": "j2"}', "doubled"),
        ('{"job_id": "j1", "job_name": "a", "job_name": "b"}', "doubled"),
        ('{"job_id": "j1", "JOB_ID": "j2"}', "doubled"),
        ('{"job_id" : "j1", "custom": {"a" : 1, "a" : "1"}}', "doubled"),
        ('{"job_id": "j1", "job_id": "j1"}', "j1"),
        ('{"job_id": "j1", "text": "says \\"a\\": 1, \\"a\\": 2"}', "j1"),
        (f'{{"job_id": "j1", "x": {DEEP}}}', "nested"),
        ('{"job_id": "j1", "x": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested"),
        ('{"job_id": "j1", "x": NaN}', "malformed"),
        ('{"job_id": "j1", "x": -Infinity}', "malformed"),
        ('{"job_id": "j1"', "malformed"),
        ("[1, 2]", "malformed"),
        ('{"job_id": "j1", "x": "\\ud83d"}', "j1"),
        ('{"job_id": "j1", "x": 123456789012345678901234567890}', "j1"),
    ],
)
def test_T16_a_line_of_json_is_a_record_or_set_aside_with_why(place: Place, folder: Path, line: str, mark: str) -> None:
    write(folder / "jobs.jsonl", [line])
    load(place, folder)
    assert marks(place) == [(mark, 1)]


def test_T16_a_column_that_appears_twice_in_a_csv_file_sets_aside_the_rows_in_which_the_two_differ(place: Place, folder: Path) -> None:
    write(folder / "jobs.csv", ["job_id,job_name,Job_ID", "j1,a,j1", "j2,b,j9"])
    load(place, folder)
    assert marks(place) == [("j1", 2), ("doubled", 3)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["jobs.csv", "jobs.jsonl"])
def test_T16_a_file_in_utf_16_is_refused_in_words(place: Place, folder: Path, name: str, encoding: str) -> None:
    (folder / name).write_text("job_id\nj1\n" if name.endswith("csv") else '{"job_id": "j1"}\n', encoding=encoding)
    with pytest.raises(ExtractionError, match=rf"{name} is not UTF-8 text.*Save it in UTF-8"):
        load(place, folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(b"job_id\nj1\n"), r"jobs\.csv is not text: it is packed by gzip\. Unpack it"),
        (b"PK\x03\x04" + bytes(300), r"jobs\.csv is not text: it is a workbook of Excel, or a zip archive\. Save the sheet as CSV"),
        (b"job_id,job_name\nj1,a\nj2,b\xfc\n", r"jobs\.csv is not UTF-8 text \(line 3\)"),
        (b"job_id,job_name\n" + b"j1,\xc3\xbc\n" * 40_000 + b"j2,cut\xc3", r"jobs\.csv is not UTF-8 text \(line 40002\)"),
        (b"job_id,job_name\nj1,a\nj2,b\0\n" + b"j3,c\n" * 50, r"jobs\.csv holds a zero byte \(line 3\)"),
    ],
    ids=["gzip", "Excel", "cp1252", "cut", "zero byte"],
)
def test_T16_a_file_that_is_no_text_is_refused_with_what_it_is_or_with_the_line(
    place: Place, folder: Path, content: bytes, message: str
) -> None:
    (folder / "jobs.csv").write_bytes(content)
    with pytest.raises(ExtractionError, match=message):
        load(place, folder)


@pytest.mark.parametrize(
    "text", ["job_id|job_name\nj1|a, b\n", "sep=;\njob_id;job_name\nj1;a, b\n", '\ufeff\ufeffjob_id,job_name\nj1,"a, b"\n']
)
def test_T16_what_spreadsheets_write_around_a_table_is_no_part_of_it(place: Place, folder: Path, text: str) -> None:
    (folder / "jobs.csv").write_text(text, encoding="utf-8")
    load(place, folder)
    assert lake_rows(place.home, "record_id, line, payload->>'job_name'") == [("j1", 3 if text.startswith("sep") else 2, "a, b")]


@pytest.mark.parametrize(
    ("name", "content"), [("jobs.csv", ""), ("jobs.csv", "job_id,job_name\n"), ("jobs.jsonl", "\n"), ("jobs.csv", "job_id\nj1\n")]
)
def test_T16_a_file_without_a_row_is_said_to_have_none(place: Place, folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    warnings = [warning for stream in load(place, folder).streams for warning in stream.warnings]
    assert (f"{name} holds no row" in warnings) == ("j1" not in content)


def test_T16_a_byte_order_mark_before_json_is_no_part_of_it(place: Place, folder: Path) -> None:
    (folder / "jobs.jsonl").write_bytes(b'\xef\xbb\xbf{"job_id": "j1"}\n')
    load(place, folder)
    assert marks(place) == [("j1", 1)]


def test_T16_what_an_api_nests_too_deeply_is_set_aside_and_an_object_is_no_id() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    assert keyed_row({"id": 1, "x": deep}, 1).record_id.startswith("nested:")
    assert keyed_row({"id": {"a": 1}}, {"a": 1}).record_id.startswith("keyless:")
    assert orjson.loads(json_text({"b": 1, "a": 2**70})) == {"a": float(2**70), "b": 1}


def test_T16_names_that_differ_in_case_alone_are_one_where_they_say_the_same() -> None:
    assert lowered({"A": 1, " a ": 1}) == {"a": 1}
    with pytest.raises(NotJson):
        lowered({"A": 1, "a": True})
    with pytest.raises(NotJson):
        parse_record(b"")


def test_T8_a_delivery_received_under_a_clock_in_2031_is_loaded_now_and_blocks_nothing_behind_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "ats")
    for at, body in ((END.replace(year=2031), b"wrong"), (END, b"right"), (END + timedelta(hours=1), b"later")):
        spool.append(Received(at, body))
    spool.close()
    found = [delivery for _, deliveries in read(tmp_path / "ats", END, {}) for delivery in deliveries]
    assert sorted(found) == [Received(END, b"right"), Received(END, b"wrong")]


def test_T8_a_row_that_says_it_was_observed_in_2031_is_set_aside(place: Place, folder: Path) -> None:
    write(folder / "jobs.csv", ["job_id,observed_at", "j1,2031-01-01", "j2,2026-06-01"])
    load(place, folder)
    assert marks(place) == [("untimely", 2), ("j2", 3)]
