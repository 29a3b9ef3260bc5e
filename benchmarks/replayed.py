"""Lives through some days of news for several readers, on a clock of its own, as the bot would.

Articles arrive on their day, a few a day late; every reader's edition is written in their own morning from
what has arrived by then, and what they were told of is remembered. Judges nothing.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from benchmarks.edited import EDITS
from benchmarks.planted import reworded
from bot.dues import EVERY_DAY, Rhythm
from bot.editions import Editions, unread
from bot.outbox import Place
from bot.subscribers import Subscription, anew
from retrieval.briefing import Briefing
from retrieval.briefing.authored.assigning import STANDARD
from retrieval.embeddings import EmbeddingModel
from retrieval.library import Library, open_library
from retrieval.types import SHARED, Draft
from retrieval.writing import Writer

SEED = 7
_MORNING = 7 * 60  # minutes of the local day
_PATIENCE = 3_600.0  # seconds for a language model to write what an edition tells, however slow it is
_HELD = timedelta(45)  # days of articles that are there before the first edition
_LATE = 0.2  # of the articles, that arrive a day after they were published
_RESENT = 0.5  # of the articles, that some other publisher sends again on the next day
_KINDS = ("re-sent", "syndicated", "cut to a summary", "reworded")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody with a profile; ``matches`` is a pattern of words that stand in what is on their topics."""

    name: str
    zone: str
    topics: tuple[str, ...] = ()
    role: str = ""
    industry: str = ""
    matches: str = ""


READERS = (
    Reader("everything", "Europe/London"),
    Reader(
        "politics", "America/New_York", ("US elections", "Congress"), "policy analyst", "government",
        r"\b(?:election|voter|ballot|congress|senat|democrat|republican|lawmaker)\w*",
    ),
    Reader(
        "trade", "Asia/Tokyo", ("tariffs", "inflation"), "economist", "finance",
        r"\b(?:tariff|inflation|federal reserve|interest rate|trade war|import dut)\w*",
    ),
    Reader(
        "health", "America/Los_Angeles", ("public health", "food safety"), "nurse", "health care",
        r"\b(?:health|disease|outbreak|hospital|vaccin|listeria|food stamp|snap benefit|patient)\w*",
    ),
    Reader(
        "weather", "Australia/Sydney", ("hurricanes and storms", "climate"), "", "insurance",
        r"\b(?:hurricane|storm|flood|climate|wildfire|tornado|weather|forecast)\w*",
    ),
    Reader(
        "conflict", "Europe/Berlin", ("war in Ukraine", "Middle East"), "journalist", "media",
        r"\b(?:ukrain|russia|gaza|israel|hamas|iran|ceasefire|missile)\w*",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edition:
    """A reader's briefing of a morning, with the moments it and the one before were written."""

    reader: Reader
    day: date
    now: datetime
    since: datetime | None
    briefing: Briefing


@dataclass
class _Desk:
    """What is known of a reader: their subscription, what they were told of and when the last edition was."""

    subscription: Subscription
    told: dict[int, datetime] = field(default_factory=dict)
    last: datetime | None = None


class _Nobody:
    """Follows no source: what arrives is handed in."""

    async def sources(self, _owner: str = SHARED) -> list[Any]:
        """None."""
        return []


@dataclass
class Replay:
    """Some days of ``articles`` from ``first`` on; ``editions`` are made as they are asked for."""

    articles: Sequence[Draft]
    first: date
    days: int
    folder: Path
    model: EmbeddingModel
    copies: bool = False
    writer: Writer | None = None
    readers: Sequence[Reader] = READERS
    length: str = STANDARD

    async def editions(self) -> AsyncIterator[tuple[Library, Edition]]:
        """Every reader's edition of every morning, in order of time, with the library as it is then."""
        shutil.rmtree(self.folder, ignore_errors=True)
        clock = [_at(self.first - timedelta(1), 0)]
        async with open_library(
            self.folder, self.model, writer=self.writer, clock=lambda: clock[0]
        ) as library:
            arriving = sorted(self._arrivals(), key=lambda each: (each[0], each[1].key))
            desks = {reader.name: _Desk(_subscription(reader, self.length)) for reader in self.readers}
            editions = Editions(library, _Nobody())  # type: ignore[arg-type]
            for now, reader in self._mornings():
                due = [each for each in arriving if each[0] <= now]
                arriving = arriving[len(due) :]
                if due:
                    clock[0] = due[-1][0]
                    await library.add([draft for _, draft in due])
                clock[0] = now
                desk = desks[reader.name]
                patience = _PATIENCE if self.writer else 0.0
                told = await editions.write(desk.subscription, desk.last, now, patience)
                briefing = unread(told, desk.told)
                day = now.astimezone(ZoneInfo(reader.zone)).date()
                yield library, Edition(reader, day, now, desk.last, briefing)
                desk.told |= {piece.story: now for piece in briefing.pieces}
                desk.last = now

    def _mornings(self) -> list[tuple[datetime, Reader]]:
        """When each reader's editions are written."""
        days = [self.first + timedelta(at) for at in range(self.days)]
        every = [
            (datetime.combine(day, time(*divmod(_MORNING, 60)), ZoneInfo(each.zone)).astimezone(UTC), each)
            for day in days
            for each in self.readers
        ]
        return sorted(every, key=lambda each: (each[0], each[1].name))

    def _arrivals(self) -> Iterable[tuple[datetime, Draft]]:
        """When each article arrives: during its day or, some, during the next; and copies of some later."""
        chance = random.Random(SEED)
        last = self.first + timedelta(self.days)
        for draft in sorted(self.articles, key=lambda each: (each.published or datetime.max, each.key)):
            day = draft.published.date() if draft.published else date.max
            if not self.first - _HELD <= day <= last:
                continue
            at = _at(day, chance.uniform(0, 24) + 24 * (chance.random() < _LATE))
            yield at, draft
            if self.copies and day >= self.first and chance.random() < _RESENT:
                kind = chance.choice(_KINDS)
                sent = at + timedelta(hours=chance.uniform(8, 40))
                copied = EDITS[kind](draft, draft, chance) if kind in EDITS else reworded(draft, chance)
                yield sent, replace(copied, published=sent.replace(microsecond=0))


def is_copy(url: str | None) -> bool:
    """Whether an address is that of a copy that was made here."""
    return (urlsplit(url or "").hostname or "").endswith(".example")


def _subscription(reader: Reader, length: str) -> Subscription:
    number = 1 + [each.name for each in READERS].index(reader.name)
    rhythm = Rhythm(reader.zone, _MORNING, EVERY_DAY, datetime.min.replace(tzinfo=UTC))
    made = anew(Place(number), number, rhythm)
    return replace(made, topics=reader.topics, role=reader.role, industry=reader.industry, length=length)


def _at(day: date, hours: float) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hours)
