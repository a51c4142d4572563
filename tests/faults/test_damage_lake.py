"""T2: a part of the lake that is damaged is never read as other data: it is named, its stream waits, the others go on; and it is fetched again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestion.extract.run import ExtractionError, extract
from ingestion.log.damage import committed_parts, damaged
from ingestion.log.loads import COMPLETE
from ingestion.log.recovery import recover
from tests.support.damage import cut, flip
from tests.support.ingestion import Place, config_of, folder_source, lake_rows

END = datetime(2026, 6, 29, 6, tzinfo=UTC)
COLUMNS = "application_id,candidate_id,job_id,applied_at,status_code\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "jobs.csv").write_text("job_id,job_title\nj1,Engineer\n")
    write(folder, "active")
    return folder


def write(folder: Path, status: str) -> None:
    rows = (f"{number},c{number},j1,2026-01-01,{status}\n" for number in range(300))
    (folder / "applications.csv").write_text(COLUMNS + "".join(rows))


def load(place: Place, folder: Path, days: int = 0) -> dict[str, str]:
    """Stream -> status, or the sentence of its failure."""
    source = folder_source(folder)
    try:
        done = extract(config_of(source), place.home, place.ops, source, window_end=END + timedelta(days=days))
    except ExtractionError as error:
        done = error.load
    return {stream.stream: stream.error or stream.status for stream in done.streams}


def part_of(place: Place, stream: str) -> Path:
    [path] = (place.home.lake / "acme" / stream).rglob("*.parquet")
    return path


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "is gone": (Path.unlink, "is gone"),
    "is short": (cut, "bytes instead of"),
    "has one bit that flipped": (flip, "is altered: it does not have its checksum"),
    "has one bit that flipped in its first page": (lambda path: flip(path, at=0.01), "is altered"),
    "has one bit that flipped in its footer": (lambda path: flip(path, at=0.9), "is altered"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_stream_whose_part_is_not_as_written_waits_and_names_it_while_the_others_go_on(place: Place, folder: Path, damage: str) -> None:
    load(place, folder)
    path = part_of(place, "applications")
    do, words = DAMAGES[damage]
    do(path)
    write(folder, "hired")
    (folder / "jobs.csv").write_text("job_id,job_title\nj1,Engineer\nj2,Designer\n")

    message = load(place, folder, days=1)

    assert message["jobs"] == COMPLETE
    assert words in message["applications"]
    assert f"lake/{path.relative_to(place.home.lake)}" in message["applications"]
    assert "acme applications, load " in message["applications"]
    assert "window from the beginning to 2026-06-29T06:00:00Z" in message["applications"]
    assert "`funnelcast repair lake`" in message["applications"]


def test_every_flip_of_any_bit_anywhere_in_a_part_is_noticed(place: Place, folder: Path) -> None:
    load(place, folder)
    path = part_of(place, "applications")
    whole = path.read_bytes()
    for place_of_bit in range(0, len(whole), 97):
        path.write_bytes(whole[:place_of_bit] + bytes([whole[place_of_bit] ^ 16]) + whole[place_of_bit + 1 :])
        assert damaged(place.home.lake, committed_parts(place.ops), deep=True), f"byte {place_of_bit}"
    path.write_bytes(whole)
    assert damaged(place.home.lake, committed_parts(place.ops), deep=True) == []


def test_a_file_that_was_damaged_before_it_counted_is_set_aside_and_its_records_are_read_again(place: Place, folder: Path) -> None:
    load(place, folder)
    before = lake_rows(place.home)
    place.ops.dispose()
    for path in place.home.root.glob("ops.sqlite*"):
        path.unlink()
    from tests.support.ingestion import place_at

    again = place_at(place.home.root)
    flip(part_of(place, "applications"), at=0.3)

    assert len(recover(again.home, again.ops).set_aside) == 1

    assert load(again, folder)["applications"] == COMPLETE
    assert lake_rows(again.home) == before
