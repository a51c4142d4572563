"""Extraction over real HTTP against the doubles: everything arrives once, whatever the network, the vendor or a kill does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import orjson
import pytest

from ingestion.extract.run import ExtractionError, extract
from ingestion.log.loads import PAUSED, Ledger, newest_window_end
from ingestion.preflight import check as preflight
from ingestion.sources.gem.streams import STREAMS as GEM_STREAMS
from ingestion.sources.greenhouse.streams import STREAMS as EVERY_STREAM
from ingestion.sources.registry import KINDS
from sandbox.company import simulate
from sandbox.world import World
from tests.support.ingestion import Place, Services, config_of, lake_rows, services

#: The lists of the vendor.
STREAMS = {name: stream for name, stream in EVERY_STREAM.items() if not (stream.is_pushed or stream.is_periodic)}
FEW = ("jobs", "rejection_details", "candidates", "application_stages")


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(requisitions=6)


@pytest.fixture
def served(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with services(world, monkeypatch) as started:
        yield started


def load(place: Place, served: Services, streams: tuple[str, ...] = FEW, later: timedelta = timedelta(0)) -> None:
    source = served.greenhouse_source
    extract(config_of(source), place.home, place.ops, source, window_end=served.world.now + later, streams=streams)


def truth(served: Services, streams: tuple[str, ...]) -> list[tuple[str, str]]:
    """(stream, record id) of every record that the double can serve."""
    return sorted((stream, str(number)) for stream in streams for number in served.greenhouse.listing(stream).ids)


def test_every_record_of_every_stream_arrives_once_and_private_texts_do_not(place: Place, served: Services) -> None:
    source = served.greenhouse_source
    extract(config_of(source), place.home, place.ops, source, window_end=served.world.now)
    assert lake_rows(place.home, "stream, record_id") == truth(served, tuple(STREAMS))
    for stream, payload in lake_rows(place.home, "stream, payload"):
        assert not orjson.loads(payload).keys() & set(STREAMS[stream].drop)
    ledger = Ledger(place.ops)
    for stream in STREAMS:
        state = ledger.newest_complete("ats", stream)
        assert state is not None
        assert state.fetched == state.written + state.duplicates
    assert newest_window_end(place.ops) == served.world.now


def test_a_second_run_asks_only_for_the_new_window_and_adds_nothing(place: Place, served: Services) -> None:
    load(place, served)
    before = lake_rows(place.home)
    load(place, served, later=timedelta(hours=24))
    assert lake_rows(place.home) == before
    newest = Ledger(place.ops).newest_complete("ats", "jobs")
    assert newest is not None
    assert newest.load.window_start == served.world.now - timedelta(hours=served.greenhouse_source.lookback_hours)
    assert newest.load.window_end == served.world.now + timedelta(hours=24)
    assert newest.fetched < len(served.greenhouse.listing("jobs").ids)


def test_the_same_window_again_asks_nothing(place: Place, served: Services) -> None:
    load(place, served)
    asked = sum(served.greenhouse.requests.values())
    load(place, served)
    assert sum(served.greenhouse.requests.values()) == asked


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500, "nth": 3},
        {"kind": "status", "status": 429, "retry_after": 0, "times": 2},
        {"kind": "cut", "nth": 4},
        {"kind": "short", "nth": 4},
        {"kind": "html", "times": 1},
        {"kind": "duplicate", "times": 3},
        {"kind": "expired_token", "nth": 5},
        {"kind": "expired_cursor", "route": "/v3/application_stages", "nth": 4},
    ],
    ids=lambda fault: fault["kind"] + str(fault.get("status", "")),
)
def test_a_passing_fault_leaves_the_log_as_without_it(place: Place, served: Services, fault: dict[str, object]) -> None:
    switch = served.faults.add(**{"service": "greenhouse", "route": "/v3/", **fault})  # type: ignore[arg-type]
    load(place, served)
    assert switch.struck
    assert lake_rows(place.home, "stream, record_id") == truth(served, FEW)


def test_a_missing_scope_fails_its_stream_by_name_and_the_others_load_and_it_is_made_up_for_later(place: Place, served: Services) -> None:
    served.greenhouse.settings.missing_scopes = {"candidates"}
    with pytest.raises(ExtractionError, match=r"candidates.*403.*scope") as caught:
        load(place, served)
    assert [stream.stream for stream in caught.value.load.failed] == ["candidates"]
    others = tuple(stream for stream in FEW if stream != "candidates")
    assert lake_rows(place.home, "stream, record_id") == truth(served, others)
    assert newest_window_end(place.ops) is None
    served.greenhouse.settings.missing_scopes = set()
    load(place, served, later=timedelta(hours=24))
    assert lake_rows(place.home, "stream, record_id") == truth(served, FEW)
    assert newest_window_end(place.ops) == served.world.now + timedelta(hours=24)


def test_a_wait_beyond_the_budget_pauses_the_pass_and_the_next_run_goes_on(place: Place, served: Services) -> None:
    source = served.greenhouse_source.model_copy(update={"run_budget_minutes": 0.1, "concurrency": 1})
    config = config_of(source)
    switch = served.faults.add("status", service="greenhouse", route="/v3/application_stages", status=429, retry_after=3000, nth=4)
    with pytest.raises(ExtractionError, match="budget") as caught:
        extract(config, place.home, place.ops, source, window_end=served.world.now, streams=("application_stages",))
    paused = caught.value.load.streams[0]
    assert (paused.status, paused.fetched) == (PAUSED, 1500)
    assert switch.struck == 1
    asked = served.greenhouse.requests["/v3/application_stages"]
    load(place, served, streams=("application_stages",))
    assert lake_rows(place.home, "stream, record_id") == truth(served, ("application_stages",))
    pages = -(-len(served.greenhouse.listing("application_stages").ids) // 500)
    assert served.greenhouse.requests["/v3/application_stages"] - asked == pages - 3


def test_what_changed_at_the_source_is_a_new_version_beside_the_old(place: Place, served: Services, world: World) -> None:
    """Thirty days pass. The log keeps what was, and its newest versions are what the source says now."""
    served.greenhouse.world = world.at(world.now - timedelta(days=30))
    source = served.greenhouse_source
    extract(config_of(source), place.home, place.ops, source, window_end=served.greenhouse.world.now, streams=FEW)
    before = lake_rows(place.home)
    served.greenhouse.world = world
    extract(config_of(source), place.home, place.ops, source, window_end=world.now, streams=FEW)
    after = lake_rows(place.home)
    assert set(before) < set(after)
    newest = lake_rows(place.home, "stream, record_id, arg_max(payload, observed_at)", "1, 2", group="1, 2")
    for stream in FEW:
        listing = served.greenhouse.listing(stream)
        says = {str(number): orjson.loads(body) for number, body in zip(listing.ids, listing.bodies, strict=True)}
        known = {record: orjson.loads(payload) for name, record, payload in newest if name == stream}
        for record in says.values():
            for field in STREAMS[stream].drop:
                record.pop(field, None)
        assert known == says


def test_gem_is_crawled_whole_then_only_where_candidates_changed(place: Place, served: Services, world: World) -> None:
    source = served.gem_source
    extract(config_of(source), place.home, place.ops, source, window_end=world.now)
    rows = lake_rows(place.home, "stream, record_id, payload")
    assert {stream for stream, _, _ in rows} == set(GEM_STREAMS)
    assert len({(stream, record) for stream, record, _ in rows}) == len(rows)
    candidates = {record for stream, record, _ in rows if stream == "candidates"}
    assert {orjson.loads(payload)["candidate_id"] for stream, _, payload in rows if stream == "candidate_events"} <= candidates
    assert {record.split(":")[1] for stream, record, _ in rows if stream == "project_candidates"} == candidates
    again = extract(config_of(source), place.home, place.ops, source, window_end=world.now + timedelta(hours=1))
    fetched = {load.stream: load.fetched for load in again.streams}
    assert fetched["candidates"] < len(candidates)
    assert sum(load.written for load in again.streams) == 0


def test_preflight_finds_nothing_wrong_with_a_good_credential_and_changes_nothing(place: Place, served: Services) -> None:
    for source in (served.greenhouse_source, served.gem_source):
        findings = preflight.check(source, now=served.world.now)
        assert all(finding.is_ok for finding in findings)
        # deliveries come by themselves: there is nothing to ask
        assert {finding.stream for finding in findings} == {
            name for name, stream in KINDS.named(source.kind).streams.items() if not stream.is_pushed
        }
    assert lake_rows(place.home) == []


def test_preflight_names_the_missing_scope(served: Services) -> None:
    served.greenhouse.settings.missing_scopes = {"scorecards"}
    findings = preflight.check(served.greenhouse_source)
    assert [finding.stream for finding in findings if not finding.is_ok] == ["scorecards"]
    assert "harvest:scorecards:list" in str(findings[0])


def test_preflight_tells_a_token_that_sees_nothing_from_an_empty_organisation(served: Services) -> None:
    nobody = served.greenhouse_source.model_copy(update={"credentials": {**served.greenhouse_source.credentials, "user_id": "GH_NOBODY"}})
    errors = [finding for finding in preflight.check(nobody) if not finding.is_ok]
    assert {finding.stream for finding in errors} == {"applications", "candidates"}
    assert "Site Admin" in str(errors[0])


def test_preflight_says_wrong_credentials_a_missing_variable_and_a_dead_host_once(
    served: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_SECRET", "wrong")
    (finding,) = preflight.check(served.greenhouse_source)
    assert not finding.is_ok
    assert "client_secret" in str(finding)
    assert "wrong" not in str(finding)
    monkeypatch.delenv("GEM_KEY")
    (finding,) = preflight.check(served.gem_source)
    assert "GEM_KEY" in str(finding)
    monkeypatch.setenv("GEM_KEY", "x")
    gone = served.gem_source.model_copy(update={"base_url": "http://127.0.0.1:9/v0"})
    monkeypatch.setattr("ingestion.http.client.FAULT_ATTEMPTS", 2)
    (finding,) = preflight.check(gone)
    assert "base_url" in str(finding)


def test_preflight_warns_of_a_clock_that_differs(served: Services) -> None:
    findings = preflight.check(served.gem_source, now=served.world.now + timedelta(minutes=5))
    assert "300 s" in next(str(finding) for finding in findings if finding.level == "warning")
