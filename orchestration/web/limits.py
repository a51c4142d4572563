"""How much of the server one client, and all clients together, may hold, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Limits:
    """`header_seconds`: from the connection, or the end of the answer before, to the end of a header. `body_seconds`: from there to the end
    of the body. `exchange_seconds`: from the end of the header until the client has taken the answer.

    `request_bytes` is what the requests of all connections may take of memory, `connections` how many there may be.
    `connections_per_address` does not hold for the networks of `trusted_proxies`: a proxy brings everybody's requests from one address.
    """

    header_seconds: float = 10
    body_seconds: float = 20
    exchange_seconds: float = 60
    header_lines: int = 64
    header_bytes: int = 16 * 1024
    request_bytes: int = 256 * 1024 * 1024
    connections: int = 256
    connections_per_address: int = 32
    trusted_proxies: tuple[Network, ...] = ()
