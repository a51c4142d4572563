"""What a client may hold of the server: uvicorn's HTTP protocol with deadlines, and with bounds on connections and on memory.

uvicorn alone waits for ever for the rest of a header, and a socket that sends nothing counts like one at work: a few hundred halves of a
header starve everybody. Here every connection has a deadline, and when there are too many, from one address or in all, the one that has
waited longest for its client (for the rest of a request, for the next one, or to take the answer) makes room. A request that has arrived in full
and is not answered yet is never dropped. Where bodies take too much memory, the largest incomplete one goes.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from orchestration.web.limits import Limits

_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

log = logging.getLogger("funnelcast.web")


class Connections:
    """The open connections of one server, and which of them wait for their clients, longest first."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._open: dict[BoundedProtocol, str] = {}
        self._waiting: dict[BoundedProtocol, None] = {}
        self._per_client: Counter[str] = Counter()
        self._bytes: dict[BoundedProtocol, int] = {}
        self._all_bytes = 0

    def admit(self, connection: BoundedProtocol, address: str) -> bool:
        """Whether the connection may stay; another one may be dropped for it."""
        client = _client(address)
        is_full = not self._is_trusted(address) and self._per_client[client] >= self.limits.connections_per_address
        if is_full and not self._drop(next((other for other in self._waiting if self._open[other] == client), None)):
            return False
        if len(self._open) >= self.limits.connections and not self._drop(next(iter(self._waiting), None)):
            return False
        self._open[connection] = client
        self._per_client[client] += 1
        return True

    def mark(self, connection: BoundedProtocol, *, is_waiting: bool) -> None:
        if not is_waiting:
            self._waiting.pop(connection, None)
        elif connection in self._open:
            self._waiting.setdefault(connection)

    def weigh(self, connection: BoundedProtocol, received: int) -> None:
        """What the connection's request takes of memory has grown by this."""
        self._bytes[connection] = self._bytes.get(connection, 0) + received
        self._all_bytes += received
        if self._all_bytes > self.limits.request_bytes and self._waiting:
            self._drop(max(self._waiting, key=lambda waiting: self._bytes.get(waiting, 0)))

    def unload(self, connection: BoundedProtocol) -> None:
        """The connection's last request takes no memory any more."""
        self._all_bytes -= self._bytes.pop(connection, 0)

    def forget(self, connection: BoundedProtocol) -> None:
        client = self._open.pop(connection, None)
        self._waiting.pop(connection, None)
        self.unload(connection)
        if client is not None:
            self._per_client[client] -= 1
            if not self._per_client[client]:
                del self._per_client[client]

    def _drop(self, connection: BoundedProtocol | None) -> bool:
        if connection is None:
            log.warning("too many connections, all of them at work: one more was refused")
            return False
        log.warning("too many connections, or too much in memory: one was dropped that waited for its client")
        self.forget(connection)
        connection.transport.abort()
        return True

    def _is_trusted(self, address: str) -> bool:
        return any(ip_address(address) in network for network in self.limits.trusted_proxies)


class BoundedProtocol(H11Protocol):
    """One connection. `_phase` is what its deadline was set for: (whether a header is awaited, the last request)."""

    def __init__(self, *, connections: Connections, **uvicorn: Any) -> None:
        super().__init__(**uvicorn)
        self._connections = connections
        self._deadline: asyncio.TimerHandle | None = None
        self._phase: tuple[bool, object] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # Writing counts as paused until the client has taken the last byte, so that an answer on its way is no idle connection.
        transport.set_write_buffer_limits(high=0)
        if self._connections.admit(self, self.client[0] if self.client else "0.0.0.0"):  # noqa: S104 - no address to listen on
            self._watch()
        else:
            transport.write(_BUSY)
            transport.close()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()
        if not self.transport.is_closing():
            self._connections.weigh(self, len(data))

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is answered without text, like all that the server answers itself, and the connection ends.

        A request whose body turns out to be none may be at work already: it has no one to answer any more.
        """
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            reply = h11.Response(status_code=400, headers=[(b"content-length", b"0"), (b"connection", b"close")], reason=b"Bad Request")
            for event in (reply, h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.forget(self)
        if self._deadline:
            self._deadline.cancel()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Set the deadline of the phase that has begun. A connection that is closing keeps its last one: the answer may never be taken."""
        if self.transport.is_closing():
            return
        is_idle = self.conn.their_state is h11.IDLE and not self.flow.write_paused
        is_waiting = self.conn.their_state in (h11.IDLE, h11.SEND_BODY) or self.flow.write_paused
        self._connections.mark(self, is_waiting=is_waiting)
        phase = (is_idle, self.cycle)
        if phase == self._phase:
            return
        if self._deadline:
            self._deadline.cancel()
        limits = self._connections.limits
        self._connections.unload(self)
        self._phase = phase
        self._deadline = self.loop.call_later(limits.header_seconds if is_idle else limits.exchange_seconds, self.transport.abort)


def _client(address: str) -> str:
    """Whose connections are counted together: an IPv4 address, or the /64 network that one IPv6 host chooses its addresses from."""
    parsed = ip_address(address)
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or IPv6Network((int(parsed) >> 64 << 64, 64)))
