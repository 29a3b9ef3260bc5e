"""Remembers what a message of ours asked for, so that a reply is understood. Knows nothing of replies."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from weakref import WeakValueDictionary

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.people import Clock
from retrieval.database import execute, rows

SCHEMA: tuple[str, ...] = (
    """CREATE TABLE awaited (
        chat BIGINT NOT NULL,
        message BIGINT NOT NULL,
        what TEXT NOT NULL,
        number BIGINT NOT NULL,
        created TEXT NOT NULL,
        PRIMARY KEY (chat, message))""",
)

_KEPT = timedelta(days=7)


class Awaited:
    """The messages that wait for a reply: ``what`` is asked for, and the ``number`` of what it is about."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._asking: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def asking(self, chat: int) -> asyncio.Lock:
        """To be held from before a message is sent until it is expected, lest a quick reply is missed."""
        return self._asking.setdefault(chat, asyncio.Lock())

    async def expect(self, chat: int, message: int, what: str, number: int) -> None:
        """Keep for a week what a message asked for."""
        now = self._clock()
        async with self._engine.begin() as connection:
            await connection.execute(
                text("DELETE FROM awaited WHERE created < :oldest"), {"oldest": (now - _KEPT).isoformat()}
            )
            await connection.execute(
                text("INSERT OR REPLACE INTO awaited VALUES (:chat, :message, :what, :number, :now)"),
                {"chat": chat, "message": message, "what": what, "number": number, "now": now.isoformat()},
            )

    async def forget_chat(self, chat: int) -> None:
        """Forget what a chat was asked for."""
        await execute(self._engine, "DELETE FROM awaited WHERE chat = :chat", chat=chat)

    async def find(self, chat: int, message: int) -> tuple[str, int] | None:
        """What the message asked for, and the number; None where it asked for nothing."""
        async with self.asking(chat):
            found = await rows(
                self._engine,
                "SELECT what, number FROM awaited WHERE chat = :chat AND message = :message",
                chat=chat,
                message=message,
            )
        return (found[0].what, found[0].number) if found else None
