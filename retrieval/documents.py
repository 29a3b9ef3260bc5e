"""Reads documents and their passages from the database, the truth from which every index is derived.

Knows nothing of how they came there, of vectors or of questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval.copies import versions
from retrieval.database import lasting, marks, read, rows
from retrieval.errors import NotFound
from retrieval.types import Document, Passage, Scope

SCHEMA: tuple[str, ...] = (
    """CREATE TABLE documents (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL,
        owner TEXT NOT NULL,
        key TEXT NOT NULL,
        given_id TEXT,
        title TEXT NOT NULL,
        source TEXT NOT NULL,
        publisher TEXT,
        author TEXT,
        url TEXT,
        published TEXT,
        fetched TEXT NOT NULL,
        language TEXT,
        sample INTEGER NOT NULL,
        content_hash TEXT NOT NULL,
        passages INTEGER NOT NULL,
        text TEXT NOT NULL,
        UNIQUE (owner, id),
        UNIQUE (owner, key))""",
    "CREATE INDEX documents_by_content ON documents (owner, content_hash)",
    "CREATE INDEX documents_by_date ON documents (owner, published)",
    "CREATE INDEX documents_by_publisher ON documents (owner, publisher, passages)",
    # AUTOINCREMENT: a number is never used again, so a vector that outlived its passage names nobody else's.
    """CREATE TABLE passages (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
        "start" INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        digest TEXT NOT NULL,
        indexed INTEGER NOT NULL DEFAULT 0,
        text TEXT NOT NULL)""",
    "CREATE INDEX passages_by_document ON passages (document)",
    "CREATE INDEX passages_by_digest ON passages (digest)",
    "CREATE INDEX passages_pending ON passages (document) WHERE indexed = 0",
    # What embedding cost so much to make is kept by what it was made of: nothing is embedded twice, and the
    # index can be rebuilt without the model.
    """CREATE TABLE vectors (
        digest TEXT NOT NULL,
        model TEXT NOT NULL,
        vector BLOB NOT NULL,
        PRIMARY KEY (digest, model)) WITHOUT ROWID""",
    "ALTER TABLE documents ADD COLUMN updated TEXT",
    "CREATE INDEX documents_by_arrival ON documents (owner, fetched)",
)

FIELDS = (
    "id, owner, title, source, publisher, author, url, published, fetched, language, sample, updated, copy_of"
)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How many documents are held, and when one last came or changed: ever, and by a moment.

    While these stay as they are, what is new since that moment does, too.
    """

    held: int
    last: datetime | None
    before: datetime | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a scope holds. ``pending`` passages are found by their words but not yet by their meaning."""

    documents: int
    passages: int
    publishers: int
    sample: int
    pending: int
    newest: date | None


class Documents:
    """The stored documents of every owner; each method names whose it reads."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def arrivals(self, scope: Scope, moment: datetime | None) -> Arrivals:
        """How many documents a scope holds, and when they last came or changed."""
        (found,) = await rows(
            self._engine,
            "SELECT count(*) AS held, max(fetched) AS last, "
            "max(CASE WHEN fetched <= :moment THEN fetched END) AS before "
            "FROM documents WHERE owner IN :owners",
            owners=scope.owners,
            moment=moment.astimezone(UTC).isoformat() if moment else "",
        )
        return Arrivals(found.held, _moment(found.last), _moment(found.before))

    async def holdings(self, scope: Scope) -> Holdings:
        """Count what a scope holds."""
        (counted,) = await rows(
            self._engine,
            "SELECT count(*) AS documents, count(DISTINCT publisher) AS publishers, "
            "coalesce(sum(sample), 0) AS sample, max(published) AS newest "
            "FROM documents WHERE owner IN :owners",
            owners=scope.owners,
        )
        (passages,) = await rows(
            self._engine,
            "SELECT count(*) AS total, coalesce(sum(p.indexed = 0), 0) AS pending FROM passages p "
            "JOIN documents d ON d.number = p.document WHERE d.owner IN :owners",
            owners=scope.owners,
        )
        newest = _moment(counted.newest)
        return Holdings(
            counted.documents,
            passages.total,
            counted.publishers,
            counted.sample,
            passages.pending,
            newest.date() if newest else None,
        )

    async def listed(self, scope: Scope, limit: int | None = None, offset: int = 0) -> list[Document]:
        """The documents of a scope, newest first, undated ones last."""
        found = await rows(
            self._engine,
            f"SELECT number, {FIELDS} FROM documents WHERE owner IN :owners "
            "ORDER BY published IS NULL, published DESC, number DESC LIMIT :limit OFFSET :offset",
            owners=scope.owners,
            limit=-1 if limit is None else limit,
            offset=offset,
        )
        return [document_of(row) for row in found]

    async def named(self, id: str, scope: Scope) -> tuple[Document, str]:
        """A document and its text by the id people see; one's own comes before a shared one of the same id.

        Raises NotFound.
        """
        found = await rows(
            self._engine,
            f"SELECT number, {FIELDS}, text FROM documents WHERE id = :id AND owner IN :owners "
            "ORDER BY owner = 'shared'",
            id=id,
            owners=scope.owners,
        )
        if not found:
            raise NotFound(f"There is no document “{id}”: `footnote documents` lists what is held.")
        return document_of(found[0]), found[0].text

    async def numbered(self, number: int, scope: Scope) -> Document:
        """A document by its row number. Raises NotFound, also where it is out of scope."""
        found = await rows(
            self._engine,
            f"SELECT number, {FIELDS} FROM documents WHERE number = :number AND owner IN :owners",
            number=number,
            owners=scope.owners,
        )
        if not found:
            raise NotFound("That document is no longer there.")
        return document_of(found[0])

    async def passage(self, number: int, scope: Scope) -> Passage:
        """A passage by its number. Raises NotFound, also where its owner is out of scope."""
        found = await rows(
            self._engine,
            f"{_PASSAGES} WHERE p.number = :number AND d.owner IN :owners",
            number=number,
            owners=scope.owners,
        )
        if not found:
            raise NotFound("That passage is no longer there.")
        return _passage(found[0], document_of(found[0]))

    async def cited(self, number: int, scope: Scope) -> Passage:
        """A passage by its number, as it was when it was cited, though its document has changed since.

        Raises NotFound, also where its owner is out of scope or the older version is not kept any more.
        """
        try:
            return await self.passage(number, scope)
        except NotFound:
            row = await versions.former(self._engine, number)
            if row is None:
                raise
            return versions.passage_of(row, number, await self.numbered(row.document, scope))

    async def copies(self, document: Document, scope: Scope) -> list[Document]:
        """The other documents of a scope whose text is nearly this one's, the earliest first."""
        found = await rows(
            self._engine,
            "WITH own(grouped) AS (SELECT coalesce(copy_of, number) FROM documents WHERE number = :number) "
            f"SELECT number, {FIELDS} FROM documents, own WHERE owner IN :owners AND number != :number "
            "AND (copy_of = grouped OR number = grouped) ORDER BY published IS NULL, published, number",
            owners=scope.owners,
            number=document.number,
        )
        return [document_of(row) for row in found]

    async def samples(self) -> list[Document]:
        """The sample documents that are held."""
        found = await rows(self._engine, f"SELECT number, {FIELDS} FROM documents WHERE sample = 1")
        return [document_of(row) for row in found]


_PASSAGES = (
    f'SELECT d.number, {FIELDS}, p.number AS passage, p."start", p."end", p.text '
    # CROSS: SQLite then begins with the few passages, not with all of an owner's documents
    "FROM passages p CROSS JOIN documents d ON d.number = p.document"
)


def passages(connection: Connection, numbers: Sequence[int], scope: Scope) -> list[Passage]:
    """Those of the passages that exist and whose owner is in scope, in no order; for a blocking engine.

    This is the one way from a number found in an index to a text: nothing leaves without this check.
    """
    asked = f"{_PASSAGES} WHERE p.number IN ({marks(numbers)}) AND d.owner IN ({marks(scope.owners)})"
    held: dict[int, Document] = {}
    found = []
    for row in read(connection, asked, [*numbers, *scope.owners]):
        if row[0] not in held:
            held[row[0]] = document_of(row)
        found.append(_passage(row, held[row[0]]))
    return found


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a search can see: passages in all, the publishers' names, the newest document's day."""

    passages: int
    publishers: tuple[str, ...]
    newest: date | None


def extent(connection: Connection, scope: Scope, until: datetime) -> Extent:
    """How much of a scope could be seen at the moment ``until``; passages are counted whenever published.

    To be asked of a connection that only reads: what it counted holds until another one writes.
    """
    passages, publishers = _counted(connection, scope.owners)
    days = (read(connection, _NEWEST, [owner, until.isoformat()])[0][0] for owner in scope.owners)
    newest = max((day for day in days if day), default=None)
    return Extent(passages, publishers, datetime.fromisoformat(newest).date() if newest else None)


_NEWEST = "SELECT max(published) FROM documents WHERE owner = ? AND published <= ?"


def _counted(connection: Connection, owners: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    """The passages and the publishers' names of some owners, counted anew when the database has changed."""
    counted = lasting(connection, "extent")
    if owners not in counted:
        query = "SELECT publisher, sum(passages) FROM documents WHERE owner IN "
        found = read(connection, f"{query} ({marks(owners)}) GROUP BY publisher", owners)
        counted[owners] = sum(count for _, count in found), tuple(name for name, _ in found if name)
    found_before: tuple[int, tuple[str, ...]] = counted[owners]
    return found_before


def document_of(row: Sequence[Any]) -> Document:
    """The document in a row that begins with ``number`` and :data:`FIELDS`."""
    number, id, owner, title, source, publisher, author, url, published, fetched, language, sample = row[:12]
    about = (number, id, owner, title, source, publisher, author, url)
    dates = (_moment(published), _moment(fetched))
    return Document(*about, *dates, language, bool(sample), _moment(row[12]), row[13])


def _passage(row: Sequence[Any], document: Document) -> Passage:
    """The passage in a row of :data:`_PASSAGES`."""
    number, start, end, text = row[14:]
    return Passage(number, document, start, end, text)


def _moment(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
