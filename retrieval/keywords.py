"""Keeps the words of passages in SQLite FTS5, one table an owner, and finds passages by them.

Knows nothing of vectors, ranking or questions: it is given terms. Calls block; an asynchronous connection
makes them with ``run_sync``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, text

from retrieval.database import lasting, marks, read
from retrieval.terms import terms

_KEPT = 20_000  # terms whose frequency is remembered: counting a common one takes longer than finding it
_MOST_LEVELS = 500
FOLDING = 1  # to be raised with every change to what `terms` makes of a text: the words are then folded anew


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one passage by where they stand, each text made by :func:`folded`."""

    title: str
    publisher: str
    body: str


def folded(content: str) -> str:
    """What is stored of a text: its terms, so that any language is searched alike."""
    return " ".join(terms(content))


def insert(connection: Connection, owner: str, passages: Mapping[int, Words]) -> None:
    """Make passages, given by number, findable by their words."""
    if not passages:
        return
    table = _name(owner)
    if not _exists(connection, table):
        _make(connection, table)
    connection.execute(
        text(
            f"INSERT INTO {table} (rowid, title, publisher, body) VALUES (:number, :title, :publisher, :body)"
        ),
        [
            {"number": number, "title": words.title, "publisher": words.publisher, "body": words.body}
            for number, words in passages.items()
        ],
    )


def delete(connection: Connection, owner: str, numbers: Iterable[int]) -> None:
    """Make passages unfindable."""
    listed = [{"number": number} for number in numbers]
    if listed:
        connection.execute(text(f"DELETE FROM {_name(owner)} WHERE rowid = :number"), listed)


def scrub(connection: Connection, owner: str) -> None:
    """Rewrite an owner's index without what was deleted, which otherwise stays in its file for a while."""
    table = _name(owner)
    if _exists(connection, table):
        how = "rebuild" if _levels(connection, table) > _MOST_LEVELS else "optimize"
        connection.execute(text(f"INSERT INTO {table} ({table}) VALUES ('{how}')"))


def frequencies(connection: Connection, owner: str, wanted: Iterable[str]) -> dict[str, int]:
    """In how many of an owner's passages each term stands."""
    table = _name(owner)
    if not _seen(connection, table):
        return {}
    known = lasting(connection, table)
    if len(known) > _KEPT:
        known.clear()
    listed = list(wanted)
    if new := [term for term in listed if term not in known]:
        found = read(connection, f"SELECT term, doc FROM {table}_terms WHERE term IN ({marks(new)})", new)
        known |= dict.fromkeys(new, 0) | dict(found)
    return {term: known[term] for term in listed}


def find(
    connection: Connection, owner: str, wanted: Sequence[str], limit: int, until: str | None = None
) -> list[int]:
    """The ``limit`` best passages of an owner that hold any of the terms, in no order.

    ``until`` hides documents published after this moment (ISO 8601, UTC). The best are those of BM25
    (Robertson & Zaragoza 2009) as FTS5 computes it.
    """
    table = _name(owner)
    if not wanted or not _seen(connection, table):
        return []
    visible = (
        "AND EXISTS (SELECT 1 FROM passages p JOIN documents d ON d.number = p.document "
        f"WHERE p.number = {table}.rowid AND (d.published IS NULL OR d.published <= ?))"
        if until
        else ""
    )
    best = f"SELECT rowid FROM {table} WHERE {table} MATCH ? {visible} ORDER BY rank LIMIT ?"
    question = " OR ".join(f'"{term}"' for term in wanted)
    # as one row: between two rows, another thread that computes may keep this one waiting
    query = f"SELECT json_group_array(rowid) FROM ({best})"
    ((found,),) = read(connection, query, [question, *([until] if until else []), limit])
    numbers: list[int] = json.loads(found)
    return numbers


class Folded(NamedTuple):
    """A passage by its words, with what is known of its document; ``published`` as it is stored.

    ``group`` is that of :class:`~retrieval.types.Document`. A search makes a hundred of them: a tuple,
    because it is made in a sixth of a dataclass's time.
    """

    number: int
    document: int
    title: str
    body: str
    published: str | None
    publisher: str | None
    group: int


def stored(connection: Connection, owner: str, numbers: Sequence[int]) -> list[Folded]:
    """The words of those of the passages that are this owner's, in no order."""
    table = _name(owner)
    if not numbers or not _seen(connection, table):
        return []
    query = (
        "SELECT p.number, p.document, w.title, w.body, d.published, d.publisher, "
        "coalesce(d.copy_of, d.number) "
        # CROSS: SQLite then begins with the few passages, not with all of an owner's documents
        f"FROM passages p CROSS JOIN documents d ON d.number = p.document CROSS JOIN {table} w "
        f"ON w.rowid = p.number WHERE p.number IN ({marks(numbers)}) AND d.owner = ?"
    )
    return [Folded._make(each) for each in read(connection, query, [*numbers, owner])]


def current(connection: Connection, owner: str) -> bool:
    """Whether an owner's words were folded as :func:`folded` does it now."""
    return _exists(connection, _name(owner))


def clear(connection: Connection, owner: str) -> None:
    """Start an owner's words anew, and drop what an older way of folding left."""
    drop(connection, owner)
    _make(connection, _name(owner))


def drop(connection: Connection, owner: str) -> None:
    """Forget an owner's words altogether, however they were folded."""
    left = connection.execute(
        text("SELECT name FROM sqlite_master WHERE name LIKE :like AND sql LIKE 'CREATE VIRTUAL TABLE%'"),
        {"like": f"words%{_hash(owner)}%"},
    )
    for (name,) in sorted(left, reverse=True):  # the vocabulary before the table it looks into
        connection.execute(text(f"DROP TABLE {name}"))


def _make(connection: Connection, table: str) -> None:
    # the terms are folded already: SQLite only has to find the spaces between them
    columns = "title, publisher, body, tokenize = \"ascii tokenchars '.'\""
    connection.execute(text(f"CREATE VIRTUAL TABLE {table} USING fts5({columns})"))
    connection.execute(text(f"CREATE VIRTUAL TABLE {table}_terms USING fts5vocab({table}, row)"))


def _levels(connection: Connection, table: str) -> int:
    """Of how many levels an index is: each time it is optimized adds some, and SQLite takes 2,000.

    They are told by its record of structure: after four bytes, in a variable number of bytes of seven bits.
    """
    found = connection.exec_driver_sql(f"SELECT block FROM {table}_data WHERE id = 10").first()
    levels = 0
    for byte in bytes(found.block)[4:13] if found else b"":
        levels = levels << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return levels


def _name(owner: str) -> str:
    return f"words{FOLDING}_{_hash(owner)}"


def _hash(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()[:16]


def _seen(connection: Connection, table: str) -> bool:
    """Whether a table is there, for a connection that only reads."""
    known = lasting(connection, "tables")
    if table not in known:
        known[table] = _exists(connection, table)
    return bool(known[table])


def _exists(connection: Connection, table: str) -> bool:
    found = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = ?", (table,))
    return found.first() is not None
