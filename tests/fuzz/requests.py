"""Requests to the web server as bytes: broken lines, lengths, hosts, chunks, signatures."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from base.config import Source, Webhooks
from base.environment import variables
from ingestion.webhooks.handlers import webhook_handlers
from tests.fuzz.case import chooser
from tests.support.ingestion import config_of
from tests.support.web import HOST, Served, read_to_end, served

FAMILY = "request"

_METHODS = (b"POST", b"GET", b"PUT", b"post", b"P\x00ST", b"", b"OPTIONS", b"X" * 300)
_PATHS = (
    b"/hook",
    b"/",
    b"/hook/../hook",
    b"/%00",
    b"/%ff%fe",
    b"*",
    b"http://evil.example.com/hook",
    b"/hook?" + b"a" * 3000,
    b"/\xff",
    b"hook",
)
_VERSIONS = (b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/x", b"")
_HEADERS = (
    b"Content-Length: -1",
    b"Content-Length: 5, 6",
    b"Content-Length: 99999999999999999999999",
    b"Content-Length: 999999999",
    b"Content-Length: 4\r\nContent-Length: 5",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: chunked\r\nContent-Length: 4",
    b"Expect: 100-continue",
    b"Upgrade: websocket\r\nConnection: Upgrade",
    b"Connection: close, keep-alive",
    b"X-Signature: " + b"f" * 64,
    b"X-Signature: \xff\xfe",
    b"X: " + b"y" * 20_000,
    b"\r\n".join(b"X-%d: 1" % number for number in range(80)),
    b" folded: line",
    b"No colon",
    b": no name",
    b"Host: second.example.com",
    b"X\x00Y: 1",
)
_BODIES = (b"", b"{}", b"0\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n", b"ffffffffffffffff\r\nx", b"\x00" * 100, b"x" * 2000)
_HOSTS = (HOST.encode(), HOST.encode(), HOST.encode(), b"evil.example.com", b"", b"[::1", HOST.upper().encode() + b":99999", b"\xff")

#: What a server of ours may answer to what is wrong.
_REFUSALS = {b"200", b"400", b"401", b"404", b"405", b"408", b"413", b"421", b"431", b"501", b"505"}


def requests(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each request."""
    for number in range(count):
        pick = chooser(seed, FAMILY, number)
        first = b" ".join(
            (pick.choice(_METHODS[:1] * 6 + _METHODS), pick.choice(_PATHS[:1] * 6 + _PATHS), pick.choice(_VERSIONS[:1] * 8 + _VERSIONS))
        )
        lines = [first, b"Host: " + pick.choice(_HOSTS), *pick.sample(_HEADERS, pick.randrange(4))]
        sent = b"\r\n".join(lines) + b"\r\n\r\n" + pick.choice(_BODIES)
        if pick.random() < 0.15:
            at = pick.randrange(len(sent))
            sent = sent[:at] + bytes([pick.randrange(256)]) + sent[at + 1 :]
        if pick.random() < 0.1:
            sent = sent[: pick.randrange(len(sent))]
        yield f"{FAMILY} {number} ({sent[:90]!r})", sent


class Errors(logging.Handler):
    """What the server, or the loop below it, logs as an error: nothing that a client sends may be one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.getMessage())


def problems(web: Served, errors: Errors, sent: bytes) -> list[str]:
    """What does not hold of the answer: a status for it, no text, no error in the log."""
    with web.connect(sent) as client:
        client.shutdown(socket.SHUT_WR)
        answer = read_to_end(client)
    found = []
    for head in answer.split(b"HTTP/1.1 ")[1:]:
        status, _, body = head[:3], *head.partition(b"\r\n\r\n")[1:]
        if status not in {*_REFUSALS, b"100"}:
            found.append(f"answers {head[:60]!r}")
        if body.strip() and status != b"100":
            found.append(f"answers with a text: {body[:80]!r}")
    if answer and not answer.startswith(b"HTTP/1.1 "):
        found.append(f"answers what is no HTTP: {answer[:60]!r}")
    found += [f"logs an error: {error[:300]}" for error in errors.found]
    errors.found.clear()
    return found


@contextmanager
def receiver(spool: Path) -> Iterator[tuple[Served, Errors]]:
    """The web server with the handlers of webhooks, of a sender that signs with HMAC."""
    config = config_of(
        Source(name="hook", kind="gem", webhooks=Webhooks(path="/hook", scheme="hmac", header="X-Signature", secrets=("FUZZ_HOOK",)))
    )
    errors, loggers = Errors(), [logging.getLogger(name) for name in ("asyncio", "uvicorn.error", "funnelcast.web")]
    for logger in loggers:
        logger.addHandler(errors)
    try:
        with variables({"FUZZ_HOOK": "fuzz-secret-value"}), served((), parts=[webhook_handlers(config, spool)]) as web:
            yield web, errors
    finally:
        for logger in loggers:
            logger.removeHandler(errors)
