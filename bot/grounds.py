"""Remembers which passages each part of a sent answer rests on, so that a reply can ask about them.

Knows nothing of questions; of messages it keeps offsets and passage numbers, and no words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.books import Books
from bot.people import Clock
from bot.render import Ground

SCHEMA: tuple[str, ...] = (
    """CREATE TABLE grounds (
        chat BIGINT NOT NULL,
        message BIGINT NOT NULL,
        stretches TEXT NOT NULL,
        created TEXT NOT NULL,
        PRIMARY KEY (chat, message))""",
    "CREATE INDEX grounds_created ON grounds (created)",
)

_KEPT = timedelta(days=30)
_KEPT_IN_CHAT = 200  # messages


class Grounds:
    """What the messages of the last weeks rest on."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._books = Books(engine)
        self._clock = clock

    def close(self) -> None:
        """Let go of the database."""
        self._books.close()

    async def remember(self, chat: int, message: int, grounds: Sequence[Ground]) -> None:
        """Keep what a message that was sent rests on."""
        if not grounds:
            return
        now = self._clock()
        kept = {
            "chat": chat,
            "message": message,
            "stretches": json.dumps([[ground.start, ground.end, ground.passages] for ground in grounds]),
            "now": now.isoformat(),
            "oldest": (now - _KEPT).isoformat(),
            "kept": _KEPT_IN_CHAT,
        }

        def remember(connection: Connection) -> None:
            connection.execute(text("DELETE FROM grounds WHERE created < :oldest"), kept)
            connection.execute(
                text(
                    "INSERT OR REPLACE INTO grounds (chat, message, stretches, created) "
                    "VALUES (:chat, :message, :stretches, :now)"
                ),
                kept,
            )
            connection.execute(
                text(
                    "DELETE FROM grounds WHERE chat = :chat AND message NOT IN "
                    "(SELECT message FROM grounds WHERE chat = :chat ORDER BY message DESC LIMIT :kept)"
                ),
                kept,
            )

        await self._books.change(remember)

    async def forget_chat(self, chat: int) -> None:
        """Forget what the messages of a chat rest on."""
        await self._books.run("DELETE FROM grounds WHERE chat = :chat", chat=chat)

    async def find(self, chat: int, message: int) -> list[Ground]:
        """What a message rests on; nothing where it is not known any more."""
        found = await self._books.rows(
            "SELECT stretches FROM grounds WHERE chat = :chat AND message = :message",
            chat=chat,
            message=message,
        )
        stretches = json.loads(found[0].stretches) if found else []
        return [Ground(start, end, tuple(passages)) for start, end, passages in stretches]


def passages_of(grounds: Iterable[Ground], start: int = 0, end: int | None = None) -> tuple[int, ...]:
    """The passages under ``[start, end)`` of a message, in UTF-16 units; each once, in order."""
    touched = [ground for ground in grounds if ground.end > start and (end is None or ground.start < end)]
    return tuple(dict.fromkeys(number for ground in touched for number in ground.passages))


def quoted_at(quote: str, position: int, message: str) -> tuple[int, int] | None:
    """Where a quoted part stands in a message, in UTF-16 units; None where it does not.

    ``position`` is what Telegram tells, which is approximate: the nearest place that says the same counts.
    """
    raw, sought = message.encode("utf-16-le"), quote.encode("utf-16-le")
    places = [at // 2 for at in range(0, len(raw), 2) if sought and raw.startswith(sought, at)]
    if not places:
        return None
    start = min(places, key=lambda place: abs(place - position))
    return start, start + len(sought) // 2
