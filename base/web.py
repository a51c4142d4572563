"""What a wing and the web shell (orchestration/web) agree on: routes with plain handlers, which know neither a server nor a framework.

A handler is a function from a complete request to an answer and runs in a thread of its own. Sockets, hosts, limits, error answers and the
log are the shell's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Request:
    """A request whose body has arrived in full. Header names are in lower case; a repeated header has its first value."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True)
class Answer:
    """`reason` goes to the log and never to the client; it must contain nothing from the request."""

    status: int
    reason: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    """One method at one path. `name` stands for it in the log (the path may hold a token); `about` is shown when the server starts."""

    name: str
    method: str
    path: str
    handle: Callable[[Request], Answer]
    max_body_bytes: int
    about: str


@dataclass(frozen=True)
class Handlers:
    """What one part of the product serves. `lifespan` is entered before the first request and left after the last."""

    routes: tuple[Route, ...]
    lifespan: Callable[[], AbstractContextManager[object]] = nullcontext
