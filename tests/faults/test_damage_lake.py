"""T2: a part of the lake that is damaged is never read as other data: it is named, its stream waits, the others go on; and it is fetched again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ingestion.extract.again import FetchedAgain, fetch_again
from ingestion.extract.run import ExtractionError, extract
from ingestion.log.damage import committed_parts, damaged
from ingestion.log.loads import COMPLETE, Ledger
from ingestion.log.recovery import recover
from orchestration.verification.finding import SAMPLE_DAYS
from orchestration.verification.log import sample
from tests.support.damage import cut, flip
from tests.support.ingestion import Place, config_of, folder_source, lake_rows, place_at

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
    again = place_at(place.home.root)
    flip(part_of(place, "applications"), at=0.3)

    assert len(recover(again.home, again.ops).set_aside) == 1

    assert load(again, folder)["applications"] == COMPLETE
    assert lake_rows(again.home) == before


def repair(place: Place, folder: Path, *, accept_loss: bool = False) -> list[FetchedAgain]:
    found = damaged(place.home.lake, committed_parts(place.ops), deep=True)
    return fetch_again(place.home, place.ops, config_of(folder_source(folder)), found, accept_loss=accept_loss)


def is_whole(place: Place) -> bool:
    return not damaged(place.home.lake, committed_parts(place.ops), deep=True)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_part_is_read_again_from_its_window_and_is_as_it_was(place: Place, folder: Path, damage: str) -> None:
    load(place, folder)
    before = lake_rows(place.home, "source, stream, record_id, payload_hash, observed_at, load_id")
    DAMAGES[damage][0](part_of(place, "applications"))

    [again] = repair(place, folder)

    assert (again.lost, again.found, again.is_done) == (300, 300, True)
    assert is_whole(place)
    assert lake_rows(place.home, "source, stream, record_id, payload_hash, observed_at, load_id") == before
    state = Ledger(place.ops).newest_complete("acme", "applications")
    assert state is not None
    assert (state.written, state.fetched, state.status) == (300, 300, COMPLETE)
    assert load(place, folder, days=1)["applications"] == COMPLETE, "the next load compares with the new part"
    assert lake_rows(place.home, "source, stream, record_id, payload_hash, observed_at, load_id") == before


def test_records_that_changed_since_are_known_as_they_are_now_and_are_not_written_as_if_they_had_been_so_then(
    place: Place, folder: Path
) -> None:
    load(place, folder)
    first = part_of(place, "applications")
    rows = [f"{number},c{number},j1,2026-01-01,{'hired' if number < 100 else 'active'}\n" for number in range(300)]
    (folder / "applications.csv").write_text(COLUMNS + "".join(rows))
    load(place, folder, days=1)
    first.unlink()

    [again] = repair(place, folder)

    assert (again.lost, again.found, again.superseded, again.is_done) == (300, 200, 100, True)
    assert is_whole(place)
    counts = lake_rows(place.home, "stream, observed_at, count(*)", order="all", group="stream, observed_at")
    assert [count for stream, _, count in counts if stream == "applications"] == [200, 100]


def test_what_the_source_has_no_longer_is_said_and_nothing_is_given_up_unless_one_accepts_the_loss(place: Place, folder: Path) -> None:
    load(place, folder)
    part_of(place, "applications").unlink()
    write_fewer = [f"{number},c{number},j1,2026-01-01,active\n" for number in range(250)]
    (folder / "applications.csv").write_text(COLUMNS + "".join(write_fewer))

    [again] = repair(place, folder)

    assert (again.lost, again.found, again.superseded, again.is_done) == (300, 250, 0, False)
    assert not is_whole(place), "the part stays damaged, so that nobody forgets it"
    (folder / "applications.csv").unlink()
    [again] = repair(place, folder)
    assert (again.found, again.is_done, [Path(name).name for name in again.gone_files]) == (0, False, ["applications.csv"])
    [again] = repair(place, folder, accept_loss=True)
    assert again.is_done
    assert is_whole(place)
    state = Ledger(place.ops).newest_complete("acme", "applications")
    assert state is not None
    assert (state.written, state.fetched) == (0, 0)


def test_the_sample_of_each_night_reads_every_part_once_in_its_turn(place: Place, folder: Path) -> None:
    load(place, folder)
    committed = committed_parts(place.ops)
    nights = [sample(committed, date(2026, 6, 1) + timedelta(days=day)) for day in range(SAMPLE_DAYS)]
    assert sorted(str(part.file) for night in nights for _, part in night) == sorted(str(part.file) for _, part in committed)
