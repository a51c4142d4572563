"""The ASGI app: host, header and body are checked before a handler sees the request; the log says route, status and reason, no more.

Its own answers have no text: 400 no valid HTTP, 404 no such path, 405 another method, 408 the body took too long, 413 it is (or says that it
is) too large, 421 another host, 431 too much header, 500 a bug in the handler.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any

from starlette import requests, responses, routing
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from base.web import Answer, Handlers, Request, Route
from orchestration.web.limits import Limits

log = logging.getLogger("funnelcast.web")

#: What was not read of a body must not be taken for the next request.
_CLOSE = {"Connection": "close"}


def build_app(parts: Sequence[Handlers], hosts: frozenset[str], limits: Limits, now: Callable[[], datetime]) -> ASGIApp:
    """The app over the routes of all parts, for requests to `hosts` (names in lower case, without ports). `now` is asked once per request."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        with ExitStack() as stack:
            for part in parts:
                stack.enter_context(part.lifespan())
            yield

    routes = [
        routing.Route(route.path, partial(_respond, route, limits, now), methods=[route.method]) for part in parts for route in part.routes
    ]
    empty: dict[Any, Any] = dict.fromkeys((404, 405), _empty)
    app = Starlette(routes=routes, exception_handlers=empty, lifespan=lifespan)
    app.router.redirect_slashes = False

    async def admit(scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope["headers"], hosts, limits) if scope["type"] == "http" else None
        if refusal is None:
            await app(scope, receive, send)
        else:
            log.warning("refused: %d, %s", refusal.status, refusal.reason)
            await responses.Response(status_code=refusal.status, headers=refusal.headers)(scope, receive, send)

    return admit


def _refusal(headers: list[tuple[bytes, bytes]], hosts: frozenset[str], limits: Limits) -> Answer | None:
    if len(headers) > limits.header_lines or sum(len(name) + len(value) for name, value in headers) > limits.header_bytes:
        return Answer(431, "the header is too large")
    names = [name for name, _ in headers]
    if b"content-length" in names and b"transfer-encoding" in names:
        # A proxy that goes by the other of the two would see other requests than we do.
        return Answer(400, "the body has two lengths (Content-Length and Transfer-Encoding)", headers=_CLOSE)
    if _host(dict(headers).get(b"host", b"")) not in hosts:
        return Answer(421, "the Host header names none of web.allowed_hosts (company.yml)")
    return None


def _host(value: bytes) -> str:
    """The name without its port: `hooks.example.com:443`, `[::1]:80`."""
    text = value.decode("latin-1").lower()
    name = text[1:].partition("]")[0] if text.startswith("[") else text.partition(":")[0]
    return name.removesuffix(".")


async def _respond(route: Route, limits: Limits, now: Callable[[], datetime], request: requests.Request) -> responses.Response:
    answer = await _answer(route, limits, now, request)
    log.log(logging.INFO if answer.status < 400 else logging.WARNING, "%s: %d, %s", route.name, answer.status, answer.reason)
    close = _CLOSE if answer.status in (408, 413) else {}
    return responses.Response(answer.body, answer.status, headers={**answer.headers, **close})


async def _answer(route: Route, limits: Limits, now: Callable[[], datetime], request: requests.Request) -> Answer:
    if int(request.headers.get("content-length", "0")) > route.max_body_bytes:
        # Before a byte of it is read, and before a client that asked (Expect) hears that it may send it.
        return Answer(413, "the body says that it is too large")
    try:
        async with asyncio.timeout(limits.body_seconds):
            body = await _body(request, route.max_body_bytes)
    except TimeoutError:
        return Answer(408, "the body did not arrive in time")
    except requests.ClientDisconnect:
        return Answer(400, "the sender disconnected")
    if body is None:
        return Answer(413, "the body is too large")
    complete = Request(dict(request.headers), dict(request.query_params), body, now())
    try:
        # In a thread: a disk that waits must not stop the others from being answered.
        return await asyncio.to_thread(route.handle, complete)
    except Exception as error:
        # Where it happened and what kind it is; its text may hold a part of the request.
        place = "".join(traceback.format_tb(error.__traceback__)[-3:])
        return Answer(500, f"this is a bug ({type(error).__name__}) at\n{place}")


async def _body(request: requests.Request, limit: int) -> bytes | None:
    """The raw bytes, or None as soon as they are more than the limit."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)


async def _empty(request: requests.Request, error: Any) -> responses.Response:
    return responses.Response(status_code=error.status_code)
