"""Writes down which document belongs to which story. Knows nothing of how that is found out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.stories.traits import Traits, packed
from retrieval.types import Document

SCHEMA: tuple[str, ...] = (
    # a story that was merged into another is found under its old number too
    """CREATE TABLE stories (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        owner TEXT NOT NULL,
        merged_into INTEGER)""",
    """CREATE TABLE story_documents (
        document INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
        story INTEGER NOT NULL,
        owner TEXT NOT NULL,
        day INTEGER NOT NULL,
        content_hash TEXT NOT NULL,
        model TEXT NOT NULL,
        traits BLOB NOT NULL)""",
    "CREATE INDEX story_documents_by_story ON story_documents (story)",
    "CREATE INDEX story_documents_by_day ON story_documents (owner, day)",
    # a story goes with the last of its documents, and with it whatever was merged into it
    """CREATE TRIGGER stories_without_documents AFTER DELETE ON story_documents
        WHEN NOT EXISTS (SELECT 1 FROM story_documents WHERE story = OLD.story)
        BEGIN DELETE FROM stories WHERE number = OLD.story OR merged_into = OLD.story; END""",
    "DELETE FROM stories WHERE merged_into IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM story_documents WHERE story = stories.number)",
    "ALTER TABLE story_documents ADD COLUMN placed TEXT",  # when this text of it was
)


@dataclass(frozen=True, slots=True)
class New:
    """A document that is to be placed, or whose text has changed since it was."""

    document: Document
    content: str
    story: int | None
    traits: Traits


@dataclass(frozen=True, slots=True)
class Change:
    """What placing some documents changed: stories of documents, new stories, and merged ones."""

    stories: Mapping[int, int]
    new: Sequence[int]
    merged: Mapping[int, int]


async def keep(
    connection: AsyncConnection, owner: str, model: str, some: Sequence[New], change: Change, now: datetime
) -> None:
    """Write down what placing some documents changed, and when that was."""
    await _each(
        connection,
        "INSERT INTO stories (number, owner) VALUES (:number, :owner)",
        [{"number": number, "owner": owner} for number in change.new],
    )
    await _each(
        connection,
        "INSERT OR REPLACE INTO story_documents "
        "(document, story, owner, day, content_hash, model, traits, placed) "
        "VALUES (:document, :story, :owner, :day, :content, :model, :traits, coalesce((SELECT placed "
        "FROM story_documents WHERE document = :document AND content_hash = :content), :now))",
        [
            {
                "document": each.document.number,
                "story": change.stories[each.document.number],
                "owner": owner,
                "day": each.traits.day,
                "content": each.content,
                "model": model,
                "traits": packed(each.traits),
                "now": now.isoformat(),
            }
            for each in some
        ],
    )
    await _each(
        connection,
        "UPDATE story_documents SET story = :story WHERE document = :document",
        [{"document": document, "story": story} for document, story in change.stories.items()],
    )
    await _each(
        connection,
        "UPDATE stories SET merged_into = :story WHERE number = :number OR merged_into = :number",
        [{"number": number, "story": story} for number, story in change.merged.items()],
    )


async def _each(connection: AsyncConnection, query: str, values: list[dict[str, Any]]) -> None:
    if values:
        await connection.execute(text(query), values)
