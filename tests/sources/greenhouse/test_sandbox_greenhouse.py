"""The Greenhouse double holds to the vendor's contract: shapes, token, cursor, filters, rate window, and the traps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.company import simulate
from sandbox.doubles.faults import Faults, FaultyApp
from sandbox.doubles.greenhouse.records import STREAMS
from sandbox.doubles.greenhouse.service import CURSOR_ALONE, Greenhouse, GreenhouseSettings
from sandbox.doubles.http import HttpServer
from sandbox.world import World

#: JSON Schemas of Harvest v3 streams from elsewhere, beside the checkout where somebody put them.
SCHEMAS = Path(__file__).parents[3] / "shared" / "testdata" / "greenhouse_v3_schemas"
#: What the repository itself knows of the vendor's enums, for a machine without the schemas.
ENUMS = {
    ("applications", "status"): {"rejected", "hired", "converted", "in_process"},
    ("offers", "status"): {"Created", "Accepted", "Rejected", "Deprecated"},
    ("jobs", "status"): {"open", "draft", "closed"},
    ("job_owners", "type"): {"sourcer", "recruiter", "coordinator"},
    ("scorecards", "status"): {"draft", "complete"},
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Caller:
    """A client with a token."""

    def __init__(self, base: str, sub: str = "4001") -> None:
        self.base, self.http = base, httpx.Client(timeout=20)
        self.mint(sub)

    def mint(self, sub: str = "4001") -> dict[str, Any]:
        form = {"grant_type": "client_credentials", "sub": sub}
        reply = self.http.post(f"{self.base}/token", auth=("sandbox-client", "sandbox-secret"), data=form)
        self.token: dict[str, Any] = reply.json()
        return self.token

    def get(self, path: str, **params: Any) -> httpx.Response:
        url = path if path.startswith("http") else f"{self.base}/v3/{path}"
        return self.http.get(url, params=params or None, headers={"Authorization": f"Bearer {self.token['access_token']}"})

    def everything(self, stream: str, **params: Any) -> list[dict[str, Any]]:
        reply = self.get(stream, per_page=500, **params)
        records: list[dict[str, Any]] = reply.json()
        while "next" in reply.links:
            reply = self.get(reply.links["next"]["url"])
            records += reply.json()
        return records


@pytest.fixture(scope="module")
def world() -> World:
    return simulate(requisitions=12, years=0.5)


@pytest.fixture(scope="module")
def double(world: World) -> Iterator[tuple[Greenhouse, Faults]]:
    greenhouse, faults = Greenhouse(world), Faults()
    with HttpServer(FaultyApp(greenhouse, "greenhouse", faults)) as server:
        greenhouse.base_url = server.url
        yield greenhouse, faults


@pytest.fixture
def caller(double: tuple[Greenhouse, Faults]) -> Iterator[Caller]:
    double[0].settings = GreenhouseSettings(rate_limit=10_000)
    double[1].clear()
    yield Caller(double[0].base_url)


@pytest.mark.parametrize("stream", STREAMS)
def test_every_record_has_the_vendors_shape(caller: Caller, stream: str) -> None:
    records = caller.everything(stream, **({"include_defaults": "true"} if stream == "rejection_reasons" else {}))
    assert records
    ids = [record["id"] for record in records]
    assert ids == sorted(set(ids), reverse=True)
    for record in records:
        assert INSTANT.fullmatch(record["created_at"]) and record["created_at"] <= record["updated_at"] <= "2026-06-29T06:00:00Z"
    for (name, column), allowed in ENUMS.items():
        assert name != stream or {record[column] for record in records} <= allowed
    if SCHEMAS.exists():
        from jsonschema import Draft202012Validator, FormatChecker

        checker = Draft202012Validator(json.loads((SCHEMAS / f"{stream}.json").read_text()), format_checker=FormatChecker())
        properties = set(checker.schema["properties"])
        for record in records:
            checker.validate(record)
            assert set(record) == properties


def test_only_a_bearer_token_from_the_token_endpoint_opens_a_list(caller: Caller) -> None:
    assert set(caller.token) == {"token_type", "access_token", "expires_at"} and caller.token["expires_at"] == "2026-06-29T07:00:00Z"
    assert caller.http.get(f"{caller.base}/v3/jobs", auth=("sandbox-client", "sandbox-secret")).status_code == 401
    assert caller.http.get(f"{caller.base}/v3/jobs").status_code == 401
    wrong = caller.http.post(f"{caller.base}/token", auth=("sandbox-client", "wrong"), data={"grant_type": "client_credentials"})
    assert wrong.status_code == 401


def test_minting_a_token_revokes_the_one_before(caller: Caller) -> None:
    other = Caller(caller.base)
    assert other.get("jobs").status_code == 200 and caller.get("jobs").status_code == 401


def test_a_token_ends(caller: Caller, double: tuple[Greenhouse, Faults]) -> None:
    double[0].settings.token_seconds = 0
    caller.mint()
    assert caller.get("jobs").status_code == 401


def test_who_is_not_site_admin_sees_nothing_and_a_missing_scope_is_forbidden(caller: Caller, double: tuple[Greenhouse, Faults]) -> None:
    double[0].settings.missing_scopes = {"offers"}
    assert caller.get("offers").status_code == 403 and caller.get("jobs").status_code == 200
    caller.mint("4003")
    reply = caller.get("jobs")
    assert reply.status_code == 200 and reply.json() == []
    introspection = caller.http.post(
        f"{caller.base}/introspect", auth=("sandbox-client", "sandbox-secret"), data={"token": caller.token["access_token"]}
    ).json()
    assert introspection["active"] and not introspection["site_admin"] and "harvest:offers:list" not in introspection["scope"]


def test_a_cursor_must_be_the_only_query_parameter(caller: Caller) -> None:
    following = caller.get("applications", per_page=5).links["next"]["url"]
    assert caller.get(following).status_code == 200
    refused = caller.http.get(f"{following}&per_page=5", headers={"Authorization": f"Bearer {caller.token['access_token']}"})
    assert refused.status_code == 422 and refused.json()["message"] == CURSOR_ALONE


def test_pages_are_bounded_and_hold_a_hundred_records_by_default(caller: Caller) -> None:
    assert len(caller.get("applications").json()) == 100
    assert len(caller.get("applications", per_page=500).json()) == 500
    assert caller.get("applications", per_page=501).status_code == 422


def test_a_two_sided_window_of_updates_keeps_its_filter_over_all_pages(caller: Caller) -> None:
    everything = caller.everything("applications")
    low, high = "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"
    window = caller.everything("applications", updated_at=f"gte|{low}|lte|{high}")
    assert window == [record for record in everything if low <= record["updated_at"] <= high] and window
    strict = caller.everything("applications", updated_at=f"gt|{window[0]['updated_at']}")
    assert all(record["updated_at"] > window[0]["updated_at"] for record in strict)
    for wrong in ("2026-03-01", "after|2026-03-01T00:00:00Z", "gte|yesterday", "gte"):
        assert caller.get("applications", updated_at=wrong).status_code == 422


def test_ids_are_at_most_fifty_and_parents_filter_too(caller: Caller) -> None:
    ids = [record["id"] for record in caller.get("applications", per_page=51).json()]
    assert {record["id"] for record in caller.get("applications", ids=",".join(map(str, ids[:50]))).json()} == set(ids[:50])
    assert caller.get("applications", ids=",".join(map(str, ids))).status_code == 422
    stages = caller.get("application_stages", application_ids=str(ids[0])).json()
    assert stages and {stage["application_id"] for stage in stages} == {ids[0]}


def test_asking_for_active_applications_returns_in_process_ones(caller: Caller) -> None:
    assert {record["status"] for record in caller.get("applications", status="active").json()} == {"in_process"}
    assert caller.get("applications", colour="red").status_code == 422


def test_stage_rows_exist_before_anybody_entered_and_stage_id_is_an_instance(caller: Caller) -> None:
    stages = caller.everything("application_stages")
    assert sum(stage["entered_at"] is None for stage in stages) > len(stages) / 2
    instances = {stage["id"]: stage for stage in stages}
    for application in caller.everything("applications"):
        if not application["prospect"]:
            current = instances[application["stage_id"]]
            assert current["application_id"] == application["id"] and current["current"] and current["entered_at"]
    plan = {stage["id"] for stage in caller.everything("job_interview_stages")}
    assert not plan & set(instances)


def test_built_in_reasons_and_service_accounts_are_hidden_unless_asked_for(caller: Caller) -> None:
    shown, all_reasons = caller.everything("rejection_reasons"), caller.everything("rejection_reasons", include_defaults="true")
    used = {detail["rejection_reason_id"] for detail in caller.everything("rejection_details")} - {None}
    assert used <= {reason["id"] for reason in all_reasons} and not used <= {reason["id"] for reason in shown}
    assert len(caller.everything("users", show_service_accounts="true")) == len(caller.everything("users")) + 1


def test_an_offer_is_one_row_per_version_and_never_says_why_it_was_declined(caller: Caller) -> None:
    offers = caller.everything("offers")
    versions = [(offer["application_id"], offer["version"]) for offer in offers]
    assert len(versions) == len(set(versions)) and max(version for _, version in versions) >= 2
    assert all((offer["resolved_at"] is not None) == (offer["status"] in ("Accepted", "Rejected")) for offer in offers)
    assert all("reason" not in " ".join(offer) for offer in offers)


def test_the_rate_window_says_what_is_left_and_refuses_with_the_time_to_wait(caller: Caller, double: tuple[Greenhouse, Faults]) -> None:
    double[0].settings = GreenhouseSettings(rate_limit=3, rate_window_seconds=3600)
    double[0]._window = (0.0, 0)
    left = [int(caller.get("jobs").headers["x-ratelimit-remaining"]) for _ in range(3)]
    refused = caller.get("jobs")
    assert left == [2, 1, 0] and refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 3600 and refused.headers["x-ratelimit-limit"] == "3"
    assert refused.headers["date"] == "Mon, 29 Jun 2026 06:00:00 GMT"


def test_a_repeated_page_goes_on_where_it_would_have(caller: Caller, double: tuple[Greenhouse, Faults]) -> None:
    plain = [record["id"] for record in caller.everything("applications")]
    double[1].add("duplicate", route="/v3/applications", nth=2)
    repeated = [record["id"] for record in caller.everything("applications")]
    assert len(repeated) == len(plain) + 500 and sorted(set(repeated), reverse=True) == plain


def test_an_expired_token_and_an_expired_cursor_can_be_switched_on(caller: Caller, double: tuple[Greenhouse, Faults]) -> None:
    following = caller.get("applications", per_page=5).links["next"]["url"]
    double[1].add("expired_cursor", route="/v3/applications", nth=1)
    assert caller.get(following).status_code == 422
    double[1].add("expired_token", route="/v3/jobs", nth=1)
    assert caller.get("jobs").status_code == 401 and caller.get("jobs").status_code == 401
    caller.mint()
    assert caller.get("jobs").status_code == 200
