"""Listens for HTTP, and keeps whoever asks from holding the bot up. Knows nothing of what is asked for.

Whoever is slow, or never says what they want, is cut off; so are those beyond what can be served at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from functools import partial
from typing import NoReturn, cast

import structlog
from aiohttp import web

MOST = 100  # connections at once
LONGEST = 30.0  # seconds that a connection may last; each takes one request
_SWEEP = 1.0  # seconds between two looks at how long they last
_LONGEST_LINE = 2_048  # bytes of a request's line, or of one of its headers
_GRACE = 1.0  # seconds for answers under way when the bot is told to stop

_log = structlog.get_logger()
_silent = logging.Logger("pages", logging.CRITICAL + 1)  # what a hostile client sends must not fill the log


class _Connection(web.RequestHandler):
    """One connection; what is no HTTP is left without an answer."""

    __slots__ = ()

    def handle_error(self, *_told: object, **_more: object) -> NoReturn:
        raise ConnectionResetError


class _Refused(asyncio.Protocol):
    """A connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            transport.abort()


async def serve(app: web.Application, host: str, port: int, *, opened: Callable[[], object]) -> None:
    """Serve an application until cancelled; ``opened`` is told once it can be reached.

    Where the address cannot be had, one sentence in the log says so, and this ends: the bot goes on without,
    since briefings and answers matter more than links.
    """
    runner = web.AppRunner(app, shutdown_timeout=_GRACE)
    await runner.setup()
    server = cast(web.Server, runner.server)  # it is there once it is set up
    try:
        await _listen(server, host, port, opened)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        reason = (
            f"No page can be opened, since nothing can listen at {host}:{port} ({why}). Set LISTEN_ADDRESS "
            "to an address and a port that are free, and start again."
        )
        _log.error("pages.closed", reason=reason)
    finally:
        await runner.cleanup()


async def _listen(server: web.Server, host: str, port: int, opened: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(partial(_connected, server, loop), host, port)
    async with listening:
        bound = listening.sockets[0].getsockname()
        _log.info("pages.open", host=bound[0], port=bound[1])
        opened()
        await _sweep(server, loop)


def _connected(server: web.Server, loop: asyncio.AbstractEventLoop) -> asyncio.Protocol:
    if len(server.connections) >= MOST:
        return _Refused()
    return _Connection(
        server,
        loop=loop,
        logger=_silent,
        access_log=_silent,
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
        lingering_time=0,
    )


async def _sweep(server: web.Server, loop: asyncio.AbstractEventLoop) -> None:
    """Cut off what lasts too long, whether it waits to ask, asks or reads."""
    since: dict[web.RequestHandler, float] = {}
    while True:
        now = loop.time()
        since = {each: since.get(each, now) for each in server.connections}
        for connection, begun in since.items():
            if now - begun > LONGEST and connection.transport is not None:
                connection.transport.abort()
        await asyncio.sleep(_SWEEP)
