"""The receiver: an ASGI application with one address per source that has `webhooks` in sources.yml.

It verifies the signature on the raw bytes, appends them to the spool, answers. It opens no database and reads no payload, so it answers
while a run is at work. Answers have no text: 200 kept, 401 not signed by a known secret or stale, 404 no such address, 405 not POST,
408 too slow, 413 too large, 503 not kept (the vendor sends it again).
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from base.config import Config, Source, Webhooks
from base.errors import ConfigError
from ingestion.webhooks.signatures import Delivery, Refused, Verifier, check_secret, scheme_of, verifier_of
from ingestion.webhooks.spool import Received, Spool, TokenUsed

#: A whole body must have come within this time: a sender that trickles must not hold a connection.
BODY_SECONDS = 20.0

log = logging.getLogger("funnelcast.webhooks")


@dataclass(frozen=True)
class Hook:
    """One address: whose it is, how its deliveries are verified, where they are kept."""

    source: str
    path: str
    settings: Webhooks
    verify: Verifier
    secrets: tuple[str, ...]
    spool: Spool


def hooks_of(config: Config, spool: Path) -> list[Hook]:
    """The addresses of a configuration. Raises ConfigError when there is none, two are the same, or a secret is missing or none."""
    found: dict[str, Hook] = {}
    for source in config.sources:
        if source.webhooks is None:
            continue
        hook = _hook(source, source.webhooks, spool / source.name)
        if hook.path in found:
            raise ConfigError(
                f"sources.yml: sources '{found[hook.path].source}' and '{source.name}' both receive webhooks at {hook.path}",
                remedy="Give one of them another webhooks.path.",
            )
        found[hook.path] = hook
    if not found:
        raise ConfigError(
            "sources.yml: no source has 'webhooks'", remedy="Add it to the sources that send some (docs/sources/webhooks.md)."
        )
    return list(found.values())


def read_secrets(source: Source, settings: Webhooks) -> tuple[str, ...]:
    """The source's active secrets from the environment. Raises ConfigError naming the variable, never a value."""
    values = []
    for variable in settings.secrets:
        value = os.environ.get(variable)
        if not value:
            raise ConfigError(
                f"sources.yml: source '{source.name}' reads a webhook secret from the environment variable {variable}, which is not set",
                remedy=f"Set {variable}, or take it out of webhooks.secrets.",
            )
        try:
            check_secret(scheme_of(source, settings), value)
        except ValueError as error:
            raise ConfigError(
                f"sources.yml: source '{source.name}': the environment variable {variable} holds no verification key",
                remedy="Copy the key that SendGrid shows (base64, beginning with MF).",
            ) from error
        values.append(value)
    return tuple(values)


def build_app(hooks: list[Hook], now: Callable[[], datetime]) -> Starlette:
    """The application over these addresses. `now` is asked once per delivery."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> Any:
        for hook in hooks:
            hook.spool.forget_tokens(now() - timedelta(minutes=2 * hook.settings.replay_window_minutes))
        yield
        for hook in hooks:
            hook.spool.close()

    routes = [Route(hook.path, partial(_receive, hook, now), methods=["POST"]) for hook in hooks]
    answers: dict[Any, Any] = dict.fromkeys((404, 405), _empty)
    app = Starlette(routes=routes, exception_handlers=answers, lifespan=lifespan)
    app.router.redirect_slashes = False
    return app


async def _receive(hook: Hook, now: Callable[[], datetime], request: Request) -> Response:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _body(request, hook.settings.max_body_kilobytes * 1024)
    except TimeoutError:
        return _answer(hook, 408, "the body did not come in time")
    except ClientDisconnect:
        return _answer(hook, 400, "the sender went away")
    if body is None:
        return _answer(hook, 413, "the body is too large")
    received = Received(now(), body)
    try:
        accepted = hook.verify(Delivery(dict(request.headers), body), hook.secrets, hook.settings, received.received_at)
        # In a thread: a disk that waits must not stop the others from being verified.
        await asyncio.to_thread(hook.spool.append, received, token=accepted.token)
    except Refused as refusal:
        return _answer(hook, 401, str(refusal))
    except TokenUsed:
        return _answer(hook, 401, "the token came before with another body")
    except OSError as error:
        return _answer(hook, 503, f"not kept: {os.strerror(error.errno) if error.errno else error}")
    return _answer(hook, 200, f"kept {len(body)} bytes")


async def _body(request: Request, limit: int) -> bytes | None:
    """The raw bytes, or None as soon as they are more than the limit."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)


def _answer(hook: Hook, status: int, reason: str) -> Response:
    """The log says source, status and reason; nothing of the delivery itself."""
    log.log(logging.INFO if status == 200 else logging.WARNING, "%s: %d, %s", hook.source, status, reason)
    # What was not read of a body must not be taken for the next request.
    return Response(status_code=status, headers={"Connection": "close"} if status in (408, 413) else None)


async def _empty(request: Request, error: Any) -> Response:
    return Response(status_code=error.status_code)


def _hook(source: Source, settings: Webhooks, folder: Path) -> Hook:
    return Hook(
        source.name,
        settings.path or f"/{source.name}",
        settings,
        verifier_of(scheme_of(source, settings)),
        read_secrets(source, settings),
        Spool(folder),
    )


def describe(hooks: list[Hook]) -> Iterator[str]:
    """For a person: each address with what is known of it."""
    for hook in hooks:
        count = len(hook.secrets)
        yield f"{hook.path}  {hook.source}, {count} active secret{'s' if count > 1 else ''}"
