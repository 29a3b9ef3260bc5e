"""Writes documents into the database: decides what is new, changed or known, and stores it whole.

Knows nothing of files, embedding models or questions.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from retrieval import keywords
from retrieval.database import bound, reading, rows
from retrieval.documents import FIELDS, document_of
from retrieval.errors import NotFound
from retrieval.passages import split
from retrieval.types import Document, Draft

Outcome = Literal["added", "replaced", "unchanged", "removed"]

_FOLDED_AT_ONCE = 1_000  # passages
_ID = re.compile(r"[^\s\x00-\x1f]{1,200}")


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one document: how many passages are new, the numbers of those that no longer exist."""

    document: Document
    outcome: Outcome
    passages: int = 0
    gone: tuple[int, ...] = ()


async def save(engine: AsyncEngine, drafts: Sequence[Draft], owner: str, now: datetime) -> list[Saved]:
    """Store drafts in one transaction: new ones added, changed ones replaced, known ones left alone."""
    async with reading(engine).connect() as connection:
        known = await _known(connection, drafts, owner)
    if all(known):
        return [Saved(document, "unchanged") for document in known if document]
    cuts = await asyncio.to_thread(
        lambda: [[] if document else _cut(draft) for draft, document in zip(drafts, known, strict=True)]
    )
    saved = []
    async with engine.begin() as connection:
        for draft, cut in zip(drafts, cuts, strict=True):
            # asked again: an earlier draft of this batch may say the same
            (held,) = await _known(connection, [draft], owner)
            saved.append(
                Saved(held, "unchanged") if held else await _store(connection, draft, owner, now, cut)
            )
    return saved


async def remove(engine: AsyncEngine, number: int, owner: str) -> Saved:
    """Erase a document with its passages, words and vectors. Raises NotFound unless this owner has it."""
    async with engine.begin() as connection:
        found = await connection.execute(
            text(f"SELECT number, {FIELDS} FROM documents WHERE number = :number AND owner = :owner"),
            {"number": number, "owner": owner},
        )
        if (row := found.first()) is None:
            raise NotFound("That document is no longer there.")
        gone = await _clear(connection, document_of(row))
        await connection.execute(text("DELETE FROM documents WHERE number = :number"), {"number": number})
        await _forget_vectors(connection, gone)
        await connection.run_sync(keywords.scrub, owner)
    return Saved(document_of(row), "removed", gone=tuple(gone))


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


def embedded(title: str, passage: str) -> str:
    """What is embedded of a passage: its document's title stands before it, so that both are found."""
    return f"{title}\n{passage}"


@dataclass(frozen=True, slots=True)
class _Cut:
    """A passage to be: its place and text, the digest of what is embedded of it, and its words."""

    start: int
    end: int
    text: str
    digest: str
    words: keywords.Words


def _cut(draft: Draft) -> list[_Cut]:
    cuts = []
    title, publisher = keywords.folded(draft.title), keywords.folded(draft.publisher or "")
    for span in split(draft.text):
        body = draft.text[span.start : span.end]
        words = keywords.Words(title, publisher, keywords.folded(body))
        cuts.append(_Cut(span.start, span.end, body, _hash(embedded(draft.title, body)), words))
    return cuts


def _hash(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


async def _known(connection: AsyncConnection, drafts: Sequence[Draft], owner: str) -> list[Document | None]:
    """The document that each draft repeats: of its key and unchanged, or of the same content elsewhere."""
    hashes = [_hash(draft.text) for draft in drafts]
    by_key = {row.key: row for row in await _held(connection, owner, "key", [each.key for each in drafts])}
    by_content: dict[str, list[Row[Any]]] = {}
    for row in await _held(connection, owner, "content_hash", hashes):
        by_content.setdefault(row.content_hash, []).append(row)
    return [
        _repeated(draft, content, by_key.get(draft.key), by_content.get(content, ()))
        for draft, content in zip(drafts, hashes, strict=True)
    ]


async def _held(
    connection: AsyncConnection, owner: str, name: str, wanted: Sequence[str]
) -> Sequence[Row[Any]]:
    """The documents of an owner whose column ``name`` holds one of the wanted values."""
    values = {"owner": owner, "wanted": list(wanted)}
    query = f"SELECT number, {FIELDS}, key, given_id, content_hash FROM documents WHERE owner = :owner"
    return (await connection.execute(bound(f"{query} AND {name} IN :wanted", values), values)).all()


def _repeated(
    draft: Draft, content: str, same: Row[Any] | None, alike: Iterable[Row[Any]]
) -> Document | None:
    """What a draft repeats of what is held under its key and of what holds the same content."""
    if same is not None:
        return document_of(same) if (same.content_hash, *_about(same)) == (content, *_about(draft)) else None
    return next((document_of(row) for row in alike if row.given_id == draft.given_id), None)


def _about(held: Draft | Row[Any]) -> tuple[object, ...]:
    published = held.published.isoformat() if isinstance(held.published, datetime) else held.published
    return (held.title, held.publisher, held.author, held.url, published, held.language, bool(held.sample))


async def _store(
    connection: AsyncConnection, draft: Draft, owner: str, now: datetime, cuts: list[_Cut]
) -> Saved:
    found = await connection.execute(
        text(f"SELECT number, {FIELDS} FROM documents WHERE owner = :owner AND key = :key"),
        {"owner": owner, "key": draft.key},
    )
    row = found.first()
    gone = await _clear(connection, document_of(row)) if row else {}
    values = {
        "id": row.id if row else await _free_id(connection, draft, owner),
        "owner": owner,
        "key": draft.key,
        "given_id": draft.given_id,
        "title": draft.title,
        "source": draft.source,
        "publisher": draft.publisher,
        "author": draft.author,
        "url": draft.url,
        "published": draft.published.isoformat() if draft.published else None,
        "fetched": now.isoformat(),
        "language": draft.language,
        "sample": int(draft.sample),
        "content_hash": _hash(draft.text),
        "passages": len(cuts),
        "text": draft.text,
    }
    names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    changes = ", ".join(f"{name} = excluded.{name}" for name in values)
    written = await connection.execute(
        text(
            f"INSERT INTO documents ({names}) VALUES ({places}) "
            f"ON CONFLICT (owner, key) DO UPDATE SET {changes} RETURNING number, {FIELDS}"
        ),
        values,
    )
    document = document_of(written.one())
    await _add_passages(connection, document, cuts)
    await _forget_vectors(connection, gone)
    return Saved(document, "replaced" if row else "added", len(cuts), tuple(gone))


async def _free_id(connection: AsyncConnection, draft: Draft, owner: str) -> str:
    """The id its corpus gave it where that is short and free, else the start of a hash that is free."""
    hashed = _hash(f"{owner}\n{draft.key}")
    given = [draft.given_id] if draft.given_id and _ID.fullmatch(draft.given_id) else []
    for candidate in [*given, *(hashed[:length] for length in range(8, len(hashed)))]:
        taken = await connection.execute(
            text("SELECT 1 FROM documents WHERE owner = :owner AND id = :id"),
            {"owner": owner, "id": candidate},
        )
        if taken.first() is None:
            return candidate
    raise AssertionError("no two documents of an owner have the same key")


async def _add_passages(connection: AsyncConnection, document: Document, cuts: Sequence[_Cut]) -> None:
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
                    "start": cut.start,
                    "end": cut.end,
                    "digest": cut.digest,
                    "text": cut.text,
                }
                for number, cut in numbered.items()
            ],
        )
    words = {number: cut.words for number, cut in numbered.items()}
    await connection.run_sync(keywords.insert, document.owner, words)


async def _clear(connection: AsyncConnection, document: Document) -> dict[int, str]:
    """Take a document's passages and words away; returns their numbers with their digests."""
    result = await connection.execute(
        text("DELETE FROM passages WHERE document = :number RETURNING number, digest"),
        {"number": document.number},
    )
    gone = {int(number): digest for number, digest in result}
    await connection.run_sync(keywords.delete, document.owner, gone)
    return gone


async def _forget_vectors(connection: AsyncConnection, gone: dict[int, str]) -> None:
    """Erase the vectors of passages that are gone, unless the same words stand elsewhere."""
    if gone:
        await connection.execute(
            text(
                "DELETE FROM vectors WHERE digest = :digest "
                "AND NOT EXISTS (SELECT 1 FROM passages WHERE passages.digest = vectors.digest)"
            ),
            [{"digest": digest} for digest in set(gone.values())],
        )
