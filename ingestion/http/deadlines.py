"""A transport on which a request has a total deadline: no slow drip of headers, body or handshake can outlast it.

A library's timeout is per read, so a server that sends a byte now and then never trips it (research: 4.7 s and counting at timeout 1).
Here each socket operation gets what is left of the deadline that the calling thread has set.
"""

from __future__ import annotations

import ssl
import threading
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

_thread = threading.local()


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Socket operations of this thread inside the block end within `seconds` together, else httpx.TimeoutException."""
    _thread.ends_at = time.monotonic() + seconds
    try:
        yield
    finally:
        _thread.ends_at = None


def _left(timeout: float | None, expired: type[Exception]) -> float | None:
    ends_at: float | None = getattr(_thread, "ends_at", None)
    if ends_at is None:
        return timeout
    left = ends_at - time.monotonic()
    if left <= 0:
        raise expired("the total deadline of the request has passed")
    return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout, httpcore.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.connect_tcp(host, port, left, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class DeadlineTransport(httpx.HTTPTransport):
    """httpx's own transport over a pool whose sockets know the deadline. The system's proxy settings are honoured."""

    def __init__(self, url: str, *, connections: int) -> None:
        super().__init__(trust_env=False)
        self._pool.close()
        context = httpx.create_ssl_context()
        proxy = _proxy_for(url)
        if proxy:
            self._pool = httpcore.HTTPProxy(proxy_url=proxy, ssl_context=context, max_connections=connections, network_backend=_Backend())
        else:
            self._pool = httpcore.ConnectionPool(ssl_context=context, max_connections=connections, network_backend=_Backend())


def _proxy_for(url: str) -> str | None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get(parts.scheme)
