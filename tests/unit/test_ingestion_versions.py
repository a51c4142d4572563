"""What counts as a new version: content-keyed, in whatever pages, order and repetition the records come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from base.home import Home
from ingestion.log.loads import Load
from ingestion.log.parts import read_part, stream_files, write_part
from ingestion.log.records import Row, Version, encode, payload_hash
from ingestion.log.versions import Versions
from tests.support.ingestion import lake_rows

END = datetime(2026, 6, 29, 6, tzinfo=UTC)


def row(record: str, content: object, observed_at: datetime | None = None) -> Row:
    return Row(record, encode({"value": content}), observed_at)


def new(versions: Versions, *parts: Sequence[Row]) -> list[list[tuple[str, bytes]]]:
    return [[(version.record_id, version.payload) for version in versions.new(rows, part=number)] for number, rows in enumerate(parts)]


def a(record: str, content: object) -> tuple[str, bytes]:
    return record, encode({"value": content})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_split_order_and_repetition_of_pages_gives_the_same_log(data: st.DataObject) -> None:
    records = data.draw(st.dictionaries(st.text("abc1", min_size=1, max_size=3), st.integers(0, 3), min_size=1, max_size=12))
    arrivals = data.draw(
        st.lists(st.sampled_from(sorted(records)), max_size=30).map(lambda extra: [*records, *extra]).flatmap(st.permutations)
    )
    cuts = sorted(data.draw(st.lists(st.integers(0, len(arrivals)), max_size=5)))
    pages = [arrivals[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(arrivals)], strict=True)]
    versions = Versions([], window_end=END)
    written = [
        version.record_id
        for part, page in enumerate(pages)
        for version in versions.new([row(record, records[record]) for record in page], part=part)
    ]
    versions.close()
    assert sorted(written) == sorted(records)
    assert versions.duplicates == len(arrivals) - len(records)


def test_a_change_and_a_change_back_are_three_versions_also_within_one_page() -> None:
    versions = Versions([], window_end=END)
    assert new(versions, [row("1", "a"), row("1", "b"), row("1", "a"), row("1", "a")], [row("1", "a"), row("1", "b")]) == [
        [a("1", "a"), a("1", "b"), a("1", "a")],
        [a("1", "b")],
    ]


def test_versions_of_one_load_are_ordered_by_observed_at_alone() -> None:
    found = Versions([], window_end=END).new([row("1", "a"), row("1", "b"), row("1", "a")], part=0)
    first = int(END.timestamp()) * 1_000_000
    assert [version.observed_us for version in found] == [first, first + 1, first + 2]


def write(home: Home, end: datetime, rows: Sequence[Row]) -> list[str]:
    """One load of one part as extraction does it; the ids of its new versions."""
    load = Load("acme", "greenhouse", "jobs", None, end)
    versions = Versions(stream_files(home.lake, "acme", "jobs"), window_end=end)
    found = versions.new(rows, part=0)
    write_part(home.lake, load, 0, found, fetched=len(rows), duplicates=versions.duplicates, cursor=None, files=())
    return [version.record_id for version in found]


def test_the_log_itself_is_the_memory_between_loads(tmp_path: Path) -> None:
    home = Home.at(tmp_path).prepare()
    assert write(home, END, [row("1", "a"), row("2", "a")]) == ["1", "2"]
    assert write(home, END + timedelta(days=1), [row("1", "b"), row("2", "a")]) == ["1"]
    assert write(home, END + timedelta(days=2), [row("1", "a"), row("2", "a")]) == ["1"]
    assert write(home, END + timedelta(days=3), [row("1", "a"), row("2", "a")]) == []
    assert lake_rows(home, "record_id, payload", "record_id, observed_at") == [
        ("1", '{"value":"a"}'),
        ("1", '{"value":"b"}'),
        ("1", '{"value":"a"}'),
        ("2", '{"value":"a"}'),
    ]


def test_a_long_load_gives_the_same_answers_from_its_index_as_from_look_ups(tmp_path: Path) -> None:
    home = Home.at(tmp_path).prepare()
    write(home, END, [row(str(number), "a") for number in range(100)])
    versions = Versions(stream_files(home.lake, "acme", "jobs"), window_end=END + timedelta(days=1))
    parts = [[row(str(number), "b" if number % 10 == 0 else "a") for number in range(start, start + 20)] for start in range(0, 100, 20)]
    assert new(versions, *parts) == [[a(str(number), "b") for number in range(start, start + 20, 10)] for start in range(0, 100, 20)]


def test_a_time_of_observation_of_its_own_puts_an_old_version_where_it_belongs(tmp_path: Path) -> None:
    """History that is sent later: what was known at a time is compared with what was known just before that time."""
    home = Home.at(tmp_path).prepare()
    march, april, may = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5))
    assert write(home, END, [row("1", "a", march), row("1", "b", may)]) == ["1", "1"]
    assert write(home, END + timedelta(days=1), [row("1", "a", april), row("1", "a", march), row("1", "b", may)]) == []
    assert write(home, END + timedelta(days=2), [row("1", "c", april)]) == ["1"]
    assert lake_rows(home, "json_extract_string(payload, '$.value')", "observed_at") == [("a",), ("c",), ("b",)]


def test_two_rows_of_one_file_with_one_key_and_other_content_are_a_conflict_the_first_stands() -> None:
    versions = Versions([], window_end=END)
    found = versions.new([row("1", "a"), row("1", "b"), row("1", "b"), row("1", "a")], part=0, origins=[0, 0, 0, 0])
    assert [version.record_id.partition(":")[0] for version in found] == ["1", "conflict"]
    assert versions.duplicates == 2
    corrected = versions.new([row("1", "c")], part=1, origins=[1])
    assert [version.record_id for version in corrected] == ["1"]


def test_a_part_says_in_its_metadata_what_the_ledger_holds(tmp_path: Path) -> None:
    home = Home.at(tmp_path).prepare()
    load = Load("acme", "greenhouse", "jobs", END - timedelta(days=1), END)
    versions = [Version("1", b"{}", payload_hash(b"{}"), int(END.timestamp()) * 1_000_000)]
    part = write_part(home.lake, load, 3, versions, fetched=4, duplicates=3, cursor="next", files=())
    assert part.file == f"acme/jobs/load_date=2026-06-29/{load.load_id}-00003.parquet"
    assert read_part(home.lake, home.lake / part.file) == (load, part, [])
    assert lake_rows(home, "source, stream, record_id, payload, payload_hash, observed_at, load_id, part, window_start, window_end") == [
        (
            "acme",
            "jobs",
            "1",
            "{}",
            payload_hash(b"{}"),
            datetime(2026, 6, 29, 6),  # noqa: DTZ001 - the lake's times are naive UTC
            load.load_id,
            3,
            datetime(2026, 6, 28, 6),  # noqa: DTZ001
            datetime(2026, 6, 29, 6),  # noqa: DTZ001
        )
    ]


def test_a_file_in_place_is_never_written_again(tmp_path: Path) -> None:
    home = Home.at(tmp_path).prepare()
    write(home, END, [row("1", "a")])
    with pytest.raises(Exception, match="already exists"):
        write(home, END, [row("1", "b")])


def test_a_key_order_of_the_vendor_is_not_content() -> None:
    assert encode({"b": 1, "a": {"d": 2, "c": 3}}) == encode({"a": {"c": 3, "d": 2}, "b": 1})
