"""The server's process: a socket, uvicorn without its access log, an orderly stop."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import uvicorn

from base import clock
from base.config import Web
from base.errors import ConfigError
from base.web import Handlers
from orchestration.web.app import build_app
from orchestration.web.connections import BoundedProtocol, Connections
from orchestration.web.limits import Limits
from orchestration.web.quota import Quota


def serve(parts: Sequence[Handlers], settings: Web, host: str, port: int, *, title: str, say: Callable[[str], None]) -> None:
    """Serve until the process is told to stop (SIGINT, SIGTERM); requests at work are finished. Raises ConfigError when it cannot listen."""
    hosts = allowed_hosts(settings, host)
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    say(f"{title} at http://{shown}:{listener.getsockname()[1]}")
    for part in parts:
        for route in part.routes:
            say(f"  {route.path}  {route.about}")
    limits = Limits(connections_per_address=settings.connections_per_address, trusted_proxies=settings.trusted_proxies)
    for name in ("funnelcast.web", "uvicorn.error"):
        logging.getLogger(name).addFilter(Quota())
    with listener:
        server(parts, hosts, limits).run(sockets=[listener])


def server(parts: Sequence[Handlers], hosts: frozenset[str], limits: Limits) -> uvicorn.Server:
    """uvicorn over the app, with our bounds on connections and nothing else of its own in the way."""
    protocol: Any = partial(BoundedProtocol, connections=Connections(limits))
    config = uvicorn.Config(
        build_app(parts, hosts, limits, clock.now),
        http=protocol,
        ws="none",
        lifespan="on",
        h11_max_incomplete_event_size=limits.header_bytes,
        # The client is the socket's other end: what a header says about it is never believed.
        proxy_headers=False,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(config)


def allowed_hosts(settings: Web, listening_at: str) -> frozenset[str]:
    """The names that a Host header may have. Raises ConfigError when the configuration must say them."""
    if settings.allowed_hosts:
        return frozenset(name.lower() for name in settings.allowed_hosts)
    if listening_at in ("0.0.0.0", "::"):  # noqa: S104 - a comparison
        raise ConfigError(
            f"company.yml has no web.allowed_hosts, which listening on {listening_at} needs",
            remedy="Name the hosts that requests come for, like 'web: {allowed_hosts: [hooks.example.com]}'.",
        )
    return frozenset({"localhost", "127.0.0.1", "::1", listening_at.lower()})


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"cannot listen on {host}:{port} ({error.strerror})", remedy="Give another --port, or stop what listens there."
        ) from error
    listener.listen(512)
    return listener
