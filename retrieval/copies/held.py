"""Finds the stored document that a draft is: by its key, by another of its names, or by its content.

Knows nothing of near copies or of how documents are written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from retrieval.copies.alike import publisher_of
from retrieval.copies.names import Names, named, names_of
from retrieval.cutting import digest
from retrieval.database import bound
from retrieval.documents import FIELDS, document_of
from retrieval.types import Document, Draft

COLUMNS = f"{FIELDS}, key, given_id, content_hash"

_SAYS_LITTLE = 120  # characters; texts as short as this are equal by chance: "Comments", "Watch the video"


@dataclass(frozen=True, slots=True)
class Held:
    """A stored document with what tells it from others."""

    document: Document
    key: str
    given_id: str | None
    content: str

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


def known(connection: Connection, drafts: Sequence[Draft], owner: str) -> list[Known]:
    """What is held of each draft, in as many queries as for one."""
    names = [names_of(draft) for draft in drafts]
    by_name = named(connection, owner, {name for each in names for name in each})
    numbers = {number for number, _ in by_name.values()}
    by_number = {each.document.number: each for each in _held(connection, owner, "number", numbers)}
    keys = {draft.key for draft in drafts} - {each.key for each in by_number.values()}
    by_key = {each.key: each for each in [*by_number.values(), *_held(connection, owner, "key", keys)]}
    new = {digest(draft.text) for draft in drafts if draft.key not in by_key}
    by_content: dict[str, list[Held]] = {}
    for each in _held(connection, owner, "content_hash", new):
        by_content.setdefault(each.content, []).append(each)
    found = _Found(by_name, by_number, by_key, by_content)
    return [found.of(draft, each) for draft, each in zip(drafts, names, strict=True)]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is held under the names, keys and contents of some drafts."""

    by_name: Mapping[bytes, tuple[int, bool]]
    by_number: Mapping[int, Held]
    by_key: Mapping[str, Held]
    by_content: Mapping[str, Sequence[Held]]

    def of(self, draft: Draft, names: Names) -> Known:
        """What is held of one of them."""
        going: dict[int, bool] = {}
        for name, told in names.items():
            if name in self.by_name:
                number, firm = self.by_name[name]
                going[number] = going.get(number, False) or (told and firm)
        fitting = [
            (held, firm)
            for number, firm in sorted(going.items(), key=lambda each: not each[1])
            if (held := self.by_number[number]).can_be(draft)
        ]
        if draft.key in self.by_key:
            fitting.insert(0, (self.by_key[draft.key], True))
        same, firm = fitting[0] if fitting else (None, False)
        alike = self.by_content.get(digest(draft.text), ())
        equal = next((each for each in alike if _repeats(draft, each)), None)
        return Known(same, firm, equal, self.by_name.keys() >= names.keys())


def _repeats(draft: Draft, held: Held) -> bool:
    """Whether a document of the same text is the draft."""
    if held.given_id != draft.given_id and not is_of(draft, held.document):
        return False
    return held.can_be(draft) and (len(draft.text) > _SAYS_LITTLE or held.document.title == draft.title)


def _held(connection: Connection, owner: str, column: str, wanted: Collection[object]) -> list[Held]:
    """The documents of an owner whose ``column`` holds one of the wanted values."""
    if not wanted:
        return []
    values = {"owner": owner, "wanted": list(wanted)}
    query = f"SELECT number, {COLUMNS} FROM documents WHERE owner = :owner AND {column} IN :wanted"
    return [held_of(row) for row in connection.execute(bound(query, values), values)]


def held_of(row: Row[Any]) -> Held:
    """What is held in a row of ``number`` and :data:`COLUMNS`."""
    return Held(document_of(row), row.key, row.given_id, row.content_hash)


def _about(document: Draft | Document) -> tuple[object, ...]:
    dates = (_stored(document.published), _stored(document.updated))
    about = (document.title, document.publisher, document.author, document.url, document.language)
    return (*about, *dates, document.sample)


def _stored(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
