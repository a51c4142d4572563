"""The receiver's process: a socket, uvicorn without its access log, an orderly stop."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from base import clock
from base.errors import ConfigError
from ingestion.webhooks.receiver import Hook, build_app, describe

#: Requests at work at once; more are answered 503 and come again.
_CONCURRENCY = 256


def serve(hooks: list[Hook], host: str, port: int, *, say: Callable[[str], None]) -> None:
    """Serve until the process is told to stop (SIGINT, SIGTERM); requests at work are finished. Raises ConfigError when it cannot listen."""
    listener = _listen(host, port)
    say(f"Receiving webhooks at http://{host}:{listener.getsockname()[1]}")
    for line in describe(hooks):
        say(f"  {line}")
    config = uvicorn.Config(
        build_app(hooks, clock.now),
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        limit_concurrency=_CONCURRENCY,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
    )
    with listener:
        uvicorn.Server(config).run(sockets=[listener])


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
