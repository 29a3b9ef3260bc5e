"""Keeps the stories of editions whole, for whatever shows them later. Knows nothing of readers."""

from __future__ import annotations

import json
import secrets
import zlib
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.aside import in_thread
from bot.people import Clock
from retrieval.database import execute, rows

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from retrieval.briefing import Piece

SCHEMA: tuple[str, ...] = (
    # owner: whose documents may be cited in it; piece: JSON, squeezed to a quarter by zlib
    """CREATE TABLE kept_stories (
        id BIGINT PRIMARY KEY,
        owner TEXT NOT NULL,
        piece TEXT NOT NULL,
        created TEXT NOT NULL)""",
    "CREATE INDEX kept_stories_created ON kept_stories (created)",
)

_KEPT = timedelta(days=30)


class KeptStories:
    """Stories as they were told, by numbers that cannot be guessed."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def keep(self, owner: str, piece: Piece) -> int:
        """Keep a story that cites documents of an owner, or of everybody; its number.

        Those that are older than a month are dropped.
        """
        number, now = secrets.randbits(53), self._clock()
        await execute(
            self._engine,
            "DELETE FROM kept_stories WHERE created < :oldest",
            oldest=(now - _KEPT).isoformat(),
        )
        await execute(
            self._engine,
            "INSERT INTO kept_stories VALUES (:id, :owner, :piece, :now)",
            id=number, owner=owner, piece=zlib.compress(_form().dump_json(piece)), now=now.isoformat(),
        )  # fmt: skip
        return number

    async def find(self, number: int, owners: Iterable[str]) -> Piece | None:
        """A story as it was told, for whoever may read its documents."""
        found = await rows(
            self._engine,
            "SELECT piece FROM kept_stories WHERE id = :id AND owner IN :owners",
            id=number,
            owners=list(owners),
        )
        return _piece(found[0].piece) if found else None

    async def several(self, numbers: Iterable[int], owners: Iterable[str]) -> dict[int, Piece]:
        """Those of several stories that are held, for whoever may read their documents."""
        found = await rows(
            self._engine,
            "SELECT id, piece FROM kept_stories WHERE owner IN :owners "
            "AND id IN (SELECT value FROM json_each(:numbers))",
            owners=list(owners),
            numbers=json.dumps(list(numbers)),
        )
        return await in_thread(lambda: {row.id: _piece(row.piece) for row in found})

    async def forget(self, owner: str) -> None:
        """Erase the stories that cite an owner's documents."""
        await execute(self._engine, "DELETE FROM kept_stories WHERE owner = :owner", owner=owner)


def _piece(kept: bytes | str) -> Piece:
    # text: kept by an earlier version, a month ago at most
    return _form().validate_json(kept if isinstance(kept, str) else zlib.decompress(kept))


@cache
def _form() -> TypeAdapter[Piece]:
    from pydantic import TypeAdapter

    from retrieval.briefing import Piece

    return TypeAdapter(Piece)
