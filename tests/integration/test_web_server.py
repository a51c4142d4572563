"""The web server over real sockets: slow and greedy clients starve nobody, and nothing of a request reaches the log."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from ipaddress import ip_network

import pytest

from base.config import Web
from base.errors import ConfigError
from base.web import Answer, Handlers, Request, Route
from orchestration.web.limits import Limits
from orchestration.web.server import allowed_hosts
from tests.support.web import HOST, Served, is_open, read_to_end, served

HALF_A_HEADER = f"POST /hook HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ".encode()
HALF_A_BODY = f"POST /hook HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 10\r\n\r\nhalf".encode()
LOOPBACK = (ip_network("127.0.0.0/8"),)
#: No deadline passes within a test that does not ask for it.
PATIENT = Limits(header_seconds=600, body_seconds=600, exchange_seconds=600)


def echo(request: Request) -> Answer:
    return Answer(200, f"echoed {len(request.body)} bytes", request.body)


def page(request: Request) -> Answer:
    return Answer(200, "shown", f"<p>{request.query['t']}</p>".encode(), {"Content-Type": "text/html; charset=utf-8"})


def fail(request: Request) -> Answer:
    raise RuntimeError(f"cannot read {request.body!r}")


def route(handle: object, path: str = "/hook", method: str = "POST") -> Route:
    return Route(path.strip("/"), method, path, handle, 1000, "a test")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def plain() -> Iterator[Served]:
    """With the limits of the product."""
    with served([route(echo)]) as web:
        yield web


@pytest.mark.parametrize(
    ("half", "connections"),
    [(HALF_A_HEADER, 400), (HALF_A_HEADER, 40), (b"", 40), (HALF_A_BODY, 40)],
    ids=["half a header, below the limit", "half a header", "nothing", "half a body"],
)
def test_honest_senders_are_served_while_three_hundred_sockets_hold_incomplete_requests(half: bytes, connections: int) -> None:
    with served([route(echo)], replace(PATIENT, connections=connections, trusted_proxies=LOOPBACK)) as web, ExitStack() as stack:
        slow = [stack.enter_context(web.connect(half)) for _ in range(300)]
        assert [web.post("/hook") for _ in range(5)] == [200] * 5
        open_still = sum(map(is_open, slow))
        assert open_still == 300 if connections == 400 else 30 <= open_still <= 40


@pytest.mark.parametrize("half", [HALF_A_HEADER, b""], ids=["half a header", "nothing"])
def test_a_header_that_does_not_come_in_time_ends_the_connection(half: bytes) -> None:
    with served([route(echo)], replace(PATIENT, header_seconds=0.3)) as web, web.connect(half) as slow:
        assert read_to_end(slow) == b""


def test_a_header_that_trickles_ends_the_connection_however_often_a_byte_comes() -> None:
    with served([route(echo)], replace(PATIENT, header_seconds=0.3)) as web, web.connect(HALF_A_HEADER) as slow:
        with pytest.raises(OSError):
            while True:
                slow.sendall(b"x")
                slow.settimeout(0.02)
                try:
                    assert slow.recv(1) == b""
                    raise ConnectionResetError
                except TimeoutError:
                    continue


def test_the_header_of_a_later_request_on_the_same_connection_has_a_deadline_too() -> None:
    with served([route(echo)], replace(PATIENT, header_seconds=0.3)) as web:
        request = HALF_A_HEADER + b"\r\nContent-Length: 2\r\n\r\n{}"
        with web.connect(request + HALF_A_HEADER) as slow:
            received = read_to_end(slow)
    assert received.count(b"HTTP/1.1") == 1
    assert received.endswith(b"{}")


def test_a_body_that_does_not_come_in_time_is_answered_408() -> None:
    with served([route(echo)], replace(PATIENT, body_seconds=0.2)) as web, web.connect(HALF_A_BODY) as slow:
        assert read_to_end(slow).startswith(b"HTTP/1.1 408 ")


def test_the_rest_of_a_body_that_no_handler_reads_has_a_deadline_too() -> None:
    with served([route(echo)], replace(PATIENT, exchange_seconds=0.3)) as web:
        with web.connect(HALF_A_BODY.replace(b"/hook", b"/nothing")) as slow:
            assert read_to_end(slow).startswith(b"HTTP/1.1 404 ")


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
def test_an_answer_that_is_not_taken_in_time_ends_the_connection(connection: str) -> None:
    size = 20_000_000
    request = f"GET /hook HTTP/1.1\r\nHost: {HOST}\r\nConnection: {connection}\r\n\r\n".encode()
    with served([route(lambda _: Answer(200, "large", b"x" * size), method="GET")], replace(PATIENT, exchange_seconds=0.3)) as web:
        with web.connect(request) as lazy:
            for _ in range(2):  # the deadline of a later connection passes after that of the first
                with web.connect(HALF_A_BODY) as later:
                    read_to_end(later)
            received = len(read_to_end(lazy))
    assert received < size


def test_an_answer_on_its_way_is_no_idle_connection() -> None:
    size = 20_000_000
    request = f"GET /hook HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    with served([route(lambda _: Answer(200, "large", b"x" * size), method="GET")], replace(PATIENT, header_seconds=0.2)) as web:
        with web.connect(request) as lazy:
            for _ in range(2):
                with web.connect() as later:
                    read_to_end(later)
            received = len(read_to_end(lazy))
    assert received > size


def test_one_address_holds_a_bounded_number_of_connections_and_only_its_own_make_room() -> None:
    limits = replace(PATIENT, connections_per_address=8, trusted_proxies=())
    with served([route(echo)], limits) as web, ExitStack() as stack:
        neighbour = stack.enter_context(web.connect(HALF_A_HEADER, "127.0.0.3"))
        greedy = [stack.enter_context(web.connect(HALF_A_HEADER, "127.0.0.2")) for _ in range(30)]
        assert web.post("/hook") == 200
        assert read_to_end(greedy[0]) == b""  # the longest of all has made room
        assert sum(map(is_open, greedy)) == 8
        assert all(map(is_open, greedy[-8:]))
        assert is_open(neighbour)


def test_bodies_take_bounded_memory_and_the_largest_incomplete_one_makes_room() -> None:
    with served([route(echo)], replace(PATIENT, request_bytes=2500)) as web, ExitStack() as stack:
        head = HALF_A_BODY.replace(b"Content-Length: 10", b"Content-Length: 1000")
        small, large, other = [stack.enter_context(web.connect(head + b"x" * more)) for more in (0, 900, 500)]
        assert web.post("/hook", b"x" * 900) == 200
        assert read_to_end(large) == b""
        assert is_open(small)
        assert is_open(other)
        assert [web.post("/hook", b"x" * 900) for _ in range(5)] == [200] * 5  # what was answered takes nothing any more


def test_requests_at_work_are_never_dropped_and_what_comes_above_the_limit_hears_503() -> None:
    at_work, go_on = threading.Semaphore(0), threading.Event()

    def wait(request: Request) -> Answer:
        at_work.release()
        go_on.wait(30)
        return Answer(200, "waited")

    complete = f"POST /wait HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    with served([route(wait, "/wait")], replace(PATIENT, connections=3)) as web, ExitStack() as stack:
        working = [stack.enter_context(web.connect(complete)) for _ in range(3)]
        for _ in working:
            assert at_work.acquire(timeout=30)
        assert read_to_end(stack.enter_context(web.connect())).startswith(b"HTTP/1.1 503 ")
        go_on.set()
        assert [read_to_end(client)[:13] for client in working] == [b"HTTP/1.1 200 "] * 3
        assert web.post("/wait") == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [(HOST, 200), ("HOOKS.example.com:8443", 200), ("hooks.example.com.", 200), ("evil.example.com", 421), ("127.0.0.1", 421), ("", 421)],
)
def test_a_request_for_another_host_is_refused(plain: Served, host: str, status: int) -> None:
    assert plain.request("POST", "/hook", host=host).status_code == status


def test_without_a_setting_the_hosts_are_this_machines_and_listening_everywhere_needs_one() -> None:
    assert allowed_hosts(Web(), "10.0.0.7") == {"localhost", "127.0.0.1", "::1", "10.0.0.7"}
    assert allowed_hosts(Web(allowed_hosts=("Hooks.example.com",)), "127.0.0.1") == {"hooks.example.com"}
    for everywhere in ("0.0.0.0", "::"):
        with pytest.raises(ConfigError, match=r"company.yml has no web.allowed_hosts"):
            allowed_hosts(Web(), everywhere)
    with pytest.raises(ValueError, match="must be a host"):
        Web(allowed_hosts=("https://hooks.example.com",))


def test_a_header_with_too_many_lines_or_bytes_is_refused() -> None:
    with served([route(echo)], replace(PATIENT, header_lines=20, header_bytes=4000)) as web:
        assert web.request("POST", "/hook", **{f"X-{number}": "x" for number in range(20)}).status_code == 431
        assert web.request("POST", "/hook", **{"X-Long": "x" * 4000}).status_code == 431
        with web.connect(HALF_A_HEADER + b"x" * 5000) as long:
            assert read_to_end(long).startswith(b"HTTP/1.1 400 ")
        assert web.post("/hook") == 200


def test_a_body_above_the_routes_limit_is_refused(plain: Served) -> None:
    assert plain.post("/hook", b"x" * 1000) == 200
    assert plain.post("/hook", b"x" * 1001) == 413


def test_each_part_adds_its_routes_and_its_lifespan() -> None:
    events = []

    @contextmanager
    def lifespan() -> Iterator[None]:
        events.append("begun")
        yield
        events.append("ended")

    pages = Handlers((route(page, "/page", "GET"), route(echo, "/page")), lifespan)
    with served([route(echo)], parts=[pages]) as web:
        shown = web.request("GET", "/page?t=1%20day")
        assert (shown.text, shown.headers["content-type"]) == ("<p>1 day</p>", "text/html; charset=utf-8")
        assert (web.post("/page"), web.post("/hook"), events) == (200, 200, ["begun"])
    assert events == ["begun", "ended"]


def test_a_bug_in_a_handler_is_answered_500_and_nothing_of_any_request_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("funnelcast.web")
    logger.addHandler(caplog.handler)  # another test may have started logging, which stops propagation
    try:
        with caplog.at_level(logging.DEBUG), served([route(echo), route(fail, "/fail"), route(page, "/page", "GET")]) as web:
            refused = web.request("POST", "/fail", b"needle-body", **{"X-Header": "needle-header"})
            assert (refused.status_code, refused.content) == (500, b"")
            assert web.request("GET", "/page?t=needle-token").status_code == 200
            assert web.request("POST", "/hook", host="needle-host.example.com").status_code == 421
            assert web.request("GET", "/needle-path").status_code == 404
            with web.connect(b"needle in no header\r\n\r\n") as invalid:
                read_to_end(invalid)
    finally:
        logger.removeHandler(caplog.handler)
    assert "fail: 500, this is a bug (RuntimeError) at" in caplog.text
    assert "in fail" in caplog.text
    assert "refused: 421" in caplog.text
    assert "needle" not in caplog.text


def test_a_closed_socket_of_a_client_that_went_away_frees_its_place() -> None:
    with served([route(echo)], replace(PATIENT, connections=2)) as web:
        for _ in range(10):
            client = web.connect(HALF_A_BODY)
            client.shutdown(socket.SHUT_RDWR)
            client.close()
        assert web.post("/hook") == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"POST /hook HTTP/x\r\n\r\n",
        f"POST /hook HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: minus one\r\n\r\n".encode(),
        f"POST /hook HTTP/1.1\r\nHost: {HOST}\r\nHost: other.example.com\r\nContent-Length: 0\r\n\r\n".encode(),
        f"POST /hook HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n".encode(),
        f"POST /hook HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode(),
    ],
    ids=["no request", "another version", "length", "two hosts", "chunk", "two lengths"],
)
def test_what_is_no_http_is_answered_400_without_a_text_and_the_connection_ends(plain: Served, sent: bytes) -> None:
    with plain.connect(sent) as client:
        head, _, body = read_to_end(client).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in head.lower()
    assert body == b""
    assert plain.post("/hook") == 200


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(plain: Served) -> None:
    with plain.connect(f"POST /hook HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n".encode()) as client:
        assert read_to_end(client).startswith(b"HTTP/1.1 413 ")
