"""The double itself: a thread with an event loop that answers from what a test told it to serve."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ssl
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import web

from web.publishing import Entry, rss

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request that came: its host, path with query, and headers in lower case."""

    host: str
    path: str
    headers: dict[str, str]


class Web:
    """A web on one loopback port, as a context manager. ``tls`` makes it answer https on another port."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.log: list[Visit] = []
        self.crowd: dict[str, int] = {}  # host → the most visits it had at one time
        self._inside: Counter[str] = Counter()
        self._handlers: dict[str, Handler] = {}
        self._tls = tls

    def __enter__(self) -> Web:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="web", daemon=True)
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(15)

    async def _open(self) -> None:
        application = web.Application()
        application.router.add_route("*", "/{tail:.*}", self._answer)
        self._runner = web.AppRunner(
            application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port: int = self._runner.addresses[0][1]
        self.tls_port: int | None = None
        if self._tls:
            await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._tls).start()
            self.tls_port = self._runner.addresses[1][1]
        self._raw: list[asyncio.Server] = []

    async def _close(self) -> None:
        for server in self._raw:
            server.close()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.log.append(Visit(request.host, request.raw_path, headers))
        self._inside[request.host] += 1
        self.crowd[request.host] = max(self.crowd.get(request.host, 0), self._inside[request.host])
        try:
            return await self._found(request)
        finally:
            self._inside[request.host] -= 1

    async def _found(self, request: web.Request) -> web.StreamResponse:
        for key in (f"{request.host}{request.raw_path}", request.raw_path):
            if key in self._handlers:
                return await self._handlers[key](request)
        return web.Response(status=404, text="There is no such page.")

    # -- where it is

    @property
    def url(self) -> str:
        """Its address, without a final slash."""
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        """Back to a web with nothing on it, that nobody has visited."""
        self.log.clear()
        self.crowd.clear()
        self._handlers.clear()

    # -- what it serves; a place is a path, or a host with a path

    def serves(self, place: str, body: bytes | str, *, status: int = 200, **headers: str) -> None:
        """These bytes, with headers such as ``content_type="text/plain"``; none is added to them."""
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def answer(request: web.Request) -> web.StreamResponse:
            etag, since = named.get("etag"), named.get("last-modified")
            known = request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")
            if (etag and known[0] == etag) or (since and not etag and known[1] == since):
                return web.Response(status=304, headers=named)
            return web.Response(status=status, body=data, headers=named)

        self._handlers[place] = answer

    def page(self, place: str, html: str, **headers: str) -> None:
        """A web page in UTF-8."""
        self.serves(place, html, **({"content_type": "text/html; charset=utf-8"} | headers))

    def feed(
        self,
        place: str,
        title: str,
        entries: Iterable[Entry],
        *,
        home: str = "",
        ttl: int = 0,
        **headers: str,
    ) -> None:
        """An RSS feed with an ETag of what it holds, so that it is sent again only when it has changed."""
        body = rss(title, entries, home=home or self.url, language="en", ttl=ttl)
        etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
        about = {"content_type": "application/rss+xml; charset=utf-8", "etag": etag} | headers
        self.serves(place, body, **about)

    def robots(self, rules: str, host: str = "") -> None:
        """What programs may read, of one host or of all."""
        self.serves(f"{host}/robots.txt", rules, content_type="text/plain")

    def lags(self, place: str, seconds: float) -> None:
        """What is served there comes only after a while."""
        prompt = self._handlers[place]

        async def answer(request: web.Request) -> web.StreamResponse:
            await asyncio.sleep(seconds)
            return await prompt(request)

        self._handlers[place] = answer

    def paths(self) -> list[str]:
        """The paths that were asked for since the last look at them, without robots.txt."""
        seen = [visit.path for visit in self.log if visit.path != "/robots.txt"]
        self.log.clear()
        return seen

    def moves(self, place: str, location: str, *, status: int = 302) -> None:
        """A redirect."""
        self.serves(place, "", status=status, location=location)

    def refuses(self, place: str, status: int, **headers: str) -> None:
        """An error with a page that says nothing."""
        self.serves(place, "No.", status=status, **headers)

    def drips(self, place: str, *, every: float = 0.05, silent: bool = False) -> None:
        """A page that never ends: a byte at a time, or after the first ones nothing at all."""

        async def answer(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": "text/html"})
            await response.prepare(request)
            await response.write(b"<html>")
            while True:
                await asyncio.sleep(3600 if silent else every)
                await response.write(b".")

        self._handlers[place] = answer

    def floods(self, place: str) -> None:
        """A page that never ends, as fast as it can."""

        async def answer(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": "text/html"})
            await response.prepare(request)
            while True:
                await response.write(b"<p>more and more</p>" * 3000)

        self._handlers[place] = answer

    def hangs(self, place: str) -> None:
        """No answer at all, though the connection stays."""

        async def answer(request: web.Request) -> web.StreamResponse:
            await asyncio.sleep(3600)
            raise AssertionError("nobody waits this long")

        self._handlers[place] = answer

    def says(self, *pieces: bytes, endless: bool = False, pause: float = 0) -> str:
        """The address of a server that says exactly this and hangs up, or says the last piece for ever."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await reader.readuntil(b"\r\n\r\n")
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(pause)
                while endless:
                    writer.write(pieces[-1])
                    await writer.drain()
            writer.close()

        server = self._run(asyncio.start_server(answer, "127.0.0.1", 0))
        self._raw.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
