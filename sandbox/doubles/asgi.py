"""The little that the doubles need of ASGI: read a body, read a header, know a key, send one reply."""

from __future__ import annotations

import base64

from starlette.types import Receive, Scope, Send


def header(scope: Scope, name: bytes) -> str:
    """The header's value, or an empty text."""
    return next((value.decode() for key, value in scope["headers"] if key == name), "")


def is_basic(authorization: str, user: str, password: str = "") -> bool:
    """Whether the header is HTTP Basic with this user and password."""
    scheme, _, value = authorization.partition(" ")
    return scheme.lower() == "basic" and value == base64.b64encode(f"{user}:{password}".encode()).decode()


async def read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body.extend(message.get("body", b""))
        if not message.get("more_body"):
            return bytes(body)


async def respond(send: Send, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    """One plain reply; JSON unless `headers` say otherwise."""
    merged = {"content-type": "application/json", "content-length": str(len(body))} | (headers or {})
    await send({"type": "http.response.start", "status": status, "headers": [(k.encode(), v.encode()) for k, v in merged.items()]})
    await send({"type": "http.response.body", "body": body})
