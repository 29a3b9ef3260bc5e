"""The object that follows sources: look, follow, list, refresh. Knows nothing of Telegram or commands."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from retrieval import database
from retrieval.errors import FootnoteError, LimitReached, Unreadable
from retrieval.extract import Reader
from retrieval.feeds import Subscription
from retrieval.fetch import Door, shown
from retrieval.following import addresses
from retrieval.following.discovery import Discovery
from retrieval.following.entries import SCHEMA, Entry
from retrieval.following.hosts import Hosts
from retrieval.following.limits import Allowances
from retrieval.following.looking import Looking
from retrieval.following.robots import Robots
from retrieval.following.rounds import Progress, Rounds
from retrieval.following.settling import Settling
from retrieval.following.storage import Storage
from retrieval.following.types import (
    Allowance,
    Followed,
    Imported,
    Looked,
    Notice,
    Offer,
    Refreshed,
    Source,
)
from retrieval.following.visits import Visits
from retrieval.following.words import tidy
from retrieval.library import AddReport, Library
from retrieval.types import Scope

PAUSE = 0.5  # seconds between two requests to one host
TICK = 30.0  # seconds between two questions what is due

_AT_ONCE = 50  # sources of one tick
_PAGES_AT_FIRST = 10  # read in full while somebody waits; the others follow at the next refresh
_SHOWN = 3  # newest documents of a source that is now followed
_LONGEST_REST = 15 * 60.0  # seconds without looking, where what was found cannot be stored

_log = structlog.get_logger()


@asynccontextmanager
async def open_following(
    library: Library,
    door: Door,
    inbox: Path,
    *,
    allowance: Allowance = Allowance(),  # noqa: B008 -- frozen
    pause: float = PAUSE,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    chance: Callable[[], float] = random.random,
) -> AsyncIterator[Following]:
    """What is followed beside a library, over its database.

    What is fetched passes through files in the folder ``inbox`` to the process that parses it. ``pause`` is
    in seconds, between two requests to one host. ``clock`` tells the time in UTC, ``chance`` is between 0
    and 1 and spreads what would come due together.
    """
    await database.apply(library.engine, "following", SCHEMA)
    storage = Storage(library.engine)
    allowances = Allowances(library.engine, allowance, clock)
    visits = Visits(door, Hosts(pause), allowances)
    robots = Robots(library.engine, visits, clock)
    with Reader() as reader:
        looking = Looking(storage, visits, robots, reader, inbox, clock)
        settling = Settling(library, storage, allowances, clock, chance)
        yield Following(library, storage, visits, allowances, looking, settling, reader, clock)


class Following:
    """The sources of every owner: ``"shared"`` or ``"person:<id>"``. Made by :func:`open_following`."""

    def __init__(
        self,
        library: Library,
        storage: Storage,
        visits: Visits,
        allowances: Allowances,
        looking: Looking,
        settling: Settling,
        reader: Reader,
        clock: Callable[[], datetime],
    ) -> None:
        self._library = library
        self._storage = storage
        self._discovery = Discovery(visits, allowances, looking)
        self._allowances = allowances
        self._looking = looking
        self._settling = settling
        self._reader = reader
        self._clock = clock
        self._rounds = Rounds(storage, allowances, looking, settling, clock)

    async def look(self, address: str, owner: str) -> Looked:
        """What can be followed or read at an address: a feed, a site, an article, ``@channel``.

        An address without a scheme is tried as https and then as http. Raises Unreachable, Unreadable where
        nothing there is of use, LimitReached where the owner fetched enough for today; each one sentence.
        """
        return await self._discovery.look(address, owner)

    async def follow(self, offer: Offer, owner: str) -> Followed:
        """Follow what was offered; its newest items are read before this returns, which may take a minute.

        Raises Unreachable, Unreadable or LimitReached, and then nothing is followed.
        """
        self._allowances.check_sources(owner, await self._storage.count(owner))
        room = await self._allowances.room(owner)
        if held := await self._storage.held_at(owner, addresses.place(offer.url)):
            return await self._followed(held, known=True)
        fetched, asked = await self._discovery.fetched((offer.url,), owner)
        url = fetched.moved_to or asked
        if held := await self._storage.held_at(owner, addresses.place(url)):
            return await self._followed(held, known=True)
        now = self._clock()
        title = offer.title if offer.kind == "page" else ""
        entry = Entry(0, owner, offer.kind, url, title, now, next_look=now)
        if entry.kind == "page" and not await self._looking.allowed(url, owner):
            raise Unreadable(f"“{shown(url)}” asks programs not to read it, so it cannot be watched.")
        outcome = await self._looking.look(entry, room=room, most_pages=_PAGES_AT_FIRST, fetched=fetched)
        if outcome.fault:
            raise outcome.fault
        entry = replace(outcome.entry, title=outcome.entry.title or offer.title)
        number = await self._storage.add(entry, place := addresses.place(url))
        if number is None:  # asked for twice at once
            held = await self._storage.held_at(owner, place)
            return await self._followed(held or entry, known=True)
        outcome = replace(outcome, entry=replace(entry, number=number))
        brought = await self._settling.settle([outcome])
        followed = await self._followed(await self._storage.entry(number, owner), known=False)
        return replace(followed, brought=brought)

    async def read_once(self, address: str, owner: str) -> AddReport:
        """Add one article or document by its address, without following anything.

        Raises Unreachable, Unreadable or LimitReached.
        """
        await self._allowances.room(owner)
        fetched, _ = await self._discovery.fetched(addresses.candidates(address), owner)
        draft = await self._looking.page(fetched, address)
        await self._allowances.keep()
        return await self._library.add([draft], owner)

    async def sources(self, owner: str) -> list[Source]:
        """What an owner follows, in the order it was added."""
        return await self._storage.sources(await self._storage.owned(owner), self._clock())

    async def everybodys(self) -> list[Source]:
        """What all owners follow, for who looks after the house."""
        return await self._storage.sources(await self._storage.everybodys(), self._clock())

    async def source(self, number: int, owner: str) -> Source:
        """One source. Raises NotFound unless it is this owner's."""
        (source,) = await self._storage.sources([await self._storage.entry(number, owner)], self._clock())
        return source

    async def pause(self, number: int, owner: str) -> None:
        """Look at a source no more until it is resumed. Raises NotFound."""
        await self._storage.change(number, owner, paused=True)

    async def resume(self, number: int, owner: str) -> None:
        """Look at a source again, at once: one that was paused, fails, or was gone. Raises NotFound."""
        await self._storage.change(
            number,
            owner,
            paused=False,
            gone=False,
            told=False,
            failures=0,
            failing_since=None,
            reason=None,
            next_look=self._clock(),
        )

    async def unfollow(self, number: int, owner: str) -> None:
        """Stop following; the documents that were read stay in the library. Raises NotFound."""
        await self._storage.drop(number, owner)

    async def documents(self, number: int, owner: str) -> list[int]:
        """The numbers of what this source brought and no other of the owner did. Raises NotFound."""
        await self._storage.entry(number, owner)
        return await self._storage.own_documents(number)

    async def check_room(self, owner: str) -> None:
        """Raises LimitReached where an owner may have no more documents, wherever they come from."""
        await self._allowances.room(owner)

    async def set_words(self, number: int, owner: str, *, allow: Sequence[str], deny: Sequence[str]) -> None:
        """Keep only new items that hold one of the ``allow`` words (if any) and none of the ``deny`` words.

        A word counts where it stands whole, in the title or the text, in either case. Documents that are
        held already stay; what was filtered out and is still offered is weighed anew. Raises NotFound.
        """
        await self._storage.change(
            number,
            owner,
            allow=tidy(allow),
            deny=tidy(deny),
            etag=None,
            last_modified=None,
            validated_url=None,
            body=None,
        )
        await self._storage.forget_filtered(number)

    async def set_in_briefings(self, number: int, owner: str, wanted: bool) -> None:
        """Whether a source's documents go into briefings besides answers. Raises NotFound."""
        await self._storage.change(number, owner, in_briefings=wanted)

    async def import_list(self, path: Path, name: str, owner: str) -> Imported:
        """Follow the feeds of an OPML file called ``name``; each is read when the next refresh comes to it.

        Raises Unreadable where the file is none.
        """
        found = await asyncio.to_thread(self._reader.subscriptions, path, name=name)
        unreadable = list(found.unreadable)
        held = {addresses.place(entry.url) for entry in await self._storage.owned(owner)}
        now, new, known = self._clock(), [], 0
        for feed in found.feeds:
            try:
                url = addresses.whole(feed.url)
                place = addresses.place(url)
                if place in held:
                    known += 1
                    continue
                self._allowances.check_sources(owner, len(held))
            except LimitReached as fault:
                unreadable.append(str(fault))
                break
            except Unreadable as fault:
                unreadable.append(str(fault))
                continue
            held.add(place)
            new.append((Entry(0, owner, "feed", url, feed.title or "", now, next_look=now), place))
        return Imported(len(await self._storage.add_all(new)), known, tuple(unreadable))

    async def export_list(self, owner: str) -> bytes:
        """The feeds that an owner follows, as an OPML file; pages and channels are not in it."""
        from retrieval.feeds.opml import written

        feeds = [
            Subscription(entry.url, entry.title or None)
            for entry in await self._storage.owned(owner)
            if entry.kind == "feed"
        ]
        return written(feeds, "Footnote")

    async def refresh(
        self,
        *,
        everything: bool = False,
        owner: str | None = None,
        only: Collection[int] | None = None,
        progress: Progress = lambda done, total: None,
    ) -> Refreshed:
        """Look at the sources that are due, or at ``everything`` but what is paused or gone.

        ``owner`` and ``only``, numbers of sources, narrow it down; ``progress`` is told how many are done.
        """
        return await self._rounds.all(everything=everything, owner=owner, only=only, progress=progress)

    async def run(
        self,
        tell: Callable[[Notice], Awaitable[None]],
        added: Callable[[Refreshed], Awaitable[None]],
    ) -> None:
        """Look at what is due, again and again, until cancelled.

        ``tell`` gets each notice once, ``added`` each round that brought or replaced documents. What these
        raise ends the run.
        """
        rest = TICK
        while True:
            try:
                found = await self._rounds.next(_AT_ONCE)
                rest = TICK
            except Exception as fault:  # nothing can be stored: looking again at once would be no help
                reason = str(fault) if isinstance(fault, FootnoteError) else type(fault).__name__
                _log.error("following.stalled", reason=reason)
                rest, found = min(2 * rest, _LONGEST_REST), Refreshed()
            for notice in found.notices:
                await tell(notice)
            if found.added or found.replaced:
                await added(found)
            if found.looked_at < _AT_ONCE:
                await asyncio.sleep(rest)

    async def _followed(self, entry: Entry, *, known: bool) -> Followed:
        (source,) = await self._storage.sources([entry], self._clock())
        numbers = await self._storage.newest_documents(entry.number, _SHOWN)
        scope = Scope((entry.owner,))
        newest = [await self._library.document(number, scope) for number in numbers]
        return Followed(source, tuple(newest), known)
