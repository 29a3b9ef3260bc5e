"""Decides who may speak with the bot, and how it gets its owner. Knows nothing of Telegram's messages."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from retrieval.database import reading

Clock = Callable[[], datetime]

TRIES_A_DAY = 5

SCHEMA: tuple[str, ...] = (
    """CREATE TABLE people (
        id BIGINT PRIMARY KEY,
        name TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('owner', 'allowed')),
        since TEXT NOT NULL)""",
    # One row a stranger, of the latest day only: the day, whether the day's line was said, codes tried.
    """CREATE TABLE strangers (
        id BIGINT PRIMARY KEY,
        day TEXT NOT NULL,
        told INTEGER NOT NULL,
        tries INTEGER NOT NULL)""",
)

# No letters or digits that look alike, so that a code can be read from a screen and typed.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE = re.compile(r"\s*(?:/(?:start|setup)\s+)?([0-9A-Za-z]{4})[-–— ]?([0-9A-Za-z]{4})\s*")

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of a message that looked like a setup code.

    ``left`` tries remain for today; it is -1 where none was left even for this one.
    """

    accepted: bool
    left: int = 0


class People:
    """The people the bot answers: those the settings allow, and those in the table.

    They are few and asked for on every update, so they are kept in memory once ``load`` has run.
    """

    def __init__(self, engine: AsyncEngine, allowed: tuple[int, ...], clock: Clock) -> None:
        self._engine = engine
        self._allowed = allowed
        self._clock = clock
        self._roles: dict[int, str] = {}
        self._code: str | None = None
        self._lock = asyncio.Lock()
        self._told: tuple[str, set[int]] = ("", set())

    async def load(self) -> None:
        """Read the table; where nobody may speak yet, make a setup code and print it to the log, once."""
        async with reading(self._engine).connect() as connection:
            rows = await connection.execute(text("SELECT id, role FROM people"))
            self._roles = {row.id: row.role for row in rows}
        if self.owner is None and self._code is None:
            self._code = new_code()
            _log.warning("setup.code", code=self._code)

    @property
    def owner(self) -> int | None:
        """Who runs the bot: whoever gave the setup code, else the first the settings allow."""
        owners = (id for id, role in self._roles.items() if role == "owner")
        return next(owners, self._allowed[0] if self._allowed else None)

    @property
    def without_owner(self) -> bool:
        """Whether a setup code is out and nobody has given it yet."""
        return self._code is not None

    def may_speak(self, id: int) -> bool:
        """Whether this person is answered."""
        return id in self._roles or id in self._allowed

    def stays(self, id: int) -> bool:
        """Whether the settings allow this person, whatever is forgotten of them."""
        return id in self._allowed

    async def claim(self, id: int, name: str, said: str) -> Claim | None:
        """Take ``said`` for the setup code; None where no code is out or it looks like none.

        The right code makes its sender the owner and dies. A person has a few tries a day.
        """
        given = _CODE.fullmatch(said)
        if self._code is None or given is None:
            return None
        async with self._lock:
            left = await self._spend_try(id)
            if self._code is None or left < 0:
                return Claim(False, left)
            if not secrets.compare_digest("-".join(given.groups()).upper(), self._code):
                _log.warning("setup.refused", person=id, left=left)
                return Claim(False, left)
            await self._make_owner(id, name)
            return Claim(True)

    async def tell_stranger(self, id: int) -> bool:
        """Whether to say today's one line to this stranger; True at most once a day."""
        if self._told[0] != self._today():
            self._told = (self._today(), set())
        if id in self._told[1]:
            return False  # whoever knocks all day does not even cost a look into the database
        self._told[1].add(id)
        async with self._lock, self._engine.begin() as connection:
            told, tries = await self._of_today(connection, id)
            if not told:
                await self._note(connection, id, told=1, tries=tries)
            return not told

    async def forget(self, id: int) -> None:
        """Erase what is kept of a person; whom the settings allow may speak again at once.

        Where that was the owner, a setup code is printed anew.
        """
        async with self._lock:
            async with self._engine.begin() as connection:
                for table in ("people", "strangers"):
                    await connection.execute(text(f"DELETE FROM {table} WHERE id = :id"), {"id": id})
            self._told[1].discard(id)
            await self.load()

    async def _make_owner(self, id: int, name: str) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(
                text("INSERT INTO people (id, name, role, since) VALUES (:id, :name, 'owner', :since)"),
                {"id": id, "name": name, "since": self._clock().isoformat()},
            )
        self._roles[id] = "owner"
        self._code = None
        _log.info("setup.done", person=id)

    async def _spend_try(self, id: int) -> int:
        """Count one try; how many are left today, or -1 where there was none to spend."""
        async with self._engine.begin() as connection:
            told, tries = await self._of_today(connection, id)
            if tries >= TRIES_A_DAY:
                return -1
            await self._note(connection, id, told=told, tries=tries + 1)
            return TRIES_A_DAY - tries - 1

    async def _of_today(self, connection: AsyncConnection, id: int) -> tuple[int, int]:
        rows = await connection.execute(
            text("SELECT told, tries FROM strangers WHERE id = :id AND day = :day"),
            {"id": id, "day": self._today()},
        )
        row = rows.first()
        return (row.told, row.tries) if row else (0, 0)

    async def _note(self, connection: AsyncConnection, id: int, *, told: int, tries: int) -> None:
        # Rows of earlier days mean nothing any more, so the table never outgrows one day's strangers.
        await connection.execute(
            text("DELETE FROM strangers WHERE id = :id OR day < :day"), {"id": id, "day": self._today()}
        )
        await connection.execute(
            text("INSERT INTO strangers (id, day, told, tries) VALUES (:id, :day, :told, :tries)"),
            {"id": id, "day": self._today(), "told": told, "tries": tries},
        )

    def _today(self) -> str:
        return self._clock().date().isoformat()


def new_code() -> str:
    """A code that is easy to read and hard to guess, such as ``4F7K-92QD``."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
