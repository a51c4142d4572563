"""Ashby over real HTTP against its double: errors with status 200, empty pages, sync tokens that fail, histories that were edited, bad keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest

from base.config import Source
from ingestion.extract.run import ExtractionError, SourceLoad
from ingestion.http.limits import RunBudget
from ingestion.log.loads import Ledger
from ingestion.preflight import check as preflight
from ingestion.protocol.connector import Window
from ingestion.sources.ashby.connector import code_of
from ingestion.sources.ashby.streams import STREAMS
from ingestion.sources.registry import open_connector
from sandbox.company import simulate
from sandbox.doubles.ashby.ids import ashby_id
from sandbox.doubles.ashby.service import Ashby, AshbySettings
from sandbox.doubles.faults import Faults, FaultyApp
from sandbox.doubles.http import HttpServer
from sandbox.world import World
from tests.support.ingestion import Place, Served, lake_rows, load_from

FEW = ("applications", "offers", "interview_stages", "sources")


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(seed=3, years=0.6, requisitions=3)


@pytest.fixture
def served(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    faults, double = Faults(), Ashby(world, AshbySettings(rate_limit=100_000))
    monkeypatch.setenv("ASHBY_KEY", double.settings.api_key)
    monkeypatch.setenv("OLD_KEY", "a-key-that-was-switched-off")
    with HttpServer(FaultyApp(double, "ashby", faults)) as server:
        yield Served(double, faults, Source(name="ats", kind="ashby", base_url=server.url, credentials={"api_key": "ASHBY_KEY"}))


def load(place: Place, served: Served, streams: tuple[str, ...] | None = FEW, source: Source | None = None) -> SourceLoad:
    return load_from(place, served, streams, source)


def later(served: Served, days: int) -> None:
    served.double.world = served.double.world.at(served.double.world.now + timedelta(days=days))


def ids(place: Place, stream: str) -> list[str]:
    return [record for found, record in lake_rows(place.home, "distinct stream, record_id") if found == stream]


def latest(place: Place, stream: str, record: str) -> dict[str, Any]:
    rows = lake_rows(place.home, "stream, record_id, observed_at, payload", order="observed_at")
    data: dict[str, Any] = orjson.loads([payload for found, number, _, payload in rows if (found, number) == (stream, record)][-1])
    return data


def served_ids(served: Served, method: str) -> list[str]:
    return sorted(record["id"] for record, _ in served.double.records(method))


def test_every_record_arrives_once_across_empty_pages_and_nothing_private_does(place: Place, served: Served) -> None:
    done = load(place, served, None)
    assert {stream.stream: stream.status for stream in done.streams} == dict.fromkeys(STREAMS, "complete")
    assert ids(place, "applications") == ids(place, "application_history") == served_ids(served, "application.list")
    for stream, method in (("candidates", "candidate.list"), ("feedback", "applicationFeedback.list"), ("users", "user.list")):
        assert ids(place, stream) == served_ids(served, method)
    # one page of at most 100 records each, and the empty one that claims there are more
    assert len(served.double.records("application.list")) > 100
    assert served.double.requests["application.list"] == 2 * (-(-len(served.double.records("application.list")) // 100) + 1)
    # reasons out of use are hidden unless they are asked for
    assert len(ids(place, "archive_reasons")) == len(served.double.records("archiveReason.list"))
    offer = latest(place, "offers", ids(place, "offers")[0])
    assert offer["versions"][0]["createdAt"] and "salary" not in offer["versions"][0]
    text = " ".join(payload for (payload,) in lake_rows(place.home, "payload"))
    assert "Prose about a person" not in text and "meetingLink" not in text and "overall_recommendation" in text
    assert set(latest(place, "applications", ids(place, "applications")[0])["candidate"]) == {"id"}


def test_the_next_pass_sends_the_token_and_gets_what_changed(place: Place, served: Served, world: World) -> None:
    served.double.world = world.at(world.now - timedelta(days=20))
    load(place, served, ("applications", "candidates"))
    later(served, 20)
    done = load(place, served, ("applications", "candidates"))
    assert all(0 < stream.fetched < len(ids(place, stream.stream)) for stream in done.streams)
    assert ids(place, "applications") == served_ids(served, "application.list")
    by_id = {record["id"]: record for record, _ in served.double.records("application.list")}
    assert all(latest(place, "applications", number)["status"] == by_id[number]["status"] for number in ids(place, "applications")[::17])
    state = Ledger(place.ops).newest_complete("ats", "applications")
    assert state is not None and state.next_cursor, "the token for the pass after this one"


@pytest.mark.parametrize(
    "settings", [{"token_days": 1.0}, {"largest_increment": 3}], ids=["sync_token_expired", "incremental_sync_too_large"]
)
def test_a_token_that_no_longer_serves_means_reading_the_whole_list(
    place: Place, served: Served, world: World, settings: dict[str, Any]
) -> None:
    served.double.world = world.at(world.now - timedelta(days=20))
    load(place, served, ("applications",))
    served.double.settings = AshbySettings(rate_limit=100_000, **settings)
    later(served, 20)
    (done,) = load(place, served, ("applications",)).streams
    assert done.status == "complete" and done.fetched == len(served.double.records("application.list"))
    assert "read in full" in done.warnings[0] and ("expired" in done.warnings[0] or "too_large" in done.warnings[0])
    assert ids(place, "applications") == served_ids(served, "application.list")


def test_a_place_among_changes_whose_token_is_lost_means_reading_the_whole_list(served: Served) -> None:
    connector = open_connector(served.source, RunBudget(60))
    pages = list(connector.pages("jobs", Window(None, served.double.world.now), "+a-cursor-of-before", {}))
    connector.close()
    assert sorted(row.record_id for page in pages for row in page.rows) == served_ids(served, "job.list")
    assert [bool(page.token) for page in pages] == [*[False] * (len(pages) - 1), True]


def test_an_edited_history_replaces_the_one_before(place: Place, served: Served) -> None:
    streams = ("application_history",)
    load(place, served, streams)
    number = next(one.id for one in served.double.world.seen_applications if len(one.visits) > 1)
    before = latest(place, "application_history", ashby_id("application", number))["history"]
    served.double.edit_history(number, lambda rows: [rows[0] | {"enteredStageAt": "2026-01-05T09:00:00.000Z"}, *rows[2:]])
    later(served, 1)
    load(place, served, streams)
    after = latest(place, "application_history", ashby_id("application", number))["history"]
    assert len(after) == len(before) - 1 and after[0]["enteredStageAt"] == "2026-01-05T09:00:00.000Z"
    assert "allowedActions" not in after[0]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500, "nth": 3},
        {"kind": "status", "status": 429, "times": 2},
        {"kind": "cut", "nth": 4},
        {"kind": "html", "times": 1},
        {"kind": "duplicate", "times": 3},
        {"kind": "ok_false", "error": "internal_error", "times": 2},
        {"kind": "ok_false", "error": "rate_limit_exceeded", "nth": 5},
        {"kind": "expired_cursor", "route": "/application.list", "nth": 4},
    ],
    ids=lambda fault: str(fault.get("error", fault["kind"])) + str(fault.get("status", "")),
)
def test_a_passing_fault_leaves_the_log_as_without_it(place: Place, served: Served, fault: dict[str, Any]) -> None:
    switch = served.faults.add(**{"service": "ashby", **fault})
    load(place, served)
    assert switch.struck
    assert ids(place, "applications") == served_ids(served, "application.list")
    assert len(ids(place, "offers")) == len(served.double.records("offer.list"))


def test_an_error_with_status_200_fails_its_stream_alone_and_the_next_run_goes_on_where_it_stopped(place: Place, served: Served) -> None:
    served.faults.add("ok_false", service="ashby", route="/application.list", nth=3, error="invalid_input")
    with pytest.raises(ExtractionError, match=r"application\.list was refused with invalid_input") as caught:
        load(place, served)
    assert [stream.stream for stream in caught.value.load.failed] == ["applications"]
    asked = served.double.requests["application.list"]
    assert len(ids(place, "applications")) == 100
    load(place, served)
    assert ids(place, "applications") == served_ids(served, "application.list")
    pages = -(-len(served.double.records("application.list")) // 100) + 1
    assert served.double.requests["application.list"] - asked == pages - 2


def test_two_organisations_stand_side_by_side(place: Place, served: Served) -> None:
    for name in ("ats_us", "ats_eu"):
        load(place, served, ("jobs",), served.source.model_copy(update={"name": name}))
    jobs = served_ids(served, "job.list")
    assert lake_rows(place.home, "source, record_id") == sorted((name, job) for name in ("ats_us", "ats_eu") for job in jobs)


def test_the_preflight_tells_each_kind_of_bad_key_from_the_others(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = served.double.settings
    assert all(finding.is_ok for finding in preflight.check(served.source))
    messages = {finding.stream: finding.message for finding in preflight.check(served.source)}
    assert messages.keys() == set(STREAMS)
    assert messages["interview_stages"].startswith("read once for each of the interview plans; ")
    assert "record" in messages["offers"]
    (wrong,) = preflight.check(served.source.model_copy(update={"credentials": {"api_key": "OLD_KEY"}}))
    assert not wrong.is_ok and "401" in wrong.message and "a-key-that" not in str(wrong)
    monkeypatch.delenv("ASHBY_KEY")
    (unset,) = preflight.check(served.source)
    assert "ASHBY_KEY" in unset.message
    monkeypatch.setenv("ASHBY_KEY", settings.api_key)
    for with_200 in (True, False):
        settings.refuses_with_200, settings.missing_rights = with_200, {"offersRead"}
        (refused,) = [finding for finding in preflight.check(served.source) if not finding.is_ok]
        assert refused.stream == "offers" and "offersRead" in str(refused.remedy)
    settings.missing_rights = {stream.right for stream in STREAMS.values()}
    (nothing,) = preflight.check(served.source)
    assert nothing.stream is None and "every stream was refused" in nothing.message
    settings.missing_rights, settings.is_blind = set(), True
    blind = [finding for finding in preflight.check(served.source) if not finding.is_ok]
    assert {finding.stream for finding in blind} == {"applications", "candidates", "jobs"} and "confidential" in str(blind[0].remedy)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ({"success": False, "errorInfo": {"code": "next_cursor_expired", "message": "x"}, "errors": ["other"]}, "next_cursor_expired"),
        ({"success": False, "errors": ["missing_endpoint_permission"]}, "missing_endpoint_permission"),
        ({"success": False, "errors": [{"message": "sync_token_invalid"}], "errorInfo": None}, "sync_token_invalid"),
        ({"success": False, "errors": [{"message": "No candidate named Jo Doe"}]}, "an error without a code"),
        ({"success": False, "errors": None, "errorInfo": None}, "an error without a code"),
    ],
)
def test_the_code_of_an_error_is_found_in_each_of_its_shapes_and_free_text_is_never_repeated(reply: dict[str, Any], code: str) -> None:
    assert code_of(reply) == code
