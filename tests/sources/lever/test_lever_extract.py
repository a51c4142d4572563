"""Lever over real HTTP against its double: nothing is missed that its update times do not show, and a bad key is told by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest

from base.config import Source
from ingestion.extract.run import ExtractionError
from ingestion.preflight import check as preflight
from ingestion.sources.lever.streams import STREAMS
from sandbox.company import simulate
from sandbox.doubles.faults import Faults, FaultyApp
from sandbox.doubles.http import HttpServer
from sandbox.doubles.lever.records import uid
from sandbox.doubles.lever.service import Lever
from sandbox.world import World
from tests.support.ingestion import Place, Served, lake_rows, load_from

CHILDREN = ("offers", "interviews", "feedback", "referrals")


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(seed=3, years=0.6, requisitions=3)


@pytest.fixture
def served(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    faults, double = Faults(), Lever(world)
    monkeypatch.setenv("LEVER_KEY", double.settings.api_key)
    with HttpServer(FaultyApp(double, "lever", faults)) as server:
        yield Served(
            double,
            faults,
            Source(name="ats", kind="lever", base_url=f"{server.url}/v1", requests_per_second=5000, credentials={"api_key": "LEVER_KEY"}),
        )


def kept(place: Place, stream: str) -> dict[str, Any]:
    """Record id -> its newest payload in the lake."""
    rows = lake_rows(place.home, "stream, record_id, arg_max(payload, observed_at)", "1, 2", group="1, 2")
    return {record: orjson.loads(payload) for name, record, payload in rows if name == stream}


def ids(rows: list[dict[str, Any]]) -> set[str]:
    return {row["id"] for row in rows}


def says(served: Served, stream: str) -> list[dict[str, Any]]:
    """What the double has of a stream, whatever its lists hide."""
    served.double._rows("stages")
    assert served.double._cache is not None
    _, lists, children = served.double._cache
    if stream in CHILDREN:
        return [row | {"opportunityId": number} for number, rows in children[stream].items() for row in rows]
    return lists["opportunities/deleted" if stream == "deleted_opportunities" else stream]


def test_the_first_load_brings_everything_and_what_is_private_stays_at_the_vendor(place: Place, served: Served) -> None:
    load_from(place, served)
    for stream in STREAMS:
        expected = {row["text"] for row in says(served, stream)} if stream == "sources" else ids(says(served, stream))
        assert set(kept(place, stream)) == expected, stream
        assert expected or stream == "deleted_opportunities"
    opportunities = kept(place, "opportunities")
    # of an account so young that Lever kept no update times: nothing by updated_at would ever have come
    assert all(row["updatedAt"] is None for row in opportunities.values())
    assert "confidential" in {row["confidentiality"] for row in opportunities.values()}
    text = str(lake_rows(place.home, "payload"))
    for private in (
        "Private text",
        "salary_amount",
        "compensationBand",
        "customQuestions",
        "candidate@mail",
        "offer.pdf",
        "Room 4",
        "laptop",
    ):
        assert private not in text, private
    assert {answer["type"] for row in kept(place, "feedback").values() for answer in row["fields"]} == {"score-system"}


def test_later_windows_see_what_changed_although_no_update_time_says_so(place: Place, served: Served, world: World) -> None:
    """Forty days pass in two loads. Lever's own update time is null or untouched by offers, interviews and feedback."""
    streams = ("opportunities", "offers", "feedback", "deleted_opportunities")
    served.double.world = world.at(world.now - timedelta(days=40))
    load_from(place, served, streams)
    asked = dict(served.double.requests)
    deleted = next(application.id for application in served.double.world.seen_applications if not application.is_prospect)
    served.double.settings.deleted_at = {deleted: world.now_seconds - 86_400}
    for days in (20, 0):
        served.double.world = world.at(world.now - timedelta(days=days))
        load_from(place, served, streams)
    for stream in streams:
        current = {row["id"]: row for row in says(served, stream)}
        found = kept(place, stream)
        if stream == "opportunities":
            assert found.keys() - current.keys() == {uid("opportunity", deleted)}
            assert {number: row["stageChanges"] for number, row in current.items()} == {
                number: found[number]["stageChanges"] for number in current
            }
            assert {number: row["archived"] for number, row in current.items()} == {number: found[number]["archived"] for number in current}
        else:
            assert current.keys() <= found.keys(), stream
        if stream == "offers":
            assert {number: row["status"] for number, row in current.items()} == {number: found[number]["status"] for number in current}
    assert uid("opportunity", deleted) in kept(place, "deleted_opportunities")
    # two small windows cost less than the first full load of the children
    assert served.double.requests["feedback"] - asked["feedback"] < 2 * asked["feedback"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500, "nth": 2},
        {"kind": "status", "status": 429, "retry_after": 0, "times": 2},
        {"kind": "short", "nth": 3},
        {"kind": "html", "times": 1},
        {"kind": "duplicate", "times": 2},
        {"kind": "expired_cursor", "nth": 3},
    ],
    ids=lambda fault: fault["kind"] + str(fault.get("status", "")),
)
def test_a_passing_fault_leaves_the_log_as_without_it(place: Place, served: Served, fault: dict[str, object]) -> None:
    switch = served.faults.add(**{"service": "lever", "route": "/v1/opportunities", **fault})  # type: ignore[arg-type]
    load_from(place, served, ("opportunities",))
    assert switch.struck
    assert set(kept(place, "opportunities")) == ids(says(served, "opportunities"))


def test_a_pass_over_opportunities_that_broke_goes_on_where_it_stopped(place: Place, served: Served) -> None:
    total = len(says(served, "opportunities"))
    served.faults.add("status", service="lever", route="/v1/opportunities/", status=400, nth=250)
    with pytest.raises(ExtractionError, match="400"):
        load_from(place, served, ("feedback",))
    asked = served.double.requests["feedback"]
    assert asked == 249 < total
    load_from(place, served, ("feedback",))
    assert set(kept(place, "feedback")) == ids(says(served, "feedback"))
    assert served.double.requests["feedback"] - asked == total - 200  # whole pages of opportunities are not asked twice


def test_rights_that_are_missing_fail_their_stream_by_name_and_an_optional_one_fails_nothing(place: Place, served: Served) -> None:
    served.double.settings.missing_scopes = {"requisitions", "referrals"}
    with pytest.raises(ExtractionError, match=r"requisitions.*403") as caught:
        load_from(place, served, ("requisitions", "postings", "stages", "referrals"))
    assert [stream.stream for stream in caught.value.load.failed] == ["requisitions"]
    assert set(kept(place, "postings")) == ids(says(served, "postings"))


def test_a_key_without_confidential_data_loads_the_rest_and_says_so(place: Place, served: Served) -> None:
    served.double.settings.sees_confidential = False
    result = load_from(place, served, ("opportunities", "postings"))
    public = {row["id"] for row in says(served, "opportunities") if row["confidentiality"] == "non-confidential"}
    assert set(kept(place, "opportunities")) == public
    assert all("confidential" in " ".join(stream.warnings) for stream in result.streams)
    warned = [finding for finding in preflight.check(served.source) if finding.level == "warning"]
    assert {finding.stream for finding in warned} == {"opportunities", "postings", "requisitions"}


def test_two_accounts_stay_apart(place: Place, served: Served) -> None:
    for name in ("europe", "america"):
        load_from(place, served, ("stages",), source=served.source.model_copy(update={"name": name}))
    assert {source for source, *_ in lake_rows(place.home)} == {"america", "europe"}


def test_preflight_is_content_with_a_good_key_and_tells_each_bad_one(place: Place, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = preflight.check(served.source, now=served.double.world.now)
    assert {finding.stream for finding in findings} == set(STREAMS)
    assert {finding.level for finding in findings} == {"ok"}
    messages = {finding.stream: (finding.message, finding.count) for finding in findings}
    assert messages["offers"][0].startswith("read once for each of the opportunities; ") and messages["offers"][1] is None
    assert "records on the first page" in messages["opportunities"][0]
    assert lake_rows(place.home) == []

    served.double.settings.missing_scopes = {"feedback", "requisitions", "referrals"}
    refused = [finding for finding in preflight.check(served.source) if not finding.is_ok]
    assert {finding.stream for finding in refused} == {"feedback", "requisitions"}
    assert "permission to list feedback" in next(str(finding) for finding in refused if finding.stream == "feedback")

    served.double.settings.missing_scopes = set()
    served.double.settings.sees_nothing = True
    blind = [finding for finding in preflight.check(served.source) if not finding.is_ok]
    assert {finding.stream for finding in blind} == {"opportunities", "postings"}

    monkeypatch.setenv("LEVER_KEY", "wrong-key")
    (finding,) = preflight.check(served.source)
    assert not finding.is_ok
    assert "rejected the credential" in str(finding)
    assert "wrong-key" not in str(finding)

    monkeypatch.delenv("LEVER_KEY")
    (finding,) = preflight.check(served.source)
    assert "LEVER_KEY" in str(finding)

    monkeypatch.setenv("LEVER_KEY", "x")
    elsewhere = served.source.model_copy(update={"base_url": served.source.base_url.removesuffix("/v1") + "/nowhere"})  # type: ignore[union-attr]
    monkeypatch.setenv("LEVER_KEY", served.double.settings.api_key)
    assert all("base_url" in str(finding) for finding in preflight.check(elsewhere) if not finding.is_ok)
