"""Fetches one address, hop by hop, within bounds. Knows nothing of what the bytes mean."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from retrieval.errors import Unreachable
from retrieval.fetch.answers import Fault, Fetched, Limits, Validators
from retrieval.fetch.guard import Guard, Lookup, system_lookup
from retrieval.fetch.replies import conditions, fetched, refusal
from retrieval.fetch.targets import Target, redirected, shown, target
from retrieval.fetch.unpacking import Body, too_big

if TYPE_CHECKING:
    from aiohttp import ClientResponse

    from retrieval.fetch.connection import Connections, Dial

PAGES = "text/html, application/xhtml+xml, application/pdf;q=0.9, text/plain;q=0.9, */*;q=0.5"

_REDIRECTS = (301, 302, 303, 307, 308)
_PERMANENT = (301, 308)


class Door:
    """The only way to the web, safe with addresses that strangers choose. Close it, or use `async with`.

    ``allowed_private`` names hosts or addresses at home that may be reached too, ``lookup`` and ``dial`` are
    the machine's resolver and sockets. Nothing secret is ever sent: no cookies, names or passwords.
    """

    def __init__(
        self,
        *,
        allowed_private: Iterable[str] = (),
        limits: Limits = Limits(),  # noqa: B008 -- frozen
        lookup: Lookup = system_lookup,
        dial: Dial | None = None,
    ) -> None:
        self._guard = Guard(allowed_private, lookup)
        self._limits = limits
        self._dial = dial
        self._connections: Connections | None = None

    async def fetch(self, url: str, *, validators: Validators | None = None, accept: str = PAGES) -> Fetched:
        """What is at an address, or that it has not changed since ``validators`` were given.

        Raises Unreachable with one sentence.
        """
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._follow(target(url), validators, accept)
        except TimeoutError:
            fault = Fault(f"takes longer than {self._limits.seconds:g} seconds to come; try again later")
        except Fault as found:
            fault = found
        raise Unreachable(f"“{shown(url)}” {fault}.", status=fault.status, retry_after=fault.retry_after)

    def waiting(self) -> Callable[[str], Fetched]:
        """A function for other threads that waits until the running loop has fetched an address.

        It raises as ``fetch`` does, and must not be called on the loop's own thread.
        """
        loop = asyncio.get_running_loop()
        return lambda url: asyncio.run_coroutine_threadsafe(self.fetch(url), loop).result()

    async def close(self) -> None:
        """Ends all connections. Fetching again opens new ones."""
        connections, self._connections = self._connections, None
        if connections is not None:
            await connections.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _follow(self, here: Target, validators: Validators | None, accept: str) -> Fetched:
        """The answer at the end of the redirects."""
        moved_to: str | None = None
        lasting = True
        for _ in range(self._limits.hops + 1):
            self._guard.check(here)
            found = await self._ask(here, validators, accept)
            if isinstance(found, Fetched):
                return replace(found, moved_to=moved_to)
            status, here = found
            lasting = lasting and status in _PERMANENT
            moved_to = str(here) if lasting else moved_to
        raise Fault(
            f"leads on more than {self._limits.hops} times; open it in a browser and copy where it ends"
        )

    async def _ask(
        self, here: Target, validators: Validators | None, accept: str
    ) -> Fetched | tuple[int, Target]:
        """What one address answers: a document, or the status of a redirect and where it leads."""
        from aiohttp import ClientError
        from yarl import URL

        from retrieval.fetch.connection import fault_of

        known = validators if validators and validators.url == str(here) else None
        headers = {"Accept": accept, "Accept-Encoding": "gzip, deflate"} | conditions(known)
        try:
            async with self._opened().session.get(
                URL(str(here), encoded=True), headers=headers, allow_redirects=False
            ) as response:
                location = response.headers.get("Location")
                if response.status in _REDIRECTS and location is not None:
                    return response.status, redirected(here, location)
                if response.status == 304 and known is not None:
                    return fetched(str(here), 304, response.headers, b"", known)
                if not 200 <= response.status < 300:
                    raise refusal(response.status, response.headers)
                body = await self._body(response)
                return fetched(str(here), response.status, response.headers, body, None)
        except (ClientError, OSError, ValueError) as error:  # a TimeoutError is an OSError
            raise fault_of(error) from None

    async def _body(self, response: ClientResponse) -> bytes:
        """The whole body, as long as enough of it keeps coming."""
        limits = self._limits
        if (response.content_length or 0) > limits.bytes:
            raise too_big(limits.bytes)
        body = Body(",".join(response.headers.getall("Content-Encoding", ())), limits.bytes)
        clock = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(limits.window) as patience:
                come = 0
                async for piece in response.content.iter_any():
                    body.feed(piece)
                    come += len(piece)
                    if come >= limits.least:
                        patience.reschedule(clock() + limits.window)
                        come = 0
        except TimeoutError:
            raise Fault("comes too slowly and was given up; try again later") from None
        return body.whole()

    def _opened(self) -> Connections:
        from retrieval.fetch.connection import Connections

        if self._connections is None:
            self._connections = Connections(self._guard, self._limits, self._dial)
        return self._connections
