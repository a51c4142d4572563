"""The web server in a thread on loopback, with the routes and limits of a test, and clients that speak less HTTP than they should."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpx

from base.web import Handlers, Route
from orchestration.web.limits import Limits
from orchestration.web.server import server

HOST = "hooks.example.com"


@dataclass(frozen=True)
class Served:
    port: int

    def request(self, method: str, path: str, body: bytes = b"", host: str = HOST, **headers: str) -> httpx.Response:
        """Over a connection of its own."""
        return httpx.request(method, f"http://127.0.0.1:{self.port}{path}", content=body, headers={"Host": host, **headers}, timeout=30)

    def post(self, path: str, body: bytes = b"{}") -> int:
        return self.request("POST", path, body).status_code

    def connect(self, sent: bytes = b"", address: str = "127.0.0.1") -> socket.socket:
        """A socket from `address` (of loopback) that has sent this much."""
        client = socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(address, 0))
        client.sendall(sent)
        return client


@contextmanager
def served(routes: Sequence[Route], limits: Limits = Limits(), *, parts: Sequence[Handlers] = ()) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        running = server([Handlers(tuple(routes)), *parts], frozenset({HOST}), limits)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not running.started and thread.is_alive():
            time.sleep(0.005)
        assert running.started
        try:
            yield Served(listener.getsockname()[1])
        finally:
            running.should_exit = True
            thread.join(30)


def is_open(client: socket.socket) -> bool:
    """Whether the server holds the connection still; it has sent nothing."""
    client.setblocking(False)
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionResetError:
        return False
    finally:
        client.settimeout(30)


def read_to_end(client: socket.socket) -> bytes:
    """All that the server sends until it closes the connection."""
    received = bytearray()
    with suppress(ConnectionResetError):
        while part := client.recv(65536):
            received += part
    return bytes(received)
