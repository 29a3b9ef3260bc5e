"""Sources that are only a memory: what an address holds is told by the test. Holds no tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fake_library import AddReport, FakeLibrary

from retrieval.errors import NotFound, Unreachable
from retrieval.following import Followed, Imported, Looked, Notice, Offer, Refreshed, Source, State
from retrieval.types import Draft


@dataclass
class FakeFollowing:
    """``web`` says what each address turns out to be, ``items`` what is in each feed."""

    library: FakeLibrary
    web: dict[str, Looked | Exception] = field(default_factory=dict)
    items: dict[str, tuple[Draft, ...]] = field(default_factory=dict)
    refused: dict[str, Exception] = field(default_factory=dict)
    held: list[Source] = field(default_factory=list)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    imported: Imported | Exception = Imported(0, 0, ())  # noqa: RUF009 -- frozen
    slow: float = 0.0
    room: Exception | None = None
    notices: list[Notice] = field(default_factory=list)
    brought: list[Refreshed] = field(default_factory=list)

    def feed(self, url: str, title: str, *texts: str) -> Offer:
        """A feed at an address, with these items."""
        offer = Offer("feed", url, title)
        self.web[url] = Looked((offer,), False)
        self.items[url] = tuple(
            Draft(f"{url}#{at}", f"{title} {at}", words, url, url=f"{url}/{at}")
            for at, words in enumerate(texts, 1)
        )
        return offer

    async def look(self, address: str, owner: str) -> Looked:
        self.calls.append(("look", address, owner))
        await asyncio.sleep(self.slow)
        found = self.web.get(address, Unreachable(f"“{address}” is not there; check the address."))
        if isinstance(found, Exception):
            raise found
        return found

    async def follow(self, offer: Offer, owner: str) -> Followed:
        self.calls.append(("follow", offer.url, owner))
        if offer.url in self.refused:
            raise self.refused[offer.url]
        known = next((each for each in self.held if (each.url, each.owner) == (offer.url, owner)), None)
        source = known or self.source_of(offer, owner)
        drafts = list(self.items.get(offer.url, ()))
        report = await self.library.add(drafts, owner)
        return Followed(source, (*report.added, *report.unchanged)[:3], known is not None)

    def source_of(self, offer: Offer, owner: str, **more: Any) -> Source:
        """A source that is followed, as it would be after its first look."""
        now = datetime.now(UTC)
        about = (offer.kind, offer.url, offer.title, "https://home.test", "de", State.FRESH, None, None)
        dates = (now - timedelta(hours=2, minutes=1), 3, now + timedelta(hours=2, minutes=1))
        source = Source(len(self.held) + 70, owner, *about, *dates, (), (), True)
        self.held.append(replace(source, **more))
        return self.held[-1]

    async def read_once(self, address: str, owner: str) -> AddReport:
        self.calls.append(("read_once", address, owner))
        return await self.library.add([Draft(address, "An article", "It says this.", address)], owner)

    async def sources(self, owner: str) -> list[Source]:
        self.held = [each for each in self.held if each.owner not in self.library.forgotten]
        return [each for each in self.held if each.owner == owner]

    async def source(self, number: int, owner: str) -> Source:
        for each in self.held:
            if (each.number, each.owner) == (number, owner):
                return each
        raise NotFound("You do not follow that any more.")

    async def pause(self, number: int, owner: str) -> None:
        await self._change(number, owner, state=State.PAUSED, next_look=None)

    async def resume(self, number: int, owner: str) -> None:
        await self._change(number, owner, state=State.FRESH)

    async def unfollow(self, number: int, owner: str) -> None:
        self.held.remove(await self.source(number, owner))

    async def documents(self, number: int, owner: str) -> list[int]:
        url = (await self.source(number, owner)).url
        return [
            held.number
            for held, _ in self.library.texts.values()
            if held.owner == owner and self.library.keys.get(held.number, "").startswith(f"{url}#")
        ]

    async def check_room(self, owner: str) -> None:
        if isinstance(self.room, Exception):
            raise self.room

    async def set_words(self, number: int, owner: str, *, allow: Sequence[str], deny: Sequence[str]) -> None:
        await self._change(number, owner, allow=tuple(allow), deny=tuple(deny))

    async def set_in_briefings(self, number: int, owner: str, wanted: bool) -> None:
        await self._change(number, owner, in_briefings=wanted)

    async def _change(self, number: int, owner: str, **more: Any) -> None:
        held = await self.source(number, owner)
        self.held[self.held.index(held)] = replace(held, **more)

    async def import_list(self, path: Path, name: str, owner: str) -> Imported:
        self.calls.append(("import_list", path.read_bytes(), name, owner))
        if isinstance(self.imported, Exception):
            raise self.imported
        return self.imported

    async def export_list(self, owner: str) -> bytes:
        self.calls.append(("export_list", owner))
        return b"<opml>" + " ".join(each.url for each in self.held if each.owner == owner).encode()

    async def run(
        self, tell: Callable[[Notice], Awaitable[None]], added: Callable[[Refreshed], Awaitable[None]]
    ) -> None:
        while True:
            await asyncio.sleep(0.01)
            while self.notices:
                await tell(self.notices.pop(0))
            while self.brought:
                await added(self.brought.pop(0))
