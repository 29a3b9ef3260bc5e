"""Cuts documents into passages and stores these with their words. Knows nothing of what is new or held."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from retrieval import keywords
from retrieval.database import read
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


def put(connection: Connection, document: Document, cuts: Sequence[Cut]) -> None:
    """Store a document's passages and make them findable by their words."""
    last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'passages'"))
    numbered = dict(enumerate(cuts, (last.scalar() or 0) + 1))
    if numbered:
        connection.execute(
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
    keywords.insert(connection, document.owner, words)


def clear(connection: Connection, document: Document) -> dict[int, str]:
    """Take a document's passages and words away; returns their numbers with their digests."""
    result = connection.execute(
        text("DELETE FROM passages WHERE document = :number RETURNING number, digest"),
        {"number": document.number},
    )
    gone = {int(number): digest for number, digest in result}
    keywords.delete(connection, document.owner, gone)
    return gone


def forget_vectors(connection: Connection, gone: dict[int, str]) -> None:
    """Erase the vectors of passages that are gone, unless the same words stand elsewhere."""
    if gone:
        connection.execute(
            text(
                "DELETE FROM vectors WHERE digest = :digest "
                "AND NOT EXISTS (SELECT 1 FROM passages WHERE passages.digest = vectors.digest)"
            ),
            [{"digest": digest} for digest in set(gone.values())],
        )


def renew_words(engine: Engine, *, all_of_them: bool = False) -> None:
    """Fold the words of owners whose index is of an older way of folding, or of every owner; blocks."""
    with engine.connect() as connection:
        owners = [owner for (owner,) in read(connection, "SELECT DISTINCT owner FROM documents")]
    for owner in owners:
        with engine.begin() as connection:
            if all_of_them or not keywords.current(connection, owner):
                _fold_anew(connection, owner)


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
