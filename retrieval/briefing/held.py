"""Reads from the database what a briefing is made from. Knows nothing of stories, choosing or writing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval.database import rows
from retrieval.documents import FIELDS, document_of
from retrieval.embeddings import Vectors
from retrieval.passages import split
from retrieval.types import Document, Passage, Scope
from retrieval.vectors import unpacked

_AT_ONCE = 500  # documents of one query


async def dated(engine: AsyncEngine, scope: Scope, since: date | None, until: date) -> list[Document]:
    """The documents of a scope published from the day ``since`` to the day ``until``, newest first."""
    found = await rows(
        engine,
        f"SELECT number, {FIELDS} FROM documents WHERE owner IN :owners "
        "AND published >= :since AND published < :until ORDER BY published DESC, number DESC",
        owners=scope.owners,
        since=_moment(since) if since else "",
        until=_moment(until + timedelta(1)),
    )
    return [document_of(row) for row in found]


async def vectors(engine: AsyncEngine, model: str, documents: Sequence[Document]) -> dict[int, Vectors]:
    """The vectors that a model made of each document's passages, by its number, in the order of its text."""
    stored: dict[int, list[bytes]] = {}
    numbers = [document.number for document in documents]
    for at in range(0, len(numbers), _AT_ONCE):
        told = await rows(
            engine,
            "SELECT p.document, v.vector FROM passages p JOIN vectors v "
            'ON v.digest = p.digest AND v.model = :model WHERE p.document IN :numbers ORDER BY p."start"',
            model=model,
            numbers=numbers[at : at + _AT_ONCE],
        )
        for row in told:
            stored.setdefault(row.document, []).append(row.vector)
    return {number: unpacked(each) for number, each in stored.items()}


async def texts(engine: AsyncEngine, documents: Sequence[Document]) -> dict[int, str]:
    """The stored text of each document, by its number."""
    numbers = [document.number for document in documents]
    told = await rows(engine, "SELECT number, text FROM documents WHERE number IN :numbers", numbers=numbers)
    return {row.number: row.text for row in told}


async def passages(engine: AsyncEngine, documents: Sequence[Document]) -> dict[int, list[Passage]]:
    """The passages of each document, by its number, in the order of its text."""
    by_number = {document.number: document for document in documents}
    found: dict[int, list[Passage]] = {number: [] for number in by_number}
    numbers = list(by_number)
    for at in range(0, len(numbers), _AT_ONCE):
        told = await rows(
            engine,
            'SELECT number, document, "start", "end", text FROM passages WHERE document IN :numbers '
            'ORDER BY document, "start"',
            numbers=numbers[at : at + _AT_ONCE],
        )
        for row in told:
            held = Passage(row.number, by_number[row.document], row.start, row.end, row.text)
            found[row.document].append(held)
    return found


async def former(
    engine: AsyncEngine, documents: Sequence[Document], moment: datetime | None
) -> dict[int, list[Passage]]:
    """What documents that have changed since a moment said then, as passages, by their numbers."""
    changed = [each for each in documents if moment and each.fetched and each.fetched > moment]
    found: dict[int, list[Passage]] = {}
    for at in range(0, len(changed), _AT_ONCE):
        by_number = {each.number: each for each in changed[at : at + _AT_ONCE]}
        told = await rows(
            engine,
            "SELECT document, text FROM versions WHERE document IN :numbers AND replaced > :moment "
            "AND (fetched IS NULL OR fetched <= :moment) ORDER BY number DESC",
            numbers=list(by_number),
            moment=moment.astimezone(UTC).isoformat() if moment else "",
        )
        for row in told:  # of several the earliest, which comes last: the text as it stood then
            spans = split(row.text)
            held = by_number[row.document]
            found[row.document] = [
                Passage(0, held, span.start, span.end, row.text[span.start : span.end]) for span in spans
            ]
    return found


def _moment(day: date) -> str:
    return datetime.combine(day, time.min, tzinfo=UTC).isoformat()
