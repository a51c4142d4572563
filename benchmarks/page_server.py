"""A server of pre-built pages: Greenhouse Harvest v3's shape of an `applications` list, with no work left to do per request.

`python -m benchmarks.page_server RECORDS ADDRESS_FILE` builds the pages, listens on a free port of loopback, writes its address and the
mean size of a record into the file, and serves until it is ended. Its own CPU is nobody's figure.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import orjson

PER_PAGE = 500
#: A record of the peers' measurement was 1,636 bytes (benchmarks/peers.py).
RECORD_BYTES = 1636
_WORDS = [
    "platform",
    "review",
    "onsite",
    "interview",
    "referral",
    "notes",
    "schedule",
    "senior",
    "backend",
    "data",
    "analyst",
    "offer",
    "compensation",
    "portfolio",
    "follow",
    "team",
    "hiring",
    "manager",
    "phone",
    "screen",
    "remote",
    "relocate",
    "university",
    "experience",
    "design",
    "product",
    "growth",
    "budget",
    "approval",
    "reference",
]


def record(number: int, dice: random.Random) -> dict[str, object]:
    """One application of about RECORD_BYTES as JSON text; every record differs in its ids, times and text."""
    second, minute, hour, day = number % 60, number // 60 % 60, number // 3600 % 24, number // 86400 % 28 + 1
    moment = f"2026-05-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}.{dice.randrange(1000):03d}Z"
    application: dict[str, object] = {
        "id": 40_000_000_000 + number,
        "candidate_id": 30_000_000_000 + dice.randrange(10**9),
        "job_id": 4_000_000 + dice.randrange(900),
        "prospect": False,
        "status": dice.choice(("in_process", "rejected", "hired")),
        "source_id": 4_000_100_000 + dice.randrange(40),
        "referrer_id": None,
        "recruiter_id": 4_000_200_000 + dice.randrange(60),
        "coordinator_id": None,
        "stage_id": 50_000_000_000 + dice.randrange(10**9),
        "stage_name": dice.choice(("Application Review", "Phone Screen", "Onsite", "Offer")),
        "job_post_id": 4_000_300_000 + dice.randrange(2000),
        "created_at": moment,
        "updated_at": moment,
        "last_activity_at": moment,
        "rejected_at": None,
        "jobs": [{"id": 4_000_000 + dice.randrange(900), "name": " ".join(dice.choices(_WORDS, k=3))}],
        "attachments": [{"filename": f"resume_{dice.getrandbits(64):x}.pdf", "type": "resume", "created_at": moment}],
        "keyed_custom_fields": {
            word: {"name": word.title(), "type": "short_text", "value": f"{dice.getrandbits(40):x}"} for word in dice.sample(_WORDS, 6)
        },
        "summary": "",
    }
    missing = RECORD_BYTES - len(orjson.dumps(application))
    text = ""
    while len(text) < missing:
        text += dice.choice(_WORDS) + " "
    application["summary"] = text[: max(missing, 0)]
    return application


def build_pages(records: int) -> list[bytes]:
    """Bodies of the list, newest id first."""
    dice = random.Random(7)
    pages = []
    for start in range(records, 0, -PER_PAGE):
        pages.append(orjson.dumps([record(number, dice) for number in range(start, max(start - PER_PAGE, 0), -1)]))
    return pages


class Connection(asyncio.Protocol):
    """One kept-alive connection; requests come one after another, so each arrives whole or is waited for."""

    def __init__(self, pages: list[bytes]) -> None:
        self._pages, self._buffer = pages, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        self._answer(lines[0].split(" ")[1], headers["host"])

    def _answer(self, target: str, host: str) -> None:
        parts = urlsplit(target)
        if parts.path == "/token":
            self._send(orjson.dumps({"access_token": "t", "expires_in": 3600}))
            return
        page = int(parse_qs(parts.query).get("cursor", ["0"])[0])
        link = f'Link: <http://{host}{parts.path}?cursor={page + 1}>; rel="next"\r\n' if page + 1 < len(self._pages) else ""
        self._send(self._pages[page], link)

    def _send(self, body: bytes, link: str = "") -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{link}Content-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode())
        self._transport.write(body)


async def serve(records: int, address_file: Path) -> None:
    pages = build_pages(records)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(pages), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    facts = {"url": f"http://127.0.0.1:{port}", "pages": len(pages), "bytes": sum(map(len, pages)), "records": records}
    temporary = address_file.with_suffix(".tmp")
    temporary.write_text(json.dumps(facts), encoding="utf-8")
    temporary.replace(address_file)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
