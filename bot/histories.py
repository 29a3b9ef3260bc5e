"""Remembers what was said in a chat's topic, so that a question can follow another. Knows no answers.

A conversation ends after a day of silence. Only its last few exchanges are kept, and nothing of it once it
has ended.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.people import Clock
from retrieval.database import execute, rows
from retrieval.types import Exchange

SCHEMA: tuple[str, ...] = (
    # thread 0: outside of any topic
    """CREATE TABLE exchanges (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        chat BIGINT NOT NULL,
        thread BIGINT NOT NULL,
        person BIGINT NOT NULL,
        question TEXT NOT NULL,
        said TEXT NOT NULL,
        at TEXT NOT NULL)""",
    "CREATE INDEX exchanges_of_chat ON exchanges (chat, thread, number)",
)

_SILENCE = timedelta(hours=24)
_KEPT = 6  # exchanges


@dataclass(frozen=True, slots=True)
class Conversation:
    """The last exchanges of a chat's topic, oldest first. ``since`` tells it from one that was forgotten."""

    chat: int
    thread: int | None
    exchanges: tuple[Exchange, ...]
    since: int


class Histories:
    """The conversations under way."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._forgotten: Counter[tuple[int, int | None]] = Counter()  # thread None: the whole chat

    async def conversation(self, chat: int, thread: int | None) -> Conversation:
        """What was said in a chat's topic and is not over yet."""
        since = self._times(chat, thread)
        found = await rows(
            self._engine,
            "SELECT question, said, at FROM exchanges "
            "WHERE chat = :chat AND thread = :thread ORDER BY number",
            chat=chat,
            thread=thread or 0,
        )
        over = not found or found[-1].at < self._oldest()
        exchanges = [] if over else [Exchange(row.question, tuple(json.loads(row.said))) for row in found]
        return Conversation(chat, thread, tuple(exchanges[-_KEPT:]), since)

    async def add(self, conversation: Conversation, person: int, question: str, said: Sequence[str]) -> None:
        """Remember one more exchange, unless the conversation was forgotten meanwhile."""
        if conversation.since != self._times(conversation.chat, conversation.thread):
            return
        place = {"chat": conversation.chat, "thread": conversation.thread or 0}
        async with self._engine.begin() as connection:
            await connection.execute(
                text(
                    "DELETE FROM exchanges WHERE (chat, thread) IN "
                    "(SELECT chat, thread FROM exchanges GROUP BY chat, thread HAVING max(at) < :oldest)"
                ),
                {"oldest": self._oldest()},
            )
            await connection.execute(
                text(
                    "INSERT INTO exchanges (chat, thread, person, question, said, at) "
                    "VALUES (:chat, :thread, :person, :question, :said, :at)"
                ),
                place
                | {
                    "person": person,
                    "question": question,
                    "said": json.dumps(list(said)),
                    "at": self._clock().isoformat(),
                },
            )
            await connection.execute(
                text(
                    "DELETE FROM exchanges WHERE chat = :chat AND thread = :thread AND number NOT IN "
                    "(SELECT number FROM exchanges WHERE chat = :chat AND thread = :thread "
                    "ORDER BY number DESC LIMIT :kept)"
                ),
                place | {"kept": _KEPT},
            )

    async def forget(self, chat: int, thread: int | None) -> None:
        """Forget the conversation in a chat's topic, also the exchange that is being made."""
        self._forgotten[chat, thread or 0] += 1
        await execute(
            self._engine,
            "DELETE FROM exchanges WHERE chat = :chat AND thread = :thread",
            chat=chat,
            thread=thread or 0,
        )

    async def forget_chat(self, chat: int) -> None:
        """Forget every conversation of a chat."""
        self._forgotten[chat, None] += 1
        await execute(self._engine, "DELETE FROM exchanges WHERE chat = :chat", chat=chat)

    async def forget_person(self, person: int) -> None:
        """Forget what a person said, in any chat."""
        await execute(self._engine, "DELETE FROM exchanges WHERE person = :person", person=person)

    def _times(self, chat: int, thread: int | None) -> int:
        """How often a conversation was forgotten since the process began."""
        return self._forgotten[chat, thread or 0] + self._forgotten[chat, None]

    def _oldest(self) -> str:
        return (self._clock() - _SILENCE).isoformat()
