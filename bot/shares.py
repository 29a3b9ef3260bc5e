"""Keeps what people share by links that cannot be guessed. Knows nothing of pages or of how they are served.

The token itself is kept, not its hash alone, since a person must be able to see their links again; whoever
can read this table can read what the links show anyway. It is looked up by its hash, so that the time a
lookup takes tells nothing of how much of a guess is right.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.people import Clock
from retrieval.database import execute, rows

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from retrieval.briefing import Briefing, Piece

STORY, EDITION, FEED = "story", "edition", "feed"
MOST = 200  # links of one person

SCHEMA: tuple[str, ...] = (
    # what: the number under which a story or an edition is kept, 0 for a feed; content: as it was shared
    """CREATE TABLE shares (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        digest TEXT NOT NULL UNIQUE,
        token TEXT NOT NULL,
        reader BIGINT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('story', 'edition', 'feed')),
        what BIGINT NOT NULL,
        title TEXT NOT NULL,
        content TEXT,
        created TEXT NOT NULL,
        UNIQUE (reader, kind, what))""",
    # the documents that a shared page quotes
    """CREATE TABLE share_documents (
        share INTEGER NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
        document INTEGER NOT NULL,
        owner TEXT NOT NULL,
        PRIMARY KEY (share, document))""",
    "CREATE INDEX share_documents_document ON share_documents (document)",
)

_KEPT = timedelta(days=365)
_FIELDS = "id, token, reader, kind, title, created"
_ALIVE = "(kind = 'feed' OR created >= :oldest)"


@dataclass(frozen=True, slots=True)
class Share:
    """One link of a reader's; its ``number`` names it on buttons, its ``token`` opens it."""

    number: int
    token: str
    reader: int
    kind: str
    title: str
    created: datetime


class Shares:
    """The links of everybody; one to a story or an edition opens for a year, unless it is ended before.

    ``public`` is the address that they all begin with. They are ``offered`` only while they can be opened.
    """

    def __init__(self, engine: AsyncEngine, clock: Clock, public: str = "") -> None:
        self._engine = engine
        self._clock = clock
        self._public = public
        self.offered = False

    def offer(self) -> None:
        """From now on links can be opened."""
        self.offered = True

    def address(self, share: Share) -> str:
        """Where a link opens."""
        path = f"/f/{share.token}.xml" if share.kind == FEED else f"/s/{share.token}"
        return self._public + path

    async def story(self, reader: int, what: int, piece: Piece) -> Share | None:
        """The link to a story as it may leave; None where the reader has as many links as they may."""
        content = _pieces().dump_json(piece).decode()
        return await self._make(reader, STORY, what, piece.headline, content, [piece])

    async def edition(self, reader: int, what: int, briefing: Briefing) -> Share | None:
        """The link to an edition as it may leave; None as for a story."""
        content = _briefings().dump_json(briefing).decode()
        return await self._make(reader, EDITION, what, briefing.title, content, briefing.pieces)

    async def feed(self, reader: int, title: str) -> Share | None:
        """The address of the feed of a reader's editions; None as for a story."""
        return await self._make(reader, FEED, 0, title, None, [])

    async def find(self, token: str) -> Share | None:
        """What a token opens."""
        found = await self._shares("digest = :digest", digest=_digest(token))
        return next((each for each in found if secrets.compare_digest(each.token, token)), None)

    async def content(self, share: Share) -> Piece | Briefing | None:
        """The story or the edition that was shared; None where it was ended meanwhile, and for a feed."""
        found = await rows(self._engine, "SELECT content FROM shares WHERE id = :id", id=share.number)
        if not found or found[0].content is None:
            return None
        form: TypeAdapter[Any] = _pieces() if share.kind == STORY else _briefings()
        content: Piece | Briefing = form.validate_json(found[0].content)
        return content

    async def quoted(self, share: Share) -> list[tuple[int, str]]:
        """The documents that a shared page quotes, with their owners."""
        found = await rows(
            self._engine,
            "SELECT document, owner FROM share_documents WHERE share = :id",
            id=share.number,
        )
        return [(row.document, row.owner) for row in found]

    async def of(self, reader: int) -> list[Share]:
        """The links of a reader, newest first."""
        return await self._shares("reader = :reader", reader=reader)

    async def one(self, reader: int, number: int) -> Share | None:
        """One link of a reader."""
        found = await self._shares("reader = :reader AND id = :id", reader=reader, id=number)
        return found[0] if found else None

    async def end(self, share: Share) -> None:
        """Take a link back: it opens nothing any more, and what it showed is erased."""
        await execute(self._engine, "DELETE FROM shares WHERE id = :id", id=share.number)

    async def forget_documents(self, documents: Iterable[int]) -> None:
        """End every link to a page that quotes one of these documents."""
        await execute(
            self._engine,
            "DELETE FROM shares WHERE id IN (SELECT share FROM share_documents WHERE document IN "
            "(SELECT value FROM json_each(:documents)))",
            documents=json.dumps(list(documents)),
        )

    async def forget(self, reader: int) -> None:
        """Erase a reader's links."""
        await execute(self._engine, "DELETE FROM shares WHERE reader = :reader", reader=reader)

    async def _make(
        self, reader: int, kind: str, what: int, title: str, content: str | None, pieces: Sequence[Piece]
    ) -> Share | None:
        """A new link, or the one there is to the same thing. Those that are a year old are dropped."""
        now, token = self._clock(), secrets.token_urlsafe(16)
        named = {"reader": reader, "kind": kind, "what": what}
        values = {"token": token, "digest": _digest(token), "title": title, "content": content}
        async with self._engine.begin() as connection:
            await connection.execute(
                text(f"DELETE FROM shares WHERE NOT {_ALIVE}"), {"oldest": (now - _KEPT).isoformat()}
            )
            made = await connection.execute(
                text(
                    "INSERT OR IGNORE INTO shares "
                    "(digest, token, reader, kind, what, title, content, created) "
                    "SELECT :digest, :token, :reader, :kind, :what, :title, :content, :now "
                    "WHERE (SELECT count(*) FROM shares WHERE reader = :reader) < :most"
                ),
                named | values | {"now": now.isoformat(), "most": MOST},
            )
            for number, owner in _documents(pieces).items() if made.rowcount else ():
                await connection.execute(
                    text("INSERT INTO share_documents VALUES (:share, :number, :owner)"),
                    {"share": made.lastrowid, "number": number, "owner": owner},
                )
        found = await self._shares("reader = :reader AND kind = :kind AND what = :what", **named)
        return found[0] if found else None

    async def _shares(self, which: str, **values: object) -> list[Share]:
        found = await rows(
            self._engine,
            f"SELECT {_FIELDS} FROM shares WHERE {which} AND {_ALIVE} ORDER BY id DESC",
            oldest=(self._clock() - _KEPT).isoformat(),
            **values,
        )
        return [_share(row) for row in found]


def _share(row: Row[Any]) -> Share:
    return Share(row.id, row.token, row.reader, row.kind, row.title, datetime.fromisoformat(row.created))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _documents(pieces: Sequence[Piece]) -> dict[int, str]:
    """The documents that stories quote, with their owners."""
    cited = (citation.document for piece in pieces for citation in piece.citations)
    return {document.number: document.owner for document in cited}


@cache
def _pieces() -> TypeAdapter[Piece]:
    from pydantic import TypeAdapter

    from retrieval.briefing import Piece

    return TypeAdapter(Piece)


@cache
def _briefings() -> TypeAdapter[Briefing]:
    from pydantic import TypeAdapter

    from retrieval.briefing import Briefing

    return TypeAdapter(Briefing)
