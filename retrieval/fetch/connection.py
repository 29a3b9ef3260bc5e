"""Speaks HTTP through aiohttp to whom the guard lets through. Knows nothing of redirects and bodies."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from ipaddress import ip_address
from typing import TYPE_CHECKING
from weakref import WeakSet

import aiohttp
import certifi
from aiohttp.abc import AbstractResolver, ResolveResult

from retrieval.fetch.answers import Fault, Limits
from retrieval.fetch.guard import Guard

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

AddressInfo = tuple[int, int, int, str, tuple[object, ...]]
Dial = Callable[[AddressInfo], socket.socket]

_MOST_ADDRESSES = 8  # of a name that are tried
_LONGEST_HEADER = 8190  # bytes
_MOST_HEADERS = 100
_GOODBYES = 50  # hundredths of a second
_OVERHEAD = 1024 * 1024  # bytes of heads, chunk marks and TLS beside a body


class _BoundedSocket(socket.socket):
    """A socket that breaks off once more came than any honest reply takes, heads and all.

    It bounds what no count of a body sees: endless interim replies, chunks of one byte.
    """

    def __init__(self, address: AddressInfo, most: int) -> None:
        family, kind, protocol, *_ = address
        super().__init__(family, kind, protocol)
        self._left = most

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As of any socket. Raises OSError when the bound is passed."""
        data = super().recv(size, flags)
        self._count(len(data))
        return data

    def recv_into(self, buffer: WriteableBuffer, size: int = 0, flags: int = 0) -> int:
        """As of any socket. Raises OSError when the bound is passed."""
        length = super().recv_into(buffer, size, flags)
        self._count(length)
        return length

    def _count(self, length: int) -> None:
        self._left -= length
        if self._left < 0:
            raise ConnectionAbortedError("more came than any reply takes")


class Connections:
    """Connections without cookies, proxies, stored passwords or unpacking; the guard says whom to dial.

    ``dial`` makes the sockets in place of those of this machine.
    """

    def __init__(self, guard: Guard, limits: Limits, dial: Dial | None) -> None:
        self._guard = guard
        self._most = limits.bytes + _OVERHEAD
        self._dial = dial
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=_Resolver(guard),
                use_dns_cache=False,
                ssl=_trust(),
                socket_factory=self._socket,
                force_close=True,  # a connection is for one reply: checked anew, and bounded
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": f"Footnote/{_version()} (self-hosted reader)"},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.connecting),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
            max_headers=_MOST_HEADERS,
        )

    async def close(self) -> None:
        """Ends them all, and gives secure ones a moment to say goodbye: their sockets close only then."""
        await self.session.close()
        for _ in range(_GOODBYES):
            if all(each.fileno() == -1 for each in self._sockets):
                return
            await asyncio.sleep(0.01)

    def _socket(self, address: AddressInfo) -> socket.socket:
        if not self._guard.dials(ip_address(str(address[4][0]))):
            raise PermissionError("not a public address")
        made = self._dial(address) if self._dial else _BoundedSocket(address, self._most)
        self._sockets.add(made)
        return made


def fault_of(error: Exception) -> Fault:
    """What a failed exchange means, as the end of a sentence."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return Fault("has a certificate that cannot be trusted; tell its owner")
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return Fault("offers no secure connection; try it with http:// if its owner does")
        case TimeoutError():
            return Fault("does not answer; try again later")
        case aiohttp.ClientConnectorError():
            return Fault("cannot be reached, for its server takes no connections; try again later")
        case aiohttp.ClientPayloadError() | aiohttp.ServerDisconnectedError() | OSError():
            return Fault("broke off before all of it had come; try again later")
        case _:
            return Fault("does not answer as a web server should; open it in a browser to see what it is")


class _Resolver(AbstractResolver):
    """Looks names up through the guard, so that what was checked is what is dialled."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises Fault unless every one of them may be dialled."""
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in (await self._guard.addresses(host))[:_MOST_ADDRESSES]
        ]

    async def close(self) -> None:
        """Nothing is held."""


def _trust() -> ssl.SSLContext:
    """The authorities this machine trusts and those that browsers do: some machines know none themselves."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _version() -> str:
    try:
        return version("footnote")
    except PackageNotFoundError:
        return "0"
