"""One subscription: what is wanted, when and where, as a value and as a row. Knows nothing of queries.

It belongs to a reader: a person in their private chat, a group, or a topic of one.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from bot.dues import Rhythm
from bot.outbox import Place
from retrieval.types import Scope, person

ON, PAUSED, AWAY = "on", "paused", "away"  # away: the bot may not write there any more
LENGTHS = ("glance", "standard", "deep")

SCHEMA: tuple[str, ...] = (
    # days: one bit each, Monday the lowest. last: the local date of the latest edition. due: of the next.
    """CREATE TABLE subscribers (
        person BIGINT PRIMARY KEY,
        zone TEXT NOT NULL,
        minute INTEGER NOT NULL,
        days INTEGER NOT NULL,
        topics TEXT NOT NULL,
        role TEXT NOT NULL,
        industry TEXT NOT NULL,
        length TEXT NOT NULL CHECK (length IN ('glance', 'standard', 'deep')),
        state TEXT NOT NULL CHECK (state IN ('on', 'paused', 'away')),
        changed TEXT NOT NULL,
        last TEXT,
        due TEXT)""",
    "CREATE INDEX subscribers_due ON subscribers (due)",
    # thread 0: outside of any topic. set_by: the person who set it up
    "ALTER TABLE subscribers RENAME COLUMN person TO reader",
    "ALTER TABLE subscribers ADD COLUMN chat BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE subscribers ADD COLUMN thread BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE subscribers ADD COLUMN set_by BIGINT NOT NULL DEFAULT 0",
    "UPDATE subscribers SET chat = reader, set_by = reader",
    "CREATE UNIQUE INDEX subscribers_place ON subscribers (chat, thread)",
    "ALTER TABLE subscribers ADD COLUMN language TEXT",
    "ALTER TABLE subscribers ADD COLUMN quiet INTEGER NOT NULL DEFAULT 1",
)

FIELDS = (
    "reader, chat, thread, set_by, zone, minute, days, topics, role, industry, length, language, quiet, "
    "state, changed, last, due"
)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A reader's wishes; ``last`` and ``due`` are kept by what delivers.

    ``reader`` is the person in a private chat, elsewhere a number that no person has. ``by`` is the person
    who set it up. ``language`` is that of written editions, as an IETF tag; None: each story's own.
    ``quiet``: whether a day without news is worth a line.
    """

    reader: int
    place: Place
    by: int
    rhythm: Rhythm
    topics: tuple[str, ...] = ()
    role: str = ""
    industry: str = ""
    length: str = "standard"
    language: str | None = None
    quiet: bool = True
    state: str = ON
    last: date | None = None
    due: datetime | None = None

    @property
    def private(self) -> bool:
        """Whether it is a person's own, in their private chat."""
        return self.place.chat > 0

    @property
    def scope(self) -> Scope:
        """Whose documents it may be told from: in a group the shared library's alone."""
        return Scope.of(person(self.reader)) if self.private else Scope()


def anew(place: Place, by: int, rhythm: Rhythm, language: str | None = None) -> Subscription:
    """A subscription of a place that has none yet, before more is said of what is wanted.

    Its reader is in a private chat the person, elsewhere a number below zero that was never given before.
    """
    reader = place.chat if place.chat > 0 else -1 - secrets.randbits(52)
    return Subscription(reader, place, by, rhythm, language=language)


def thread_of(place: Place) -> int:
    """The topic of a place as it is stored: 0 outside of any, and in private chats, which are one place."""
    return (place.thread or 0) if place.chat < 0 else 0


def values_of(kept: Subscription) -> dict[str, Any]:
    """A subscription as a row."""
    return {
        "reader": kept.reader,
        "chat": kept.place.chat,
        "thread": thread_of(kept.place),
        "set_by": kept.by,
        "zone": kept.rhythm.zone,
        "minute": kept.rhythm.minute,
        "days": sum(1 << day for day in kept.rhythm.days),
        "topics": json.dumps(kept.topics),
        "role": kept.role,
        "industry": kept.industry,
        "length": kept.length,
        "language": kept.language,
        "quiet": int(kept.quiet),
        "state": kept.state,
        "changed": kept.rhythm.since.isoformat(),
        "last": kept.last.isoformat() if kept.last else None,
        "due": kept.due.isoformat() if kept.due else None,
    }


def subscription_of(row: Row[Any]) -> Subscription:
    """A row as a subscription."""
    days = frozenset(day for day in range(7) if row.days & 1 << day)
    return Subscription(
        row.reader,
        Place(row.chat, row.thread or None),
        row.set_by,
        Rhythm(row.zone, row.minute, days, datetime.fromisoformat(row.changed)),
        tuple(json.loads(row.topics)),
        row.role,
        row.industry,
        row.length,
        row.language,
        bool(row.quiet),
        row.state,
        date.fromisoformat(row.last) if row.last else None,
        datetime.fromisoformat(row.due) if row.due else None,
    )
