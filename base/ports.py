"""Ports of this machine's loopback."""

from __future__ import annotations

import socket


def port_trouble(port: int) -> str | None:
    """Why nothing could listen on 127.0.0.1:`port` now; None when something could."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            return getattr(error, "strerror", None) or str(error)
    return None
