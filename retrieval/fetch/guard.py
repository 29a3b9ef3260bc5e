"""Decides which hosts, ports and addresses may be dialled. Knows nothing of HTTP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import ip_address

from retrieval.fetch.addresses import Address, is_home, is_public
from retrieval.fetch.answers import Fault
from retrieval.fetch.targets import Target, host_of

Lookup = Callable[[str], Awaitable[Sequence[str]]]

_PORTS = (80, 443, 8080, 8443)
_NOT_PUBLIC = (
    "leads to an address that is not public; the owner can allow its host in FETCH_ALLOW_PRIVATE_HOSTS"
)
_NOT_FOUND = "cannot be found, for there is no server of that name; check its spelling"
_LOOKUP_FAILED = "could not be looked up just now; try again later"
_UNKNOWN = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
# Threads of its own: a name whose server never answers keeps one busy long after nobody waits for it.
_RESOLVERS = ThreadPoolExecutor(8, "resolver")


class Guard:
    """Lets through public addresses, and of the hosts that the owner allowed those at home.

    An allowed host may use any port.
    """

    def __init__(self, allowed: Iterable[str], lookup: Lookup) -> None:
        self._allowed = frozenset(map(host_of, allowed))
        self._lookup = lookup

    def check(self, target: Target) -> None:
        """Raises Fault where the port or an address in the place of a name rules a target out."""
        if target.host not in self._allowed and target.port not in _PORTS:
            ports = f"{', '.join(map(str, _PORTS[:-1]))} and {_PORTS[-1]}"
            raise Fault(f"asks for port {target.port}; Footnote uses {ports} only")
        if target.address is not None:
            self._admit(target.host, [target.address])

    async def addresses(self, host: str) -> list[Address]:
        """The addresses of a name, looked up once. Raises Fault unless every one of them may be dialled."""
        try:
            answers = await self._lookup(host)
            found = [ip_address(answer) for answer in answers]
        except socket.gaierror as error:
            raise Fault(_NOT_FOUND if error.errno in _UNKNOWN else _LOOKUP_FAILED) from None
        except (OSError, ValueError):
            raise Fault(_LOOKUP_FAILED) from None
        if not found:
            raise Fault(_NOT_FOUND)
        self._admit(host, found)
        return found

    def dials(self, address: Address) -> bool:
        """Whether any host at all may be at an address: asked once more as it is dialled."""
        return is_public(address) or (bool(self._allowed) and is_home(address))

    def _admit(self, host: str, addresses: Iterable[Address]) -> None:
        allowed = host in self._allowed
        if not all(is_public(each) or (allowed and is_home(each)) for each in addresses):
            raise Fault(_NOT_PUBLIC)


async def system_lookup(host: str) -> list[str]:
    """The addresses this machine's resolver knows for a name. Raises OSError."""
    ask = partial(socket.getaddrinfo, host, None, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, ask)
    return [str(address[0]) for *_, address in found]
