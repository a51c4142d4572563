"""Switches that make a double misbehave: per service and route, on the nth request, for some requests, or by chance.

    faults.add("status", service="greenhouse", route="/v3/applications", status=429, retry_after=1, nth=2)
    faults.add("cut", service="gem", probability=0.05)

or over HTTP on any double: `POST /_control/faults` with the same as JSON, `GET` lists the switches and how often each struck, `DELETE`
removes them all. Kinds:

    status          answer `status` (429 with `retry_after` seconds, 500, 503, 403, ...) instead of the reply
    cut             the headers promise the whole body, half of it comes, the connection closes (the request WAS carried out)
    short           half the body with a length that fits: nothing looks wrong until it is parsed
    drip            the body in small pieces, `seconds` between them
    html            200 and a maintenance page
    duplicate       the page before comes once more, then the pass goes on
    expired_token   the bearer token is no longer valid (401), a new one works
    expired_cursor  the cursor is no longer valid (422)

The SMTP double has kinds of its own (sandbox/doubles/smtp.py), the Slack double understands `status`, `cut` and `ok_false`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.doubles.asgi import read_body, respond
from sandbox.rng import Rng

KINDS = ("status", "cut", "short", "drip", "html", "duplicate", "expired_token", "expired_cursor", "ok_false", "smtp")
#: Kinds that the application itself plays; the others are played on its reply.
INSIDE = ("duplicate", "expired_token", "expired_cursor", "ok_false")
CONTROL = "/_control/faults"
MAINTENANCE = b"<!doctype html><html><body><h1>We will be back soon</h1><p>Scheduled maintenance.</p></body></html>"


@dataclass
class Fault:
    """One switch. Without nth and probability it strikes every matching request; `times` limits how often."""

    kind: str
    service: str = ""
    route: str = ""
    nth: int | None = None
    probability: float | None = None
    times: int | None = None
    status: int = 500
    retry_after: str | None = None
    seconds: float = 0.05
    error: str = "internal_error"
    seen: int = 0
    struck: int = 0
    _rng: Rng = field(default_factory=lambda: Rng("faults"), repr=False)

    def strikes(self, service: str, route: str) -> bool:
        """Whether this request is hit; counts it."""
        if self.service not in ("", service) or not route.startswith(self.route):
            return False
        self.seen += 1
        if self.times is not None and self.struck >= self.times:
            return False
        hit = self.seen == self.nth if self.nth is not None else self.probability is None or self._rng.chance(self.probability)
        self.struck += hit
        return hit


class Faults:
    """The switches of all doubles of one sandbox; safe to set while they serve."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, kind: str, **settings: Any) -> Fault:
        """Switch a fault on. Raises ValueError for an unknown kind, TypeError for an unknown setting."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault '{kind}'; known: {', '.join(KINDS)}")
        if "retry_after" in settings:
            settings["retry_after"] = str(settings["retry_after"])
        fault = Fault(kind, **settings)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def strike(self, service: str, route: str) -> Fault | None:
        """The first switch that hits this request, if any."""
        with self._lock:
            return next((fault for fault in self._faults if fault.strikes(service, route)), None)

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [{key: value for key, value in asdict(fault).items() if not key.startswith("_")} for fault in self._faults]


class FaultyApp:
    """ASGI middleware: the control endpoint, and the faults on everything else."""

    def __init__(self, app: ASGIApp, service: str, faults: Faults) -> None:
        self.app, self.service, self.faults = app, service, faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"] == CONTROL:
            await self._control(scope, receive, send)
            return
        fault = self.faults.strike(self.service, scope["path"])
        if fault is None or fault.kind in INSIDE:
            scope["fault"] = fault
            await self.app(scope, receive, send)
        elif fault.kind == "status":
            headers = {"retry-after": fault.retry_after} if fault.retry_after is not None else {}
            await respond(send, fault.status, orjson.dumps({"message": "Injected fault"}), headers)
        elif fault.kind == "html":
            await respond(send, 200, MAINTENANCE, {"content-type": "text/html; charset=utf-8"})
        else:
            await self._spoil(fault, scope, receive, send)

    async def _spoil(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, then send the answer badly."""
        start: MutableMapping[str, Any] = {}
        body = bytearray()

        async def catch(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))

        scope["fault"] = None
        await self.app(scope, receive, catch)
        if fault.kind == "short":
            del body[len(body) // 2 :]
        kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        await send({**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        if fault.kind == "drip":
            size = max(1, len(body) // 20)
            for place in range(0, len(body), size):
                await send({"type": "http.response.body", "body": bytes(body[place : place + size]), "more_body": True})
                await asyncio.sleep(fault.seconds)
            await send({"type": "http.response.body", "body": b""})
        elif fault.kind == "cut":
            # Ending early makes the server close the connection in the middle of the promised length.
            await send({"type": "http.response.body", "body": bytes(body[: len(body) // 2]), "more_body": True})
            await asyncio.sleep(0.01)
            raise ConnectionAbortedError("cut by a fault switch")
        else:
            await send({"type": "http.response.body", "body": bytes(body)})

    async def _control(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] == "POST":
                settings = orjson.loads(await read_body(receive))
                self.faults.add(settings.pop("kind"), **settings)
            elif scope["method"] == "DELETE":
                self.faults.clear()
        except (ValueError, TypeError, KeyError) as error:
            await respond(send, 422, orjson.dumps({"message": str(error)}))
            return
        await respond(send, 200, orjson.dumps(self.faults.listed()))
