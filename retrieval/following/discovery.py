"""Finds out what is at an address, and what of it can be followed. Knows nothing of what is followed."""

from __future__ import annotations

from collections.abc import Iterable

from retrieval import pages
from retrieval.errors import LimitReached, Unreachable, Unreadable
from retrieval.feeds import Link
from retrieval.feeds.discovery import guesses
from retrieval.fetch import Fetched, shown
from retrieval.following import addresses
from retrieval.following.limits import Allowances
from retrieval.following.looking import Looking
from retrieval.following.types import Looked, Offer
from retrieval.following.visits import FEEDS, Visits

_GUESSES = 4  # places that are tried for the feed of a site which names none


class Discovery:
    """Looks at addresses on behalf of owners."""

    def __init__(self, visits: Visits, allowances: Allowances, looking: Looking) -> None:
        self._visits = visits
        self._allowances = allowances
        self._looking = looking

    async def look(self, address: str, owner: str) -> Looked:
        """What can be followed or read at an address; see ``Following.look``."""
        if name := addresses.channel(address):
            return await self._look_at_channel(name, owner)
        fetched, asked = await self.fetched(addresses.candidates(address), owner)
        url = fetched.moved_to or asked
        match pages.kind_of(fetched):
            case "feed":
                feed = await self._looking.parsed(fetched, "feed")
                return Looked((Offer("feed", url, feed.title or addresses.host(url)),), article=False)
            case "list":
                raise Unreadable(
                    f"“{shown(address)}” is a list of feeds; save it as a file and add that file."
                )
            case "document":
                await self._looking.page(fetched, address)
                return Looked((), article=True)
        return await self._look_at_page(fetched, url, address, owner)

    async def fetched(self, candidates: Iterable[str], owner: str) -> tuple[Fetched, str]:
        """What the first address that answers gives, and which one it was. Raises the first's fault."""
        first: Unreachable | None = None
        for url in candidates:
            try:
                fetched = await self._visits.fetch(url, owner)
                return fetched, addresses.whole(url)
            except Unreachable as fault:
                first = first or fault
                if fault.status is not None:  # a server answered: there is no use in asking another way
                    break
            finally:
                await self._allowances.keep()
        raise first or Unreachable("There is no address to look at.")

    async def _look_at_channel(self, name: str, owner: str) -> Looked:
        url = addresses.preview(name)
        fetched, _ = await self.fetched((url,), owner)
        if not fetched.url.startswith(url.rpartition("/")[0]):
            raise Unreadable(f"“@{name}” shows nothing to the public; only public channels can be read.")
        feed = await self._looking.parsed(fetched, "channel")
        return Looked((Offer("channel", url, feed.title or f"@{name}"),), article=False)

    async def _look_at_page(self, fetched: Fetched, url: str, typed: str, owner: str) -> Looked:
        """The feeds a page offers, and the page itself where it has words."""
        links = await self._looking.offers(fetched) or await self._guessed(fetched.url, owner)
        offers = [Offer("feed", link.url, link.title or addresses.host(link.url)) for link in links]
        try:
            draft = await self._looking.page(fetched, typed)
        except Unreadable:
            if not offers:
                raise
            return Looked(tuple(offers), article=False)
        offers.append(Offer("page", url, draft.title))
        return Looked(tuple(offers), article=not addresses.front(url))

    async def _guessed(self, url: str, owner: str) -> tuple[Link, ...]:
        """The feed of a site that names none, where one is found at a usual place."""
        for guess in () if addresses.slug(url) else guesses(url)[:_GUESSES]:
            try:
                fetched = await self._visits.fetch(guess, owner, accept=FEEDS)
                if pages.kind_of(fetched) == "feed":
                    feed = await self._looking.parsed(fetched, "feed")
                    return (Link(fetched.moved_to or guess, feed.title or None),)
            except (Unreachable, Unreadable):
                continue
            except LimitReached:
                break
        return ()
