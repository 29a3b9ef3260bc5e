"""Stands in for the internet's addresses: a resolver that plays a zone, sockets that all end at one web.

Knows nothing of HTTP.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from typing import Any

from web.server import Web

Zone = Mapping[str, Sequence[Sequence[str]] | str]


class Elsewhere:
    """Names from a zone (the n-th lookup gets the n-th list of answers), and a record of what was dialled.

    Every dialled address leads to the given web, or nowhere without one.
    """

    def __init__(self, zone: Zone, web: Web | None = None) -> None:
        self.dialled: list[tuple[str, int]] = []
        self.looked_up: list[str] = []
        self._zone = zone
        self._web = web

    def forget(self) -> None:
        """Back to where nothing was looked up or dialled."""
        self.dialled.clear()
        self.looked_up.clear()

    async def lookup(self, name: str) -> list[str]:
        """The addresses of a name; a name that is not in the zone does not exist."""
        answers = self._zone.get(name)
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if isinstance(answers, str):
            await asyncio.sleep(3600)
        turn = self.looked_up.count(name)
        self.looked_up.append(name)
        return list(answers[min(turn, len(answers) - 1)])

    def dial(self, address: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
        """A socket that will connect to the web, whatever it is told."""
        family, kind, protocol, _, (host, port, *_) = address
        self.dialled.append((host, port))
        if self._web is None:
            raise ConnectionRefusedError("nobody is there")
        secure = port in (443, 8443)
        actual = self._web.tls_port if secure else self._web.port
        assert actual, "this web does not speak TLS"
        return _Diverted(family, kind, protocol, actual)


class _Diverted(socket.socket):
    """A socket that connects to a port of this machine instead of where it is told to."""

    def __init__(self, family: int, kind: int, protocol: int, port: int) -> None:
        super().__init__(family, kind, protocol)
        self._actual = port

    def connect(self, address: Any) -> None:
        """Connects to loopback, as an IPv6 socket does to an IPv4 address where it is one."""
        host = "127.0.0.1" if self.family == socket.AF_INET else "::ffff:127.0.0.1"
        super().connect((host, self._actual))
