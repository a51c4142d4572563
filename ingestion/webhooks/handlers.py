"""The handlers of webhooks: one route per source that has `webhooks` in sources.yml.

A handler verifies the signature on the raw bytes, appends them to the spool, answers. It opens no database and reads no payload, so it
answers while a run is at work. Answers have no text: 200 kept, 401 not signed by a known secret or stale, 503 not kept (the vendor sends it
again).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from base import clock
from base.config import Config, Source, Webhooks
from base.errors import ConfigError
from base.redaction import remember_secrets
from base.web import Answer, Handlers, Request, Route
from ingestion.protocol.signature import Delivery, Refused, Verifier
from ingestion.webhooks.signatures import scheme_of
from ingestion.webhooks.spool import Received, Spool, TokenUsed


@dataclass(frozen=True)
class Hook:
    """One source's deliveries: where they come, how they are verified, where they are kept."""

    source: str
    path: str
    settings: Webhooks
    verify: Verifier
    secrets: tuple[str, ...]
    spool: Spool


def webhook_handlers(config: Config, spool: Path) -> Handlers:
    """The routes of a configuration. Raises ConfigError when there is none, two are the same, or a secret is missing or none."""
    hooks: dict[str, Hook] = {}
    for source in config.sources:
        if source.webhooks is None:
            continue
        hook = _hook(source, source.webhooks, spool / source.name)
        if hook.path in hooks:
            raise ConfigError(
                f"{source.place('webhooks')}: sources '{hooks[hook.path].source}' and '{source.name}' both receive webhooks at {hook.path}",
                remedy="Give one of them another webhooks.path.",
            )
        hooks[hook.path] = hook
    if not hooks:
        raise ConfigError(
            "sources.yml: no source has 'webhooks'", remedy="Add it to the sources that send webhooks (docs/sources/webhooks.md)."
        )
    return Handlers(tuple(_route(hook) for hook in hooks.values()), partial(_lifespan, tuple(hooks.values())))


def read_secrets(source: Source, settings: Webhooks) -> tuple[str, ...]:
    """The source's active secrets from the environment. Raises ConfigError naming the variable, never a value."""
    values = []
    for variable in settings.secrets:
        value = os.environ.get(variable)
        if not value:
            raise ConfigError(
                f"{source.place('webhooks', 'secrets')}: source '{source.name}' reads a webhook secret from the environment variable {variable}, which is not set",
                remedy=f"Set {variable}, or take it out of webhooks.secrets.",
            )
        remember_secrets([value])
        try:
            scheme_of(source, settings).check_secret(value)
        except ValueError as error:
            raise ConfigError(
                f"{source.place('webhooks', 'secrets')}: source '{source.name}': the environment variable {variable} does not contain a verification key",
                remedy=str(error),
            ) from error
        values.append(value)
    return tuple(values)


def active_secrets(count: int) -> str:
    return f"{count} active secret{'s' if count > 1 else ''}"


def _hook(source: Source, settings: Webhooks, folder: Path) -> Hook:
    return Hook(
        source.name,
        settings.path or f"/{source.name}",
        settings,
        scheme_of(source, settings).verify,
        read_secrets(source, settings),
        Spool(folder),
    )


def _route(hook: Hook) -> Route:
    return Route(
        name=hook.source,
        method="POST",
        path=hook.path,
        handle=partial(_receive, hook),
        max_body_bytes=hook.settings.max_body_kilobytes * 1024,
        about=f"{hook.source}, {active_secrets(len(hook.secrets))}",
    )


@contextmanager
def _lifespan(hooks: tuple[Hook, ...]) -> Iterator[None]:
    for hook in hooks:
        hook.spool.forget_tokens(clock.now() - timedelta(minutes=2 * hook.settings.replay_window_minutes))
    yield
    for hook in hooks:
        hook.spool.close()


def _receive(hook: Hook, request: Request) -> Answer:
    try:
        accepted = hook.verify(Delivery(request.headers, request.body), hook.secrets, hook.settings, request.received_at)
        hook.spool.append(Received(request.received_at, request.body), token=accepted.token)
    except Refused as refusal:
        return Answer(401, str(refusal))
    except TokenUsed:
        return Answer(401, "the token was used before with another body")
    except OSError as error:
        return Answer(503, f"not kept: {os.strerror(error.errno) if error.errno else error}")
    return Answer(200, f"kept {len(request.body)} bytes")
