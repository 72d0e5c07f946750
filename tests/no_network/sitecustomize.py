"""Put on PYTHONPATH of child processes: refuses every connection that leaves this machine."""

from __future__ import annotations

import socket
from typing import Any

_LOOPBACK = ("127.", "::1", "localhost")
_connect = socket.socket.connect


def _guarded(self: socket.socket, address: Any) -> None:
    if self.family in {socket.AF_INET, socket.AF_INET6}:
        host = str(address[0])
        if not host.startswith(_LOOPBACK):
            raise OSError(f"a test tried to reach {host}")
    _connect(self, address)


def _resolve(host: Any, *rest: Any, **named: Any) -> Any:
    if not str(host).startswith(_LOOPBACK):
        raise OSError(f"a test tried to look up {host}")
    return _getaddrinfo(host, *rest, **named)


_getaddrinfo = socket.getaddrinfo
setattr(socket.socket, "connect", _guarded)  # noqa: B010 - not a method of ours to assign
socket.getaddrinfo = _resolve
