"""A desk for tests of what is followed: a library, a clock to turn, a web. Holds no tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from libraries import NOW, WordModel
from web import Elsewhere, Web

from retrieval.fetch import Door, Limits
from retrieval.following import Allowance, Followed, Following, Refreshed, Source, open_following
from retrieval.library import Library, open_library
from retrieval.types import SHARED, Scope

HOSTS = ("courier.test", "www.courier.test", "herald.test", "new.test", "slow.test", "t.me")
PUBLIC = "93.184.216.34"


class Desk:
    """One owner's view of what is followed, with the web it comes from."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.now = NOW
        self.library: Library
        self.following: Following

    def later(self, **time: float) -> datetime:
        """Turn the clock on."""
        self.now += timedelta(**time)
        return self.now

    async def follows(self, address: str, owner: str = SHARED) -> Followed:
        """Follow the best that is offered at an address."""
        looked = await self.following.look(address, owner)
        return await self.following.follow(looked.offers[0], owner)

    async def source(self, number: int = 1, owner: str = SHARED) -> Source:
        """One source as it is now."""
        return await self.following.source(number, owner)

    async def refresh(self, **time: float) -> Refreshed:
        """Look at everything, some time later."""
        self.later(**time)
        return await self.following.refresh(everything=True)

    async def texts(self, owner: str = SHARED) -> dict[str, str]:
        """What is held, by title."""
        scope = Scope((owner,))
        held = [await self.library.show(each.id, scope) for each in await self.library.documents(scope)]
        assert len({document.title for document, _ in held}) == len(held), "a document is there twice"
        return {document.title: text for document, text in held}


@asynccontextmanager
async def desk_at(
    web: Web,
    folder: Path,
    *,
    allowance: Allowance = Allowance(),  # noqa: B008 -- frozen
    pause: float = 0.0,
) -> AsyncIterator[Desk]:
    """A desk whose clock stands still until it is turned."""
    desk = Desk(web)
    world = Elsewhere({name: [[PUBLIC]] for name in HOSTS}, web)
    limits = Limits(seconds=5, window=1)
    async with (
        open_library(folder, WordModel(), clock=lambda: desk.now) as library,
        Door(limits=limits, lookup=world.lookup, dial=world.dial) as door,
        open_following(
            library,
            door,
            folder / "uploads",
            allowance=allowance,
            pause=pause,
            clock=lambda: desk.now,
            chance=lambda: 0.0,
        ) as following,
    ):
        desk.library, desk.following = library, following
        yield desk
