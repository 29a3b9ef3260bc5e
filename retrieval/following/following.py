"""The object that follows sources: look, follow, list, refresh. Knows nothing of Telegram or commands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from retrieval.fetch import Door
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
from retrieval.library import AddReport, Library


@asynccontextmanager
async def open_following(
    library: Library,
    door: Door,
    inbox: Path,
    *,
    allowance: Allowance = Allowance(),  # noqa: B008 -- frozen
) -> AsyncIterator[Following]:
    """What is followed beside a library, over its database.

    What is fetched passes through files in the folder ``inbox`` to the process that parses it.
    """
    yield Following(library, door, inbox, allowance)


class Following:
    """The sources of every owner: ``"shared"`` or ``"person:<id>"``. Made by :func:`open_following`."""

    def __init__(self, library: Library, door: Door, inbox: Path, allowance: Allowance) -> None:
        raise NotImplementedError

    async def look(self, address: str, owner: str) -> Looked:
        """What can be followed or read at an address: a feed, a site, an article, ``@channel``.

        An address without a scheme is tried as https and then as http. Raises Unreachable, Unreadable where
        nothing there is of use, LimitReached where the owner fetched enough for today; each one sentence.
        """
        raise NotImplementedError

    async def follow(self, offer: Offer, owner: str) -> Followed:
        """Follow what was offered; its newest items are read before this returns, which may take a minute.

        Raises Unreachable, Unreadable or LimitReached, and then nothing is followed.
        """
        raise NotImplementedError

    async def read_once(self, address: str, owner: str) -> AddReport:
        """Add one article or document by its address, without following anything.

        Raises Unreachable, Unreadable or LimitReached.
        """
        raise NotImplementedError

    async def sources(self, owner: str) -> list[Source]:
        """What an owner follows, in the order it was added."""
        raise NotImplementedError

    async def source(self, number: int, owner: str) -> Source:
        """One source. Raises NotFound unless it is this owner's."""
        raise NotImplementedError

    async def pause(self, number: int, owner: str) -> None:
        """Look at a source no more until it is resumed. Raises NotFound."""
        raise NotImplementedError

    async def resume(self, number: int, owner: str) -> None:
        """Look at a source again, at once: one that was paused, fails, or was gone. Raises NotFound."""
        raise NotImplementedError

    async def unfollow(self, number: int, owner: str) -> None:
        """Stop following; the documents that were read stay in the library. Raises NotFound."""
        raise NotImplementedError

    async def set_words(self, number: int, owner: str, *, allow: Sequence[str], deny: Sequence[str]) -> None:
        """Keep only new items that hold one of the ``allow`` words (if any) and none of the ``deny`` words.

        A word counts where it stands whole, in the title or the text, in either case. Documents that are
        held already stay; what was filtered out and is still offered is weighed anew. Raises NotFound.
        """
        raise NotImplementedError

    async def set_in_briefings(self, number: int, owner: str, wanted: bool) -> None:
        """Whether a source's documents go into briefings besides answers. Raises NotFound."""
        raise NotImplementedError

    async def import_list(self, path: Path, name: str, owner: str) -> Imported:
        """Follow the feeds of an OPML file called ``name``; each is read when the next refresh comes to it.

        Raises Unreadable where the file is none.
        """
        raise NotImplementedError

    async def export_list(self, owner: str) -> bytes:
        """The feeds that an owner follows, as an OPML file; pages and channels are not in it."""
        raise NotImplementedError

    async def refresh(self, *, everything: bool = False, owner: str | None = None) -> Refreshed:
        """Look at the sources that are due, or at ``everything`` but what is paused or gone; of one owner."""
        raise NotImplementedError

    async def run(
        self,
        tell: Callable[[Notice], Awaitable[None]],
        added: Callable[[Refreshed], Awaitable[None]],
    ) -> None:
        """Look at what is due, again and again, until cancelled.

        ``tell`` gets each notice once, ``added`` each round that brought or replaced documents. What these
        raise ends the run.
        """
        raise NotImplementedError
