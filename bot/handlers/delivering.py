"""Delivers editions for as long as the bot runs: they are written ahead, and beside that they are sent.

Knows nothing of how either is done. A fault with one reader's edition costs nobody else anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from bot.faults import described
from bot.handlers.desk import Desk
from bot.handlers.planning import Planner
from bot.handlers.sending import Sender

TICK = 20.0  # seconds between two looks at what is due, at most

_log = structlog.get_logger()


async def run(desk: Desk) -> None:
    """Deliver until cancelled; what is under way then is brought to an end of its own."""
    delivering = _Delivering(desk)
    working = asyncio.create_task(delivering.run())
    try:
        await asyncio.shield(working)
    finally:
        await delivering.end()
        await asyncio.wait({working})


class _Round:
    """Something that is looked at again when it asks for that, when it is called, and every few seconds."""

    def __init__(self) -> None:
        self._called = asyncio.Event()
        self._over = False

    def call(self) -> None:
        """Let it be looked at now."""
        self._called.set()

    def end(self) -> None:
        """Let it not be looked at any more."""
        self._over = True
        self._called.set()

    async def run(self, look: Callable[[], Awaitable[float | None]], *, once: bool = False) -> None:
        """Look until it is ended, or ``once`` without a fault; a fault ends nothing.

        ``look`` tells in how many seconds to look again.
        """
        while not self._over:
            self._called.clear()
            seconds = None
            try:
                seconds = await look()
                if once:
                    return
            except Exception as error:
                _log.error("editions.failed", **described(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._called.wait(), TICK if seconds is None else min(TICK, seconds))


class _Delivering:
    """The two rounds; neither waits for the other."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._planning, self._sending = _Round(), _Round()
        self._planner = Planner(desk, self._sending.call)
        self._sender = Sender(desk, self._sending.call)

    async def run(self) -> None:
        """Find out what an earlier process left open, then deliver."""
        await self._planning.run(self._recover, once=True)
        await asyncio.gather(self._planning.run(self._planner.look), self._sending.run(self._sender.look))

    async def _recover(self) -> None:
        doubtful = await self._desk.deliveries.recover()
        if doubtful:
            _log.warning("editions.interrupted", messages=doubtful)

    async def end(self) -> None:
        """Begin nothing more."""
        self._planning.end()
        self._sending.end()
        await self._sender.end()
