"""Writes documents into the database: decides what is new, changed or known, and stores it whole.

Knows nothing of files, embedding models or questions. Calls block: they are for a thread of one's own, over
an engine made by :func:`retrieval.database.writing`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Engine, text

from retrieval import keywords
from retrieval.copies import names, near, versions
from retrieval.copies.alike import compare, cut_from, later, share_an_address, updates
from retrieval.copies.held import Held, Known, is_of, known
from retrieval.copies.near import Near
from retrieval.copies.words import Worded, worded
from retrieval.cutting import Cut, clear, cut, digest, forget_vectors, put
from retrieval.database import reading
from retrieval.documents import FIELDS, document_of
from retrieval.errors import NotFound
from retrieval.types import Document, Draft

Outcome = Literal["added", "replaced", "unchanged", "removed"]

_ID = re.compile(r"[^\s\x00-\x1f]{1,200}")
_ON_THE_WEB = ("http://", "https://", "feed:")


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one document: how many passages are new, the numbers of those that no longer exist."""

    document: Document
    outcome: Outcome
    passages: int = 0
    gone: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ready:
    """A draft with what was made of it ahead of writing, which takes longer than the writing."""

    draft: Draft
    words: Worded
    cuts: Sequence[Cut]


def save(engine: Engine, drafts: Sequence[Draft], owner: str, now: datetime) -> list[Saved]:
    """Store drafts in one transaction: new ones added, changed ones replaced, known ones left alone.

    What is replaced is kept for a while as an older version, for the citations that were given of it.
    """
    with reading(engine).connect() as connection:
        found = known(connection, drafts, owner)
    settled = [each.settled(draft) for draft, each in zip(drafts, found, strict=True)]
    if all(settled):
        return [Saved(document, "unchanged") for document in settled if document]
    ready = [None if done else _ready(draft) for draft, done in zip(drafts, settled, strict=True)]
    with engine.begin() as connection:
        return [
            Saved(done, "unchanged") if done else _save(connection, each or _ready(draft), owner, now)
            for draft, done, each in zip(drafts, settled, ready, strict=True)
        ]


def remove(engine: Engine, number: int, owner: str) -> Saved:
    """Erase a document with all that was made of it and said before. Raises NotFound unless theirs."""
    with engine.begin() as connection:
        found = connection.execute(
            text(f"SELECT number, {FIELDS}, text FROM documents WHERE number = :number AND owner = :owner"),
            {"number": number, "owner": owner},
        )
        if (row := found.first()) is None:
            raise NotFound("That document is no longer there.")
        document = document_of(row)
        gone = _take_out(connection, document, worded(row.text))
        connection.execute(text("DELETE FROM documents WHERE number = :number"), {"number": number})
        forget_vectors(connection, gone)
        keywords.scrub(connection, owner)
    return Saved(document, "removed", gone=tuple(gone))


def remove_some(engine: Engine, owner: str, most: int) -> int:
    """Erase up to so many of an owner's documents, as :func:`remove` does; how many there were.

    Their index, and what of their words stays in its file for a while, are left to whoever drops both.
    """
    with engine.begin() as connection:
        found = connection.execute(
            text(f"SELECT number, {FIELDS}, text FROM documents WHERE owner = :owner LIMIT :most"),
            {"owner": owner, "most": most},
        ).all()
        gone: dict[int, str] = {}
        for row in found:
            gone |= _take_out(connection, document_of(row), worded(row.text))
            connection.execute(text("DELETE FROM documents WHERE number = :number"), {"number": row.number})
        forget_vectors(connection, gone)
    return len(found)


def _ready(draft: Draft) -> _Ready:
    return _Ready(draft, worded(draft.text), cut(draft))


@dataclass(frozen=True, slots=True)
class _Recognised:
    """What a draft turned out to be.

    ``held`` is its document, if any, and ``repeated`` says whether that stays as it is; ``apart`` that it is
    somebody else's of the same words, who keeps his names. ``copies`` are the nearest texts found.
    """

    held: Held | None
    repeated: bool = False
    apart: bool = False
    copies: Sequence[Near] = ()


def _save(connection: Connection, ready: _Ready, owner: str, now: datetime) -> Saved:
    """Store one draft, or find that it is held; asked anew, for one before it may say the same."""
    draft = ready.draft
    (found,) = known(connection, [draft], owner)
    if settled := found.settled(draft):
        return Saved(settled, "unchanged")
    recognised = _recognised(connection, ready, found, owner)
    if recognised.held and recognised.repeated:
        saved = Saved(recognised.held.document, "unchanged")
    else:
        saved = _store(connection, ready, owner, now, recognised.held)
        number = saved.document.number
        others = [each for each in recognised.copies if each.held.document.number != number]
        group = near.join(connection, number, others[0] if others else None)
        saved = replace(saved, document=replace(saved.document, copy_of=group))
    if not recognised.apart:
        names.name(connection, owner, saved.document.number, names.names_of(draft))
    return saved


def _recognised(connection: Connection, ready: _Ready, found: Known, owner: str) -> _Recognised:
    """What a draft is: by its names, else by its words, else by words that are nearly the same."""
    draft = ready.draft
    same = found.same
    held = _words_of(connection, same) if same is not None and not same.says(draft) else ready.words
    if not found.firm and same is not None and not _akin(ready, same, held):
        same = None
    if same is not None and _adds_nothing(ready, same, held):
        return _Recognised(same, repeated=True)
    if same is None and found.equal is not None:
        return _Recognised(found.equal, repeated=True, apart=not is_of(draft, found.equal.document))
    copies = near.copies_of(connection, ready.words, owner, same.document.number if same else None)
    repeated = False
    if same is None and (same := _elsewhere(draft, owner, copies)) is not None:
        repeated = not later(draft, same.document) or cut_from(ready.words, _words_of(connection, same))
    return _Recognised(same, repeated, copies=copies)


def _words_of(connection: Connection, held: Held) -> Worded:
    found = connection.execute(
        text("SELECT text FROM documents WHERE number = :number"), {"number": held.document.number}
    )
    return worded(found.scalar_one())


def _akin(ready: _Ready, same: Held, held: Worded) -> bool:
    """Whether what goes by one address is one article."""
    return share_an_address(ready.draft, same.document.title, compare(ready.words, held))


def _adds_nothing(ready: _Ready, same: Held, held: Worded) -> bool:
    """Whether the document is held as it is, or newer, or whole where the draft is its beginning."""
    draft = ready.draft
    if same.says(draft) or (draft.url != same.document.url and not later(draft, same.document)):
        return True
    return draft.key.startswith(_ON_THE_WEB) and cut_from(ready.words, held)


def _elsewhere(draft: Draft, owner: str, copies: Sequence[Near]) -> Held | None:
    """The document that a draft is another version of, under another address of one publisher."""
    for each in copies:
        held = each.held
        if (
            held.document.owner == owner
            and held.can_be(draft)
            and updates(draft, held.document, each.likeness)
        ):
            return held
    return None


def _store(connection: Connection, ready: _Ready, owner: str, now: datetime, same: Held | None) -> Saved:
    """Write a new document, or the new version of one."""
    draft = ready.draft
    values = _row(draft, now) | {"passages": len(ready.cuts)}
    if same is None:
        fixed = {"id": _free_id(connection, draft, owner), "owner": owner, "key": draft.key}
        document = _insert(connection, values | fixed)
        gone: dict[int, str] = {}
    elif _as_indexed(same, draft):
        return Saved(_update(connection, same, values), "replaced")
    else:
        versions.keep(connection, same.document.number, now)
        gone = _take_out(connection, same.document, _words_of(connection, same))
        document = _update(connection, same, values)
    put(connection, document, ready.cuts)
    near.print_(connection, ready.words, owner, document.number)
    forget_vectors(connection, gone)
    return Saved(document, "replaced" if same else "added", len(ready.cuts), tuple(gone))


def _as_indexed(same: Held, draft: Draft) -> bool:
    """Whether the passages of a document, and so the citations of it, stay as they are."""
    held = same.document
    unchanged = (held.title, held.publisher) == (draft.title, draft.publisher)
    return unchanged and same.content == digest(draft.text)


def _take_out(connection: Connection, document: Document, words: Worded) -> dict[int, str]:
    """Let a document no longer be found; returns its passages' numbers with their digests."""
    near.unprint(connection, words, document.owner, document.number)
    return clear(connection, document)


def _row(draft: Draft, now: datetime) -> dict[str, object]:
    return {
        "given_id": draft.given_id,
        "title": draft.title,
        "source": draft.source,
        "publisher": draft.publisher,
        "author": draft.author,
        "url": draft.url,
        "published": draft.published.isoformat() if draft.published else None,
        "updated": draft.updated.isoformat() if draft.updated else None,
        "fetched": now.isoformat(),
        "language": draft.language,
        "sample": int(draft.sample),
        "content_hash": digest(draft.text),
        "text": draft.text,
    }


def _insert(connection: Connection, values: dict[str, object]) -> Document:
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    query = f"INSERT INTO documents ({columns}) VALUES ({places}) RETURNING number, {FIELDS}"
    return document_of((connection.execute(text(query), values)).one())


def _update(connection: Connection, same: Held, values: dict[str, object]) -> Document:
    """Change a stored document; the id of its corpus stays where the new version brings none."""
    values = values | {"given_id": values["given_id"] or same.given_id, "number": same.document.number}
    changes = ", ".join(f"{name} = :{name}" for name in values if name != "number")
    query = f"UPDATE documents SET {changes} WHERE number = :number RETURNING number, {FIELDS}"
    return document_of((connection.execute(text(query), values)).one())


def _free_id(connection: Connection, draft: Draft, owner: str) -> str:
    """The id its corpus gave it where that is short and free, else the start of a hash that is free."""
    hashed = digest(f"{owner}\n{draft.key}")
    given = [draft.given_id] if draft.given_id and _ID.fullmatch(draft.given_id) else []
    for candidate in [*given, *(hashed[:length] for length in range(8, len(hashed)))]:
        taken = connection.execute(
            text("SELECT 1 FROM documents WHERE owner = :owner AND id = :id"),
            {"owner": owner, "id": candidate},
        )
        if taken.first() is None:
            return candidate
    raise AssertionError("no two documents of an owner have the same key")
