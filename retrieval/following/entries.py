"""What is kept of sources and items, as values and as rows. Knows nothing of queries and the network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from retrieval.fetch import Validators
from retrieval.following import schedule
from retrieval.following.types import Source

SCHEMA: tuple[str, ...] = (
    # place: what all addresses of one source have in common. body: a digest of the last answer.
    # allow, deny: JSON lists. gap, every: seconds. moved_to: where the last looks were sent for good.
    """CREATE TABLE sources (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        owner TEXT NOT NULL,
        kind TEXT NOT NULL,
        url TEXT NOT NULL,
        place TEXT NOT NULL,
        title TEXT NOT NULL,
        home TEXT,
        language TEXT,
        etag TEXT,
        last_modified TEXT,
        validated_url TEXT,
        body TEXT,
        every INTEGER,
        added TEXT NOT NULL,
        looked TEXT,
        next_look TEXT,
        failing_since TEXT,
        failures INTEGER NOT NULL DEFAULT 0,
        reason TEXT,
        told INTEGER NOT NULL DEFAULT 0,
        paused INTEGER NOT NULL DEFAULT 0,
        gone INTEGER NOT NULL DEFAULT 0,
        moved_to TEXT,
        moved_since TEXT,
        allow TEXT NOT NULL DEFAULT '[]',
        deny TEXT NOT NULL DEFAULT '[]',
        in_briefings INTEGER NOT NULL DEFAULT 1,
        UNIQUE (owner, place))""",
    "CREATE INDEX sources_due ON sources (next_look)",
    # moment: when it was published, else first seen; none where neither is known. document: none where it
    # was not kept; it may have been removed since.
    """CREATE TABLE items (
        source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE,
        key TEXT NOT NULL,
        digest TEXT NOT NULL,
        stamp TEXT,
        state TEXT NOT NULL CHECK (state IN ('kept', 'summary', 'filtered', 'passed')),
        tries INTEGER NOT NULL,
        document INTEGER,
        moment TEXT,
        seen TEXT NOT NULL,
        PRIMARY KEY (source, key)) WITHOUT ROWID""",
    "CREATE INDEX items_by_document ON items (document)",
    "CREATE INDEX items_by_moment ON items (source, moment)",
    """CREATE TABLE fetches (
        owner TEXT NOT NULL, day TEXT NOT NULL, total INTEGER NOT NULL, PRIMARY KEY (owner, day))""",
    "CREATE TABLE limits_told (owner TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (owner, day))",
    """CREATE TABLE robots (
        site TEXT PRIMARY KEY, read TEXT NOT NULL, status TEXT NOT NULL, rules TEXT NOT NULL)""",
)

FIELDS = (
    "number, owner, kind, url, title, home, language, etag, last_modified, validated_url, body, every, "
    "added, next_look, failing_since, failures, reason, told, paused, gone, moved_to, moved_since, allow, "
    "deny, in_briefings"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is kept of one source."""

    number: int
    owner: str
    kind: str
    url: str
    title: str
    added: datetime
    home: str | None = None
    language: str | None = None
    validators: Validators | None = None
    body: str | None = None
    every: timedelta | None = None
    next_look: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    reason: str | None = None
    told: bool = False
    paused: bool = False
    gone: bool = False
    moved_to: str | None = None
    moved_since: datetime | None = None
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    in_briefings: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of an item that was seen: a digest of what it said, and what became of it.

    ``state`` is ``"kept"``, ``"summary"`` (its page was to be read and could not be, ``tries`` times),
    ``"filtered"`` by words or ``"passed"`` over. ``stamp`` is when it said that it was updated.
    """

    key: str
    digest: str
    state: str
    tries: int = 0
    stamp: datetime | None = None
    document: int | None = None
    moment: datetime | None = None


def source_of(entry: Entry, last_item: datetime | None, items_this_week: int, now: datetime) -> Source:
    """A source as people see it."""
    return Source(
        number=entry.number,
        owner=entry.owner,
        kind=entry.kind,
        url=entry.url,
        title=entry.title,
        home=entry.home,
        language=entry.language,
        state=schedule.state(
            paused=entry.paused,
            gone=entry.gone,
            failing=entry.failing_since is not None,
            last_item=last_item,
            added=entry.added,
            now=now,
        ),
        reason=entry.reason,
        failing_since=entry.failing_since,
        last_item=last_item,
        items_this_week=items_this_week,
        next_look=None if entry.paused or entry.gone else entry.next_look,
        allow=entry.allow,
        deny=entry.deny,
        in_briefings=entry.in_briefings,
    )


def column(value: object) -> object:
    """A value as it is stored."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return round(value.total_seconds())
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    return int(value) if isinstance(value, bool) else value


def entry_of(row: Row[Any]) -> Entry:
    validators = Validators(row.validated_url, row.etag, row.last_modified) if row.validated_url else None
    return Entry(
        number=row.number,
        owner=row.owner,
        kind=row.kind,
        url=row.url,
        title=row.title,
        added=datetime.fromisoformat(row.added),
        home=row.home,
        language=row.language,
        validators=validators,
        body=row.body,
        every=timedelta(seconds=row.every) if row.every else None,
        next_look=moment(row.next_look),
        failing_since=moment(row.failing_since),
        failures=row.failures,
        reason=row.reason,
        told=bool(row.told),
        paused=bool(row.paused),
        gone=bool(row.gone),
        moved_to=row.moved_to,
        moved_since=moment(row.moved_since),
        allow=tuple(json.loads(row.allow)),
        deny=tuple(json.loads(row.deny)),
        in_briefings=bool(row.in_briefings),
    )


def written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def moment(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
