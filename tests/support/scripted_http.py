"""A server on loopback whose every byte the test decides: one scripted reply per request, the last one repeated."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import orjson

#: What is sent for one request: the whole reply, or a function that writes it (drips, cuts).
Reply = bytes | Callable[[socket.socket], None]


def reply(data: object = None, *, status: int = 200, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> bytes:
    """A complete HTTP reply with a JSON (or given) body."""
    content = orjson.dumps(data) if body is None else body
    lines = [f"HTTP/1.1 {status} Scripted", "Content-Type: application/json", f"Content-Length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def cut(data: object) -> Reply:
    """Half of the promised body, then the connection closes."""
    whole = reply(data)
    return whole[: len(whole) - len(orjson.dumps(data)) // 2 - 1]


def drip(head: bytes, seconds: float) -> Reply:
    """One byte every 20 ms for `seconds`: no single read ever times out."""

    def write(connection: socket.socket) -> None:
        for place in range(int(seconds / 0.02)):
            connection.sendall(head[place : place + 1] or b"x")
            time.sleep(0.02)

    return write


class ScriptedServer:
    """`requests` holds (request line, headers) of what was asked, in order."""

    def __init__(self, replies: Sequence[Reply]) -> None:
        self._replies = list(replies)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.bodies: list[bytes] = []
        self._lock = threading.Lock()

    def __enter__(self) -> ScriptedServer:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._listener.close()

    def script(self, *replies: Reply) -> None:
        """Go on with these replies."""
        with self._lock:
            self._replies = list(replies)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            while head := _read_head(connection):
                line, *rest = head.decode().split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (item.partition(":") for item in rest)}
                body = connection.recv(int(headers["content-length"])) if "content-length" in headers else b""
                with self._lock:
                    self.requests.append((line, headers))
                    self.bodies.append(body)
                    answer = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
                try:
                    if callable(answer):
                        answer(connection)
                        return
                    connection.sendall(answer)
                except OSError:
                    return
                if not _is_complete(answer):
                    return


def _read_head(connection: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        try:
            more = connection.recv(1)
        except OSError:
            return b""
        if not more:
            return b""
        data += more
    return data[:-4]


def _is_complete(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    return f"Content-Length: {len(body)}".encode() in head
