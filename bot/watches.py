"""Keeps the questions that somebody wants to hear of once a new document answers them.

Knows nothing of answers or of how they are told. A watch is told at most once: it is claimed before its
message is sent, and one that was claimed when the process died is never claimed again.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.people import Clock
from retrieval.database import execute, rows
from retrieval.types import SHARED, Scope, person

MOST = 20  # open watches of one person
DAYS = 90  # a watch stays open

SCHEMA: tuple[str, ...] = (
    # thread 0: outside of any topic. private: whether the person's own documents count.
    """CREATE TABLE watches (
        id BIGINT PRIMARY KEY,
        person BIGINT NOT NULL,
        chat BIGINT NOT NULL,
        thread BIGINT NOT NULL,
        private INTEGER NOT NULL,
        question TEXT NOT NULL,
        created TEXT NOT NULL,
        looked TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'telling')))""",
    "CREATE INDEX watches_of_person ON watches (person)",
)

_FIELDS = "id, person, chat, thread, private, question, created, looked"


@dataclass(frozen=True, slots=True)
class Watch:
    """A question that waits for an answer: whose, where it is told, and when it was last looked at."""

    id: int
    person: int
    chat: int
    thread: int | None
    private: bool
    question: str
    created: datetime
    looked: datetime

    @property
    def scope(self) -> Scope:
        """Whose documents may answer it: in a group the shared library's alone."""
        return Scope.of(person(self.person)) if self.private else Scope()


class Declined(Enum):
    """Why there is no new watch."""

    ALREADY = "already"  # the same one is open
    TOO_MANY = "too many"  # the person has as many as are kept


class Watches:
    """The open watches of everybody."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def add(
        self, *, person: int, chat: int, thread: int | None, private: bool, question: str
    ) -> int | Declined:
        """Open a watch; its number, or why there is none. What is outdated is dropped."""
        place = {"person": person, "chat": chat, "thread": thread or 0, "question": question}
        now = self._clock().isoformat()
        async with self._engine.begin() as connection:
            await connection.execute(text("DELETE FROM watches WHERE created < :oldest"), self._age())
            open_ones = await connection.execute(
                text(
                    "SELECT count(*) AS total, coalesce(sum(chat = :chat AND thread = :thread "
                    "AND question = :question), 0) AS same FROM watches WHERE person = :person"
                ),
                place,
            )
            held = open_ones.one()
            if held.same or held.total >= MOST:
                return Declined.ALREADY if held.same else Declined.TOO_MANY
            id = secrets.randbits(53)
            await connection.execute(
                text(
                    f"INSERT INTO watches ({_FIELDS}, state) "
                    "VALUES (:id, :person, :chat, :thread, :private, :question, :now, :now, 'open')"
                ),
                place | {"id": id, "private": int(private), "now": now},
            )
        return id

    async def drop(self, id: int, *, person: int, chat: int) -> str | None:
        """Close a watch of this person in this chat; its question, or None where there is none to close."""
        async with self._engine.begin() as connection:
            gone = await connection.execute(
                text(
                    "DELETE FROM watches WHERE id = :id AND person = :person AND chat = :chat "
                    "AND state = 'open' RETURNING question"
                ),
                {"id": id, "person": person, "chat": chat},
            )
            row = gone.first()
        return row.question if row else None

    async def open_to(self, owner: str) -> list[Watch]:
        """The open watches, oldest first, of those who may read what this owner's documents say."""
        await execute(self._engine, "DELETE FROM watches WHERE created < :oldest", **self._age())
        found = await rows(
            self._engine, f"SELECT {_FIELDS} FROM watches WHERE state = 'open' ORDER BY created, id"
        )
        watches = [_watch(row) for row in found]
        return [watch for watch in watches if owner == SHARED or owner in watch.scope.owners]

    async def looked(self, id: int, when: datetime) -> None:
        """Remember that nothing that was held at this moment answers it."""
        await execute(
            self._engine, "UPDATE watches SET looked = :when WHERE id = :id", id=id, when=when.isoformat()
        )

    async def claim(self, id: int) -> bool:
        """Whether the caller, and nobody else ever, is to tell that it was answered."""
        async with self._engine.begin() as connection:
            claimed = await connection.execute(
                text("UPDATE watches SET state = 'telling' WHERE id = :id AND state = 'open'"), {"id": id}
            )
        return claimed.rowcount == 1

    async def close(self, id: int) -> None:
        """Forget a watch that was claimed: its answer was sent, or may have been."""
        await execute(self._engine, "DELETE FROM watches WHERE id = :id AND state = 'telling'", id=id)

    async def reopen(self, id: int) -> None:
        """Let a watch wait on: its answer surely did not arrive."""
        await execute(self._engine, "UPDATE watches SET state = 'open' WHERE id = :id", id=id)

    async def of(self, person: int) -> list[Watch]:
        """The watches of a person, in any chat, oldest first."""
        found = await rows(
            self._engine,
            f"SELECT {_FIELDS} FROM watches WHERE person = :person ORDER BY created, id",
            person=person,
        )
        return [_watch(row) for row in found]

    async def forget_person(self, person: int) -> None:
        """Forget what a person waits for, in any chat."""
        await execute(self._engine, "DELETE FROM watches WHERE person = :person", person=person)

    async def move(self, old: int, new: int) -> None:
        """Let what is waited for in a chat be told in the chat that took its place."""
        await execute(self._engine, "UPDATE watches SET chat = :new WHERE chat = :old", old=old, new=new)

    async def interrupted(self) -> Sequence[Watch]:
        """The watches that were claimed when an earlier process died; each is given out once, and closed."""
        async with self._engine.begin() as connection:
            found = await connection.execute(text(f"SELECT {_FIELDS} FROM watches WHERE state = 'telling'"))
            watches = [_watch(row) for row in found]
            await connection.execute(text("DELETE FROM watches WHERE state = 'telling'"))
        return watches

    def _age(self) -> dict[str, str]:
        return {"oldest": (self._clock() - timedelta(days=DAYS)).isoformat()}


def _watch(row: Row[Any]) -> Watch:
    return Watch(
        row.id,
        row.person,
        row.chat,
        row.thread or None,
        bool(row.private),
        row.question,
        datetime.fromisoformat(row.created),
        datetime.fromisoformat(row.looked),
    )
