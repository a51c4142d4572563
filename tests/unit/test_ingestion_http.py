"""The HTTP client against a server that misbehaves in every way the research found (research: reliability 2.0, 2.1)."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from base.json_text import parse_json
from ingestion.http.auth import ApiKey, ClientCredentials
from ingestion.http.client import Client, HttpError
from ingestion.http.limits import BudgetSpent, RateLimiter, RunBudget, retry_after
from tests.support.scripted_http import Reply, ScriptedServer, cut, drip, reply

SECRET = "s3cret-value"
GOOD = reply([{"id": 1}])
HTML = reply(body=b"<html>We will be back soon</html>", headers={"X-Kind": "maintenance"})


def client(server: ScriptedServer, *, seconds: float = 30, request_deadline: float = 5, limiter: RateLimiter | None = None) -> Client:
    budget = RunBudget(seconds)
    return Client(
        "acme",
        f"{server.url}/v3",
        auth=ApiKey("X-API-Key", SECRET),
        budget=budget,
        request_deadline=request_deadline,
        backoff=0.01,
        limiter=limiter,
    )


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(reply({"message": "x"}, status=500), id="500"),
        pytest.param(reply({"message": "x"}, status=503), id="503"),
        pytest.param(reply({"message": "x"}, status=429, headers={"Retry-After": "0"}), id="429"),
        pytest.param(cut([{"id": 1}] * 50), id="cut body"),
        pytest.param(b"", id="connection closed without an answer"),
        pytest.param(HTML, id="HTML with status 200"),
        pytest.param(reply(body=b'[{"id": 1}, {"id"'), id="half a JSON document with a right length"),
        pytest.param(reply(body=b"\x1f\x8b\x08garbage", headers={"Content-Encoding": "gzip"}), id="damaged gzip"),
    ],
)
def test_a_passing_fault_is_retried_until_the_page_is_whole(fault: Reply) -> None:
    with ScriptedServer([fault, fault, GOOD]) as server:
        assert client(server).get("jobs").data == [{"id": 1}]
        assert len(server.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_not_retried(status: int) -> None:
    with ScriptedServer([reply({"message": "no"}, status=status), GOOD]) as server:
        with pytest.raises(HttpError) as caught:
            client(server).get("jobs")
        assert caught.value.status == status
        assert caught.value.remedy
        assert len(server.requests) == 1


def test_a_fault_that_stays_ends_with_what_was_seen_last() -> None:
    with ScriptedServer([reply({}, status=502)]) as server:
        with pytest.raises(HttpError, match="failed 7 times, finally with status 502"):
            client(server).get("jobs")


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n["], ids=["headers", "body"]
)
def test_a_drip_that_never_stalls_a_read_does_not_outlast_the_deadline(head: bytes) -> None:
    with ScriptedServer([drip(head, 20), GOOD]) as server:
        started = time.monotonic()
        assert client(server, request_deadline=0.4).get("jobs").data == [{"id": 1}]
        # Not a speed test: the drip goes on for 20 seconds, so anything near it means that it was waited for.
        assert time.monotonic() - started < 10


def test_an_unreachable_host_is_said_without_a_traceback_of_the_library() -> None:
    # Bound but not listening: refused for sure, and no other test's server can take the port.
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{silent.getsockname()[1]}"
        budget = RunBudget(30)
        lost = Client("acme", gone, auth=ApiKey("X-API-Key", SECRET), budget=budget, backoff=0.001)
        with pytest.raises(HttpError, match=r"no connection.*base_url"):
            lost.get("jobs")


def test_a_wait_longer_than_the_run_budget_ends_the_run_at_once() -> None:
    with ScriptedServer([reply({}, status=429, headers={"Retry-After": "86400"}), GOOD]) as server:
        with pytest.raises(BudgetSpent, match="saved"):
            client(server, seconds=20).get("jobs")
        assert len(server.requests) == 1


NOW = datetime(2026, 6, 29, 6, tzinfo=UTC)


def header(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": header(NOW + timedelta(seconds=20)), "date": header(NOW)}, 20.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": header(NOW - timedelta(days=1)), "date": header(NOW)}, None),
        ({"retry-after": "99999999"}, 3600.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, 3600.0),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_of_the_servers_clock_and_is_clamped(headers: Mapping[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_the_rate_window_is_respected_by_all_threads_together() -> None:
    """Two requests a window: the server refuses a third, and eight threads must never make it."""
    state = {"window": 0.0, "used": 0, "refused": 0}

    def answer(connection: object) -> None:
        moment = time.time()
        if moment >= state["window"]:
            state["window"], state["used"] = moment + 1.0, 0
        state["used"] += 1
        headers = {"X-RateLimit-Limit": "2", "X-RateLimit-Remaining": str(max(0, 2 - int(state["used"]))), "Connection": "close"}
        headers |= {"X-RateLimit-Reset": str(int(state["window"]) + 1), "Date": header(datetime.fromtimestamp(int(moment), UTC))}
        if state["used"] > 2:
            state["refused"] += 1
        connection.sendall(reply([], headers=headers))  # type: ignore[attr-defined]

    with ScriptedServer([answer]) as server:
        with client(server) as shared, ThreadPoolExecutor(4) as pool:
            shared.get("jobs")  # the first answer states the limit
            list(pool.map(lambda _: shared.get("jobs"), range(5)))
        assert len(server.requests) == 6
        assert state["refused"] == 0


def test_a_next_link_to_another_host_is_refused() -> None:
    link = '<https://elsewhere.example.com/v3/jobs?cursor=abc>; rel="next"'
    with ScriptedServer([reply([], headers={"Link": link})]) as server:
        here = client(server)
        with pytest.raises(HttpError, match=r"another host \(elsewhere.example.com\)"):
            here.next_url(here.get("jobs"))


def test_a_next_link_on_the_same_host_is_followed_as_it_is_and_its_absence_ends_the_pass() -> None:
    with ScriptedServer([reply([]), reply([])]) as server:
        here = client(server)
        assert here.next_url(here.get("jobs")) is None
        server.script(reply([], headers={"Link": f'<{server.url}/v3/jobs?cursor=a%3D>; rel="next"'}))
        assert here.next_url(here.get("jobs")) == f"{server.url}/v3/jobs?cursor=a%3D"


def test_a_redirect_is_refused_and_the_key_goes_nowhere_else() -> None:
    with ScriptedServer([GOOD]) as elsewhere, ScriptedServer([reply({}, status=302, headers={"Location": elsewhere.url})]) as server:
        with pytest.raises(HttpError, match="302"):
            client(server).get("jobs")
        assert elsewhere.requests == []


def test_neither_messages_nor_logs_hold_a_secret_or_a_query(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with ScriptedServer([reply({"message": "jane@example.com is not allowed"}, status=403)]) as server:
        with pytest.raises(HttpError) as caught:
            client(server).get("jobs", {"email": "jane@example.com"})
    message = (
        str(caught.value)
        + repr(ApiKey("X-API-Key", SECRET))
        + "".join(record.getMessage() for record in caplog.records if record.name == "httpx")
    )
    assert SECRET not in message
    assert "jane" not in message


def token_server(*replies: Reply) -> ScriptedServer:
    return ScriptedServer(list(replies))


def token(name: str, **more: object) -> bytes:
    return reply({"access_token": name, "token_type": "Bearer", **more})


def credentials(server: ScriptedServer) -> ClientCredentials:
    return ClientCredentials("acme", f"{server.url}/token", "client", SECRET, subject="42", budget=RunBudget(20))


def test_many_threads_mint_one_token() -> None:
    with token_server(token("one"), token("two")) as server:
        auth = credentials(server)
        with ThreadPoolExecutor(8) as pool:
            seen = {headers["Authorization"] for headers in pool.map(lambda _: auth.headers(), range(40))}
        assert seen == {"Bearer one"}
        assert len(server.requests) == 1
        assert server.bodies[0] == b"grant_type=client_credentials&sub=42"


def test_a_refused_token_is_renewed_once_however_many_threads_met_the_refusal() -> None:
    with token_server(token("one"), token("two"), token("three")) as server:
        auth = credentials(server)
        used = auth.headers()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: auth.renew(used) and auth.headers(), range(16)))
        assert auth.headers() == {"Authorization": "Bearer two"}
        assert len(server.requests) == 2


def test_an_expiry_by_the_servers_clock_renews_before_it_is_refused() -> None:
    soon = (NOW + timedelta(milliseconds=300)).isoformat()
    with token_server(reply({"access_token": "one", "expires_at": soon}, headers={"Date": header(NOW)}), token("two")) as server:
        auth = credentials(server)
        assert auth.headers() == {"Authorization": "Bearer one"}
        time.sleep(0.4)
        assert auth.headers() == {"Authorization": "Bearer two"}


def test_a_request_met_by_401_is_replayed_once_with_a_new_token_and_then_fails() -> None:
    with token_server(token("one"), token("two")) as tokens, ScriptedServer([reply({}, status=401), GOOD]) as server:
        budget = RunBudget(20)
        here = Client("acme", server.url, auth=credentials(tokens), budget=budget, backoff=0.01)
        assert here.get("jobs").data == [{"id": 1}]
        assert [headers["authorization"] for _, headers in server.requests] == ["Bearer one", "Bearer two"]
        server.script(reply({}, status=401))
        with pytest.raises(HttpError) as caught:
            here.get("jobs")
        assert caught.value.status == 401
        assert len(server.requests) == 4


def test_refused_credentials_name_the_variables_to_check_and_no_value() -> None:
    with token_server(reply({"error": "invalid_client"}, status=401)) as server:
        with pytest.raises(HttpError, match="client_id, client_secret and user_id") as caught:
            credentials(server).headers()
        assert SECRET not in str(caught.value)
        assert len(server.requests) == 1


def test_a_lone_surrogate_is_replaced_and_nan_is_refused() -> None:
    assert parse_json(b'[{"name": "cut emoji \\ud83d"}]') == [{"name": "cut emoji \ufffd"}]
    with pytest.raises(ValueError, match="NaN"):
        parse_json(b'[{"score": NaN}]')
