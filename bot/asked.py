"""Remembers what was offered on buttons, such as questions to ask next, so that a tap can name it.

Knows nothing of answers.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.people import Clock
from retrieval.database import execute, reading

SCHEMA: tuple[str, ...] = (
    """CREATE TABLE asked (
        id BIGINT PRIMARY KEY,
        chat BIGINT NOT NULL,
        questions TEXT NOT NULL,
        created TEXT NOT NULL)""",
    "CREATE INDEX asked_created ON asked (created)",
)

_KEPT = timedelta(days=30)


class Asked:
    """Offers, each a list of texts under a number that only means something in its own chat."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def offer(self, chat: int, questions: Sequence[str]) -> int:
        """Keep the questions for 30 days; the number to find them by."""
        number = secrets.randbits(53)
        now = self._clock()
        async with self._engine.begin() as connection:
            await connection.execute(
                text("DELETE FROM asked WHERE created < :oldest"), {"oldest": (now - _KEPT).isoformat()}
            )
            await connection.execute(
                text(
                    "INSERT INTO asked (id, chat, questions, created) VALUES (:id, :chat, :questions, :now)"
                ),
                {"id": number, "chat": chat, "questions": json.dumps(questions), "now": now.isoformat()},
            )
        return number

    async def take(self, chat: int, number: int) -> str | None:
        """The first of an offer made in this chat, which is gone after that, or None."""
        found = await self.find(chat, number, 0)
        async with self._engine.begin() as connection:
            gone = await connection.execute(
                text("DELETE FROM asked WHERE id = :id AND chat = :chat"), {"id": number, "chat": chat}
            )
        return found if gone.rowcount else None

    async def forget_chat(self, chat: int) -> None:
        """Forget what was offered in a chat."""
        await execute(self._engine, "DELETE FROM asked WHERE chat = :chat", chat=chat)

    async def find(self, chat: int, number: int, index: int) -> str | None:
        """The question at ``index`` of an offer made in this chat, or None."""
        async with reading(self._engine).connect() as connection:
            rows = await connection.execute(
                text("SELECT questions FROM asked WHERE id = :id AND chat = :chat"),
                {"id": number, "chat": chat},
            )
            row = rows.first()
        questions: list[str] = json.loads(row.questions) if row else []
        return questions[index] if 0 <= index < len(questions) else None
