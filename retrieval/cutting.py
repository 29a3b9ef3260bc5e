"""Cuts documents into passages and stores these with their words. Knows nothing of what is new or held."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from retrieval import keywords
from retrieval.database import rows
from retrieval.passages import split
from retrieval.types import Document, Draft

_FOLDED_AT_ONCE = 1_000  # passages


@dataclass(frozen=True, slots=True)
class Cut:
    """A passage to be: its place and text, the digest of what is embedded of it, and its words."""

    start: int
    end: int
    text: str
    digest: str
    words: keywords.Words


def cut(draft: Draft) -> list[Cut]:
    """The passages of a document."""
    cuts = []
    title, publisher = keywords.folded(draft.title), keywords.folded(draft.publisher or "")
    for span in split(draft.text):
        body = draft.text[span.start : span.end]
        words = keywords.Words(title, publisher, keywords.folded(body))
        cuts.append(Cut(span.start, span.end, body, digest(embedded(draft.title, body)), words))
    return cuts


def embedded(title: str, passage: str) -> str:
    """What is embedded of a passage: its document's title stands before it, so that both are found."""
    return f"{title}\n{passage}"


def digest(content: str) -> str:
    """What tells one text from another."""
    return hashlib.sha256(content.encode()).hexdigest()


async def put(connection: AsyncConnection, document: Document, cuts: Sequence[Cut]) -> None:
    """Store a document's passages and make them findable by their words."""
    last = await connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'passages'"))
    numbered = dict(enumerate(cuts, (last.scalar() or 0) + 1))
    if numbered:
        await connection.execute(
            text(
                'INSERT INTO passages (number, document, "start", "end", digest, text) '
                "VALUES (:number, :document, :start, :end, :digest, :text)"
            ),
            [
                {
                    "number": number,
                    "document": document.number,
                    "start": each.start,
                    "end": each.end,
                    "digest": each.digest,
                    "text": each.text,
                }
                for number, each in numbered.items()
            ],
        )
    words = {number: each.words for number, each in numbered.items()}
    await connection.run_sync(keywords.insert, document.owner, words)


async def clear(connection: AsyncConnection, document: Document) -> dict[int, str]:
    """Take a document's passages and words away; returns their numbers with their digests."""
    result = await connection.execute(
        text("DELETE FROM passages WHERE document = :number RETURNING number, digest"),
        {"number": document.number},
    )
    gone = {int(number): digest for number, digest in result}
    await connection.run_sync(keywords.delete, document.owner, gone)
    return gone


async def forget_vectors(connection: AsyncConnection, gone: dict[int, str]) -> None:
    """Erase the vectors of passages that are gone, unless the same words stand elsewhere."""
    if gone:
        await connection.execute(
            text(
                "DELETE FROM vectors WHERE digest = :digest "
                "AND NOT EXISTS (SELECT 1 FROM passages WHERE passages.digest = vectors.digest)"
            ),
            [{"digest": digest} for digest in set(gone.values())],
        )


async def renew_words(engine: AsyncEngine, *, all_of_them: bool = False) -> None:
    """Fold the words of owners whose index is of an older way of folding, or of every owner."""
    for (owner,) in await rows(engine, "SELECT DISTINCT owner FROM documents"):
        async with engine.begin() as connection:
            if all_of_them or not await connection.run_sync(keywords.current, owner):
                await connection.run_sync(_fold_anew, owner)


def _fold_anew(connection: Connection, owner: str) -> None:
    keywords.clear(connection, owner)
    found = connection.execute(
        text(
            "SELECT p.number, d.title, d.publisher, p.text FROM passages p "
            "JOIN documents d ON d.number = p.document WHERE d.owner = :owner"
        ),
        {"owner": owner},
    )
    for some in found.partitions(_FOLDED_AT_ONCE):
        keywords.insert(
            connection,
            owner,
            {
                number: keywords.Words(*map(keywords.folded, (title, publisher or "", body)))
                for number, title, publisher, body in some
            },
        )
