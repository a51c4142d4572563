"""Design 20: whatever is thrown at any step of a stream's path stays inside that stream, and an undisturbed load afterwards leaves no trace of it."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from base.errors import FunnelcastError
from ingestion.extract.run import ExtractionError, SourceLoad, StreamLoad, _Passes, extract
from ingestion.log.loads import COMPLETE
from sandbox.company import simulate
from sandbox.world import World
from tests.support.ingestion import Place, config_of, folder_source, lake_rows, place_at, services

ROOT = Path(__file__).parents[2]
END = datetime(2026, 6, 29, 6, tzinfo=UTC)
#: Where a stream's path leads through.
PATH = tuple(str(ROOT / "ingestion" / folder) for folder in ("extract", "files", "log", "protocol", "sources", "canonical"))
SERVICES = tuple(str(ROOT / "ingestion" / folder) for folder in ("http", "protocol", "sources"))
RUN = str(ROOT / "ingestion" / "extract" / "run.py")
#: A bug, a full disk, a lack of memory, a library's own error.
ERRORS: tuple[Callable[[], Exception], ...] = (
    lambda: RuntimeError("a bug"),
    lambda: OSError(28, "No space left on device"),
    MemoryError,
)
Step = tuple[str, str]


class Probe:
    """Counts the calls of our functions per stream, and throws at one of them in each stream that `victims` names."""

    def __init__(self, path: tuple[str, ...], victims: Mapping[str, tuple[Step, int, Exception]] | None = None) -> None:
        self.path, self.victims = path, victims or {}
        self.calls: dict[str, Counter[Step]] = defaultdict(Counter)
        self.struck: set[str] = set()

    def __enter__(self) -> Probe:
        self._run = run = _Passes.run

        def watched(passes: _Passes, stream: str) -> StreamLoad:
            # Set anew for each stream: Python takes a profile that raised away from its thread, which serves several streams.
            sys.setprofile(lambda frame, event, argument: self._profile(stream, frame, event))
            try:
                return run(passes, stream)
            finally:
                sys.setprofile(None)

        _Passes.run = watched  # type: ignore[method-assign]
        return self

    def __exit__(self, *exception: object) -> None:
        _Passes.run = self._run  # type: ignore[method-assign]

    def _profile(self, stream: str, frame: FrameType, event: str) -> None:
        code = frame.f_code
        if event != "call" or code.co_name.startswith("<") or not code.co_filename.startswith(self.path):
            return
        step = code.co_filename.removeprefix(f"{ROOT}/"), code.co_qualname
        self.calls[stream][step] += 1
        at, nth, error = self.victims.get(stream, (None, 0, None))
        if step == at and self.calls[stream][step] == nth and error is not None:
            self.struck.add(stream)
            raise error


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(requisitions=1, years=0.5)


def content(place: Place, source: str = "acme") -> list[Any]:
    return [row[1:] for row in lake_rows(place.home, "source, stream, record_id, payload_hash") if row[0] == source]


def throw_everywhere(load: Callable[[Place], SourceLoad], source: str, path: tuple[str, ...], bystander: str, folder: Path) -> None:
    """Throw at the first or a middle call of each function, in many streams of one load at once.

    Each time the bystander is complete, the others failed in words of their own, and a second load leaves what an undisturbed one leaves.
    """
    load(place_at(folder / "warm"))  # what is done once per process is no step of a stream
    undisturbed = place_at(folder / "undisturbed")
    with Probe((*path, RUN)) as probe:
        load(undisturbed)
    expected = content(undisturbed, source)
    targets = {stream: sorted(steps) for stream, steps in probe.calls.items() if stream != bystander}
    steps = sorted(set().union(*targets.values()))
    assert len(steps) > 30, "the path is known"
    todo, number = set(steps), 0
    while todo:
        victims: dict[str, tuple[Step, int, Exception]] = {}
        for stream, known in targets.items():
            if step := next((step for step in known if step in todo), None):
                todo.discard(step)
                calls, number = probe.calls[stream][step], number + 1
                victims[stream] = step, (calls + 1) // 2 if number % 2 else 1, ERRORS[number % len(ERRORS)]()
        place = place_at(folder / f"thrown {number}")
        with Probe((*path, RUN), victims) as throwing, pytest.raises(ExtractionError) as failure:
            load(place)
        assert throwing.struck == victims.keys(), victims
        states = {stream.stream: stream for stream in failure.value.load.streams}
        assert states.keys() == probe.calls.keys()
        assert {name for name, state in states.items() if state.status != COMPLETE} == victims.keys(), victims
        for stream in victims:
            error = states[stream].error
            assert error
            assert ". " in error, "a remedy"
            assert "No space left" not in error
        load(place)
        assert content(place, source) == expected, f"after {victims}"
        place.ops.dispose()


#: Eight tables, so that seven steps are tried at a time.
FILES = {
    "applications.csv": "application_id,candidate_id,job_id,applied_at,status_code\n"
    + "".join(f"{n},c{n},j1,2026-01-01,active\n" for n in range(12)),
    "jobs.jsonl": "".join(f'{{"job_id": "j{n}", "job_name": "Engineer {n}"}}\n' for n in range(5)),
    "users.csv": "user_id,user_name\nu1,Ann\n",
    "departments.csv": "department_id,department_name\nd1,Sales\n",
    "offices.csv": "office_id,office_name\no1,Oslo\n",
    "stages.csv": "stage_id,job_id,stage_name\ns1,j1,Onsite\n",
    "stage_visits.csv": "application_id,stage_id,entered_at\n1,s1,2026-02-01\n",
    "offers.csv": "offer_id,version_number,application_id,created_at\n1,1,1,2026-03-01\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    for name, text in FILES.items():
        (tmp_path / "files" / name).write_text(text)
    return tmp_path / "files"


def test_any_error_at_any_step_of_a_stream_of_files_stays_inside_it(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.extract.one_pass.PART_RECORDS", 5)
    monkeypatch.setattr("ingestion.log.records.PAGE_ROWS", 5)
    source = folder_source(folder)

    def load(place: Place) -> SourceLoad:
        return extract(config_of(source), place.home, place.ops, source, window_end=END)

    throw_everywhere(load, "acme", PATH, "offices", tmp_path)


def test_any_error_at_any_step_of_a_stream_of_a_service_stays_inside_it(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = ("jobs", "offers", "departments", "offices", "users", "sources", "candidates")
    with services(world, monkeypatch) as served:
        # One stream after the other: which of several fetched the token for all would be chance, and with it what a throw meets.
        source = served.greenhouse_source.model_copy(update={"concurrency": 1})

        def load(place: Place) -> SourceLoad:
            end = world.now + timedelta(days=1)
            return extract(config_of(source), place.home, place.ops, source, window_end=end, streams=streams)

        throw_everywhere(load, "ats", SERVICES, "users", tmp_path)


@pytest.mark.parametrize("step", ["describe_source", "recover", "open_connector", "Ledger"])
def test_an_error_before_any_stream_begins_is_the_sources_own_failure_in_words(
    place: Place, folder: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = folder_source(folder)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret value")

    owner = "ingestion.extract.run.parts" if step == "describe_source" else "ingestion.extract.run"
    monkeypatch.setattr(f"{owner}.{step}", broken)
    with pytest.raises(FunnelcastError, match=r"acme: internal error \(RuntimeError in ") as caught:
        extract(config_of(source), place.home, place.ops, source, window_end=END)
    assert "secret value" not in str(caught.value)
    monkeypatch.undo()
    extract(config_of(source), place.home, place.ops, source, window_end=END)
    assert len(content(place)) == 23


def test_a_listener_that_fails_fails_nothing_else(place: Place, folder: Path) -> None:
    class Deaf:
        def started(self, source: str, stream: str) -> None:
            if stream == "jobs":
                raise RuntimeError("no terminal")

        advanced = finished = lambda self, *arguments: None

    source = folder_source(folder)
    with pytest.raises(ExtractionError, match="jobs") as caught:
        extract(config_of(source), place.home, place.ops, source, window_end=END, progress=Deaf())  # type: ignore[arg-type]
    assert [load.stream for load in caught.value.load.streams if load.status != COMPLETE] == ["jobs"]
    assert len(caught.value.load.streams) == len(FILES)
