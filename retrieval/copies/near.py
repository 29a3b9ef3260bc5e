"""Finds the copies of a text among those that are stored, and remembers who is whose copy.

Knows nothing of names or versions. Each document leaves some dozens of prints in one table, eight bytes each,
so that a hundred thousand documents cost about a hundred megabytes of disk and no memory to speak of.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from retrieval.copies.alike import FEWEST, Likeness, compare
from retrieval.copies.held import COLUMNS, Held, held_of
from retrieval.copies.words import Worded, fewest_prints, prints, worded
from retrieval.types import SHARED

SCHEMA: tuple[str, ...] = (
    "CREATE TABLE prints (print INTEGER NOT NULL, document INTEGER NOT NULL, "
    "PRIMARY KEY (print, document)) WITHOUT ROWID",
    # the number of the document whose copy this is, or whose copy that was; NULL for one that is alone
    "ALTER TABLE documents ADD COLUMN copy_of INTEGER",
    "CREATE INDEX documents_by_copy ON documents (copy_of) WHERE copy_of IS NOT NULL",
)

_HOLDERS = 64  # of one print; what more documents say is boilerplate, and finds no copies
_SHARED = 2  # prints in common from which texts are compared,
_LIKELY = 0.05  # and their share of those that the shorter one leaves: a copy has many times more
_COMPARED = 6  # documents that a new one is compared with


@dataclass(frozen=True, slots=True)
class Near:
    """A stored document that a text is a copy of."""

    held: Held
    likeness: Likeness


def copies_of(connection: Connection, text_: Worded, owner: str, but: int | None) -> list[Near]:
    """The documents of the owner and of the shared library that a text copies, the nearest first.

    ``but`` is the number of the document that the text itself is stored as.
    """
    if len(text_.words) < FEWEST:
        return []
    printed = [prints(text_, whose).tolist() for whose in {owner, SHARED}]
    sought = [each for some in printed for each in some]
    values = {"sought": json.dumps(sought), "but": but or 0, "shared": _SHARED, "most": _COMPARED}
    found = connection.execute(
        text(
            f"SELECT number, {COLUMNS}, text, shared FROM ("
            "SELECT document AS found, count(*) AS shared FROM prints "
            "WHERE print IN (SELECT value FROM json_each(:sought)) AND document != :but "
            "GROUP BY document HAVING shared >= :shared ORDER BY shared DESC LIMIT :most) "
            "JOIN documents ON number = found"
        ),
        values,
    )
    mine = len(printed[0])
    likely = [row for row in found if row.shared >= _LIKELY * min(mine, fewest_prints(len(row.text)))]
    near = _compared(text_, [(held_of(row), row.text) for row in likely])
    whole = {each.held.document.group for each in near if not each.likeness.in_part}
    # a short text that is known to be cut from another says nothing of what else it stands in
    sure = [each for each in near if each.held.document.copy_of is None or each.held.document.group in whole]
    return sorted(sure, key=lambda each: -each.likeness.runs)


def _compared(text_: Worded, others: Sequence[tuple[Held, str]]) -> list[Near]:
    """Those of the documents that are copies of the text, or that the text is a copy of."""
    near = [Near(held, compare(text_, worded(other))) for held, other in others]
    return [each for each in near if each.likeness.copied]


def print_(connection: Connection, text_: Worded, owner: str, document: int) -> None:
    """Let a document be found by its text."""
    connection.execute(
        text(
            "INSERT OR IGNORE INTO prints SELECT value, :document FROM json_each(:prints) "
            "WHERE (SELECT count(*) FROM prints WHERE print = value) < :holders"
        ),
        {"prints": json.dumps(prints(text_, owner).tolist()), "document": document, "holders": _HOLDERS},
    )


def unprint(connection: Connection, text_: Worded, owner: str, document: int) -> None:
    """Let a document no longer be found by this text, and be nobody's copy."""
    connection.execute(
        text(
            "DELETE FROM prints WHERE document = :document "
            "AND print IN (SELECT value FROM json_each(:prints))"
        ),
        {"prints": json.dumps(prints(text_, owner).tolist()), "document": document},
    )
    connection.execute(
        text("UPDATE documents SET copy_of = NULL WHERE number = :document"), {"document": document}
    )
    # those that went by its number go by the first of their own
    connection.execute(
        text(
            "UPDATE documents SET copy_of = (SELECT min(number) FROM documents WHERE copy_of = :document) "
            "WHERE copy_of = :document"
        ),
        {"document": document},
    )


def join(connection: Connection, document: int, near: Near | None) -> int | None:
    """Note whose copy a document is, or that it is nobody's; returns that document's number."""
    noted = connection.execute(
        text(
            "UPDATE documents SET copy_of = (SELECT coalesce(copy_of, number) FROM documents "
            "WHERE number = :near) WHERE number = :document RETURNING copy_of"
        ),
        {"document": document, "near": near.held.document.number if near else None},
    )
    group: int | None = noted.scalar_one()
    return group
