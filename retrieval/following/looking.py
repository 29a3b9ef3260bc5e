"""Looks at one source: fetches it, finds what is new, reads that in full. Stores nothing."""

from __future__ import annotations

import asyncio
import hashlib
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from retrieval import pages
from retrieval.errors import LimitReached, Unreachable, Unreadable
from retrieval.extract import Reader
from retrieval.feeds import Feed, Link
from retrieval.fetch import Fetched, shown
from retrieval.following import addresses, articles, schedule
from retrieval.following.articles import Wanted, digest
from retrieval.following.entries import Entry, Known
from retrieval.following.pages import Had, Pages
from retrieval.following.robots import Robots
from retrieval.following.steps import reached
from retrieval.following.storage import Storage
from retrieval.following.visits import FEEDS, Visits
from retrieval.following.whole import whole
from retrieval.following.words import admitted
from retrieval.types import Draft

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # since when a source is gone that says so itself

_PATIENCE = 60.0  # seconds for the pages of one source; those that are left wait for the next look
_TROUBLES = 3  # pages that fail for a while, after which a site is left alone until the next look
_WHOLE_PAGE = "page"  # the one item of a page that is watched

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one look at a source found, still to be stored.

    ``entry`` is the source with what is known of it now. ``drafts`` are documents with what is noted of
    their items, ``noted`` items without any. ``wait`` is what the server asks for, ``more`` says that there
    is more to be read at once, ``fault`` why nothing came.
    """

    entry: Entry
    fault: Unreachable | Unreadable | LimitReached | None = None
    drafts: tuple[tuple[Known, Draft], ...] = ()
    noted: tuple[Known, ...] = ()
    wait: timedelta = timedelta(0)
    more: bool = False

    @property
    def gone(self) -> bool:
        """Whether the server says that the source will not come back."""
        return isinstance(self.fault, Unreachable) and self.fault.status == 410


@dataclass(slots=True)
class _Read:
    """What became of wanted items: ``left`` where pages were not asked for, ``later`` where they failed."""

    drafts: list[tuple[Known, Draft]] = field(default_factory=list)
    noted: list[Known] = field(default_factory=list)
    left: bool = False
    later: bool = False
    wait: timedelta = timedelta(0)


class Looking:
    """Looks at sources, each with one call; safe to use for many at once."""

    def __init__(
        self,
        storage: Storage,
        visits: Visits,
        robots: Robots,
        reader: Reader,
        inbox: Path,
        clock: Callable[[], datetime],
    ) -> None:
        self._storage = storage
        self._visits = visits
        self._robots = robots
        self._reader = reader
        self._inbox = inbox
        self._clock = clock
        self._pages = Pages(visits, robots, reader, inbox)

    async def look(
        self,
        entry: Entry,
        *,
        room: int | None = None,
        most_pages: int = articles.MOST,
        fetched: Fetched | None = None,
    ) -> Outcome:
        """What is new at a source, up to ``room`` documents with ``most_pages`` read in full.

        ``fetched`` is what its address gave, where that is at hand. Faults come as part of the outcome.
        """
        try:
            if fetched is None:
                fetched = await self._fetched(entry)
            reached("fetched")
            said = hashlib.sha256(fetched.body).hexdigest()
            wait = schedule.asked_to_wait(fetched.headers, entry.every)
            now_known = _moved(entry, fetched, self._clock())
            if fetched.not_modified or said == entry.body:
                return Outcome(now_known, wait=wait)
            found = replace(now_known, validators=fetched.validators, body=said)
            if entry.kind == "page":
                return await self._page(found, fetched, wait)
            return await self._feed(found, fetched, wait, room, most_pages)
        except (Unreachable, Unreadable, LimitReached) as fault:
            return Outcome(entry, fault)
        except Exception as error:  # one source must not end the others
            where = traceback.extract_tb(error.__traceback__)[-1]
            at = f"{where.filename}:{where.lineno}"
            _log.error("source.failed", source=entry.number, error=type(error).__name__, at=at)
            return Outcome(entry, Unreadable(f"“{shown(entry.url)}” could not be read; the log says more."))

    async def parsed(self, fetched: Fetched, kind: str) -> Feed:
        """The feed or channel that was fetched. Raises Unreadable."""
        read = pages.read_channel if kind == "channel" else pages.read_feed
        return await asyncio.to_thread(read, fetched, self._reader, self._inbox)

    async def page(self, fetched: Fetched, typed: str) -> Draft:
        """The document at an address that was fetched. Raises Unreadable."""
        return await asyncio.to_thread(pages.read_page, fetched, typed, self._reader, self._inbox)

    async def offers(self, fetched: Fetched) -> tuple[Link, ...]:
        """The feeds that a page offers, best first."""
        return await asyncio.to_thread(pages.read_offers, fetched, self._reader, self._inbox)

    async def allowed(self, url: str, owner: str) -> bool:
        """Whether a site lets programs read one of its pages again and again."""
        return (await self._robots.rule(url, owner)).allowed

    async def _fetched(self, entry: Entry) -> Fetched:
        if entry.kind == "page" and not await self.allowed(entry.url, entry.owner):
            raise Unreachable(
                f"“{shown(entry.url)}” asks programs not to read it; it is looked at again later.",
                status=None,
            )
        accept = FEEDS if entry.kind == "feed" else None
        return await self._visits.fetch(entry.url, entry.owner, validators=entry.validators, accept=accept)

    async def _feed(
        self, entry: Entry, fetched: Fetched, wait: timedelta, room: int | None, most_pages: int
    ) -> Outcome:
        feed = await self.parsed(fetched, entry.kind)
        reached("parsed")
        now = self._clock()
        entry = replace(
            entry,
            title=entry.title or feed.title,
            home=feed.home or entry.home,
            language=feed.language or entry.language,
            every=feed.every,
        )
        if feed.moved_to and await self._is_feed(feed.moved_to, entry.owner):
            entry = replace(entry, moved_to=addresses.whole(feed.moved_to), moved_since=LONG_AGO)
        known = await whole(self._storage.known(entry.number)) if entry.number else {}
        plan = articles.plan(feed, entry, known, now, room)
        read = await self._read(plan.wanted, entry, feed, most_pages)
        reached("read")
        more = (read.left or not plan.whole) and not read.wait
        if more or read.left or read.later:  # so that the next look gets all of it again
            entry = replace(entry, validators=None, body=None)
        return Outcome(
            entry,
            drafts=tuple(read.drafts),
            noted=plan.noted + tuple(read.noted),
            wait=max(wait, read.wait, schedule.asked_to_wait({}, feed.every)),
            more=more,
        )

    async def _is_feed(self, url: str, owner: str) -> bool:
        """Whether a feed is where another one says that it moved."""
        try:
            await self.parsed(await self._visits.fetch(url, owner, accept=FEEDS), "feed")
        except (Unreachable, Unreadable):
            return False
        return True

    async def _read(self, wanted: tuple[Wanted, ...], entry: Entry, feed: Feed, most_pages: int) -> _Read:
        """The documents of items, with as many pages read in full as may be."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + _PATIENCE
        read, keys, troubles = _Read(), set[str](), 0
        for each in wanted:
            had, tried = Had(), False
            if each.in_full and troubles >= _TROUBLES:
                read.later = True
            elif each.in_full and (not most_pages or clock() >= deadline):
                read.left = True
            elif each.in_full:
                most_pages -= 1
                had, tried = await self._had(each, entry)
                troubles += _TROUBLES if had.wait else had.later
                read.later = read.later or had.later
                read.wait = max(read.wait, timedelta(seconds=had.wait))
            if had.article and had.article.key in keys:  # a site that gives all its pages one address
                had = Had()
            draft = articles.draft_of(each, entry, feed, had.article, self._clock())
            keys.add(draft.key)
            note = articles.settled(each, draft, had=tried and not had.later, tried=tried)
            if not draft.text:  # nothing but a link, and nothing there
                read.noted.append(replace(note, state="passed") if note.state == "kept" else note)
            elif admitted(draft.title, draft.text, allow=entry.allow, deny=entry.deny):
                read.drafts.append((note, draft))
            else:
                read.noted.append(replace(each.known, state="filtered"))
        return read

    async def _had(self, wanted: Wanted, entry: Entry) -> tuple[Had, bool]:
        """What the page of an item gave, if it tells of it, and whether it was asked for at all."""
        try:
            had = await self._pages.article(wanted.address or "", entry.owner)
        except LimitReached:
            return Had(later=True), False
        fits = had.article is not None and articles.tells_of(had.article, wanted.item)
        return had if fits else replace(had, article=None), True

    async def _page(self, entry: Entry, fetched: Fetched, wait: timedelta) -> Outcome:
        """What a watched page says now, where it says something else than before."""
        draft = await self.page(fetched, entry.url)
        reached("parsed")
        known = await whole(self._storage.known(entry.number)) if entry.number else {}
        before = known.get(_WHOLE_PAGE)
        said = digest(draft.title, draft.text)
        entry = replace(
            entry, title=entry.title or draft.title, home=draft.url, language=draft.language or entry.language
        )
        if before is not None and before.digest == said:
            return Outcome(entry, wait=wait)
        now = self._clock()
        seen = Known(_WHOLE_PAGE, said, "passed")
        if not admitted(draft.title, draft.text, allow=entry.allow, deny=entry.deny):
            return Outcome(entry, noted=(replace(seen, state="filtered"),), wait=wait)
        moment = now if before else articles.clamped(draft.published, now)
        change = Known(f"{_WHOLE_PAGE}#{said}", said, "kept", moment=moment)
        mine = replace(
            draft,
            key=f"page:{entry.url}",  # unlike an article, which is not cut short by what is left out of it
            aliases=tuple(dict.fromkeys((draft.key, *draft.aliases))),
            source=entry.title or draft.source,
            published=articles.clamped(draft.published, now),
        )
        return Outcome(entry, drafts=((change, mine),), noted=(seen,), wait=wait)


def _moved(entry: Entry, fetched: Fetched, now: datetime) -> Entry:
    """What is known of where a source is now for good: since when it has been said to be there."""
    moved_to = fetched.moved_to if fetched.moved_to != entry.url else None
    if moved_to == entry.moved_to:
        return entry
    return replace(entry, moved_to=moved_to, moved_since=now if moved_to else None)
