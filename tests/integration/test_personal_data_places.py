"""Where copies of people's data really lie after a run, beside what the register says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest

from base.home import Home
from ingestion.webhooks.spool import Received, Spool
from orchestration.personal_data import REMEDY, files_of, places, places_of
from orchestration.run.logs import log_unexpected, remember_home
from sandbox.company import simulate
from tests.support.personal_data import Candidates
from tests.support.runs import FirstRun
from tests.support.zygote import WORLD

File = tuple[Path, PurePosixPath]


@pytest.fixture(scope="module")
def written(first_run: FirstRun) -> list[File]:
    """All that the first run left in the home, and what a demo has in its home and this company beside it. Not the vendors' own files."""
    beside = [found for found in files_of(Home(first_run.company.folder)) if found[1].parts[0] not in ("home", "sources")]
    return [*files_of(Home(first_run.company.home)), *beside]


def assert_registered(files: list[File]) -> set[str]:
    """Each file lies in exactly one place; returns the names of the places."""
    registered = places()
    found = {str(file): [place.name for place in places_of(file, registered)] for _, file in files}
    wrong = {file: names for file, names in found.items() if len(names) != 1}
    assert not wrong, REMEDY
    return {name for names in found.values() for name in names}


@pytest.mark.xdist_group("whole_runs")
def test_every_file_that_a_run_writes_lies_in_exactly_one_place(written: list[File]) -> None:
    assert assert_registered(written) >= {"log", "build file", "names", "published versions", "rendered reports", "Dagster's history"}


def test_what_is_written_beside_runs_lies_in_a_place_too(tmp_path: Path) -> None:
    home = Home(tmp_path).prepare()
    Spool(home.spool / "ats").append(Received(datetime(2026, 6, 29, tzinfo=UTC), b"{}"), token="t")
    remember_home(home)
    log_unexpected(RuntimeError("a bug"))
    assert assert_registered(list(files_of(home))) == {"spool", "tokens of deliveries", "logs"}


def test_a_file_of_a_new_writer_is_refused_until_it_is_registered(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "copy.csv").write_text("Ada Lovelace")
    with pytest.raises(AssertionError, match="Declare the place in PLACES"):
        assert_registered(list(files_of(Home(tmp_path))))


@pytest.mark.xdist_group("whole_runs")
def test_candidates_names_and_contacts_lie_only_where_the_register_says_so(written: list[File]) -> None:
    candidates, registered = Candidates(simulate(**WORLD)), places()  # type: ignore[arg-type]
    by_inode = {path.stat().st_ino: (path, file) for path, file in written}  # a version has its database under two names
    held: dict[str, set[str]] = {}
    for path, file in by_inode.values():
        (place,) = places_of(file, registered)
        found = candidates.found_in(path)
        allowed = {"names", "contacts"} if "payloads" in place.holds else set(place.holds)
        assert found <= allowed, f"{file} holds {found} of candidates; the place '{place.name}' is registered as holding {place.holds}"
        held.setdefault(place.name, set()).update(found)
    # The scan does find them where they must be, in Parquet and in DuckDB's files.
    assert held["log"] == held["build file"] == held["names"] == {"names", "contacts"}
