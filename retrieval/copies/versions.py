"""Keeps what a document said before it changed, for citations already given. Knows nothing of copies.

A former passage keeps its number, so whoever opens an older citation sees the words that were quoted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval.citations import locate
from retrieval.database import rows
from retrieval.errors import NotFound
from retrieval.types import Document, Passage

SCHEMA: tuple[str, ...] = (
    """CREATE TABLE versions (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
        replaced TEXT NOT NULL,
        title TEXT NOT NULL,
        published TEXT,
        updated TEXT,
        text TEXT NOT NULL)""",
    "CREATE INDEX versions_by_document ON versions (document)",
    "CREATE INDEX versions_by_time ON versions (replaced)",
    """CREATE TABLE former_passages (
        number INTEGER PRIMARY KEY,
        version INTEGER NOT NULL REFERENCES versions ON DELETE CASCADE,
        "start" INTEGER NOT NULL,
        "end" INTEGER NOT NULL)""",
    "CREATE INDEX former_passages_by_version ON former_passages (version)",
)
LATER: tuple[str, ...] = ("ALTER TABLE versions ADD COLUMN fetched TEXT",)  # when it came

_MOST = 10  # versions of a document
_KEPT = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Version:
    """What a document said until it was ``replaced``."""

    replaced: datetime
    title: str
    text: str


def keep(connection: Connection, document: int, now: datetime) -> None:
    """Keep a document and its passages as they are, before they change; let go of what is too old."""
    kept = connection.execute(
        text(
            "INSERT INTO versions (document, replaced, title, published, updated, text, fetched) "
            "SELECT number, :now, title, published, updated, text, fetched FROM documents "
            "WHERE number = :document "
            "RETURNING number"
        ),
        {"document": document, "now": now.isoformat()},
    )
    connection.execute(
        text(
            'INSERT INTO former_passages (number, version, "start", "end") '
            'SELECT number, :version, "start", "end" FROM passages WHERE document = :document'
        ),
        {"version": kept.scalar_one(), "document": document},
    )
    connection.execute(
        text(
            "DELETE FROM versions WHERE replaced < :oldest OR document = :document AND number NOT IN "
            "(SELECT number FROM versions WHERE document = :document ORDER BY number DESC LIMIT :most)"
        ),
        {"oldest": (now - _KEPT).isoformat(), "document": document, "most": _MOST},
    )


async def former(engine: AsyncEngine, number: int) -> Row[Any] | None:
    """The document's number, title, dates and text, and the place of a passage that was replaced."""
    found = await rows(
        engine,
        'SELECT v.document, v.replaced, v.title, v.published, v.updated, v.text, f."start", f."end" '
        "FROM former_passages f JOIN versions v ON v.number = f.version WHERE f.number = :number",
        number=number,
    )
    return found[0] if found else None


def passage_of(row: Row[Any], number: int, document: Document) -> Passage:
    """The passage in a row of :func:`former`, of its document as that was; its link is that of today."""
    then = replace(document, title=row.title, published=_moment(row.published), updated=_moment(row.updated))
    words = row.text[row.start : row.end]
    return Passage(number, then, row.start, row.end, words, datetime.fromisoformat(row.replaced))


async def versions(engine: AsyncEngine, document: int) -> list[Version]:
    """The older versions of a document that are kept, newest first."""
    found = await rows(
        engine,
        "SELECT replaced, title, text FROM versions WHERE document = :document ORDER BY number DESC",
        document=document,
    )
    return [Version(datetime.fromisoformat(row.replaced), row.title, row.text) for row in found]


def saying(quote: str, text: str, older: Sequence[Version]) -> Version | None:
    """The newest of the older versions that says the words of a quote; None where the present text does.

    Raises NotFound where none does.
    """
    if locate(quote, text):
        return None
    for version in older:
        if locate(quote, version.text):
            return version
    raise NotFound("Neither its text nor an older version of it that is kept says that.")


def _moment(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
