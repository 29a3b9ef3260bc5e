"""Finds the stored document that a draft is: by its key, by another of its names, or by its content.

Knows nothing of near copies or of how documents are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.copies.alike import publisher_of
from retrieval.copies.names import Names, named, names_of
from retrieval.cutting import digest
from retrieval.database import bound
from retrieval.documents import FIELDS, document_of
from retrieval.types import Document, Draft

COLUMNS = f"{FIELDS}, key, given_id, content_hash, text"

_SAYS_LITTLE = 120  # characters; texts as short as this are equal by chance: "Comments", "Watch the video"


@dataclass(frozen=True, slots=True)
class Held:
    """A stored document with what tells it from others."""

    document: Document
    key: str
    given_id: str | None
    content: str
    text: str

    def can_be(self, draft: Draft) -> bool:
        """Whether it may be the draft as far as their corpora's ids tell."""
        return not (self.given_id and draft.given_id) or self.given_id == draft.given_id

    def says(self, draft: Draft) -> bool:
        """Whether it says what the draft says, as far as that was told in the same way."""
        if self.content != digest(draft.text):
            return False
        # what comes by several ways is described otherwise by each, and would be changed with every turn
        return self.key != draft.key or _about(self.document) == _about(draft)


@dataclass(frozen=True, slots=True)
class Known:
    """What is held of a draft.

    ``same`` is the document of its key or of another name of its; ``firm`` says whether that settles it.
    ``equal`` holds the same text under other names. ``named`` says whether all names of the draft are kept.
    """

    same: Held | None
    firm: bool
    equal: Held | None
    named: bool

    def settled(self, draft: Draft) -> Document | None:
        """The document that the draft repeats, where nothing is to be written; None otherwise."""
        if self.same is not None:
            return self.same.document if self.named and self.same.says(draft) else None
        if self.equal is None or (not self.named and is_of(draft, self.equal.document)):
            return None
        return self.equal.document


def is_of(draft: Draft, held: Document) -> bool:
    """Whether a draft comes from the publisher of a document that is held."""
    publisher = publisher_of(draft)
    return publisher is not None and publisher == publisher_of(held)


async def known(connection: AsyncConnection, drafts: Sequence[Draft], owner: str) -> list[Known]:
    """What is held of each draft, in as many queries as for one."""
    names = [names_of(draft) for draft in drafts]
    by_name = await named(connection, owner, {name for each in names for name in each})
    numbers = [number for number, _ in by_name.values()]
    by_number = {row.number: held_of(row) for row in await _rows(connection, owner, "number", numbers)}
    keys = [draft.key for draft in drafts]
    by_key = {row.key: held_of(row) for row in await _rows(connection, owner, "key", keys)}
    by_content: dict[str, list[Held]] = {}
    for row in await _rows(connection, owner, "content_hash", [digest(draft.text) for draft in drafts]):
        by_content.setdefault(row.content_hash, []).append(held_of(row))
    return [
        _known(draft, each, by_key.get(draft.key), by_name, by_number, by_content)
        for draft, each in zip(drafts, names, strict=True)
    ]


def _known(
    draft: Draft,
    names: Names,
    of_key: Held | None,
    by_name: dict[bytes, tuple[int, bool]],
    by_number: dict[int, Held],
    by_content: dict[str, list[Held]],
) -> Known:
    found: dict[int, bool] = {}
    for name, told in names.items():
        if name in by_name:
            number, firm = by_name[name]
            found[number] = found.get(number, False) or (told and firm)
    going = [(by_number[number], firm) for number, firm in found.items() if by_number[number].can_be(draft)]
    going.sort(key=lambda each: not each[1])
    same, firm = (of_key, True) if of_key else going[0] if going else (None, False)
    equal = next((each for each in by_content.get(digest(draft.text), ()) if _repeats(draft, each)), None)
    return Known(same, firm, equal, by_name.keys() >= names.keys())


def _repeats(draft: Draft, held: Held) -> bool:
    """Whether a document of the same text is the draft."""
    if held.given_id != draft.given_id and not is_of(draft, held.document):
        return False
    return held.can_be(draft) and (len(draft.text) > _SAYS_LITTLE or held.document.title == draft.title)


async def _rows(
    connection: AsyncConnection, owner: str, column: str, wanted: Sequence[object]
) -> Sequence[Row[Any]]:
    """The documents of an owner whose ``column`` holds one of the wanted values."""
    values = {"owner": owner, "wanted": list(wanted)}
    query = f"SELECT number, {COLUMNS} FROM documents WHERE owner = :owner AND {column} IN :wanted"
    return (await connection.execute(bound(query, values), values)).all()


def held_of(row: Row[Any]) -> Held:
    """What is held in a row of ``number`` and :data:`COLUMNS`."""
    return Held(document_of(row), row.key, row.given_id, row.content_hash, row.text)


def _about(document: Draft | Document) -> tuple[object, ...]:
    dates = (_stored(document.published), _stored(document.updated))
    about = (document.title, document.publisher, document.author, document.url, document.language)
    return (*about, *dates, document.sample)


def _stored(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
