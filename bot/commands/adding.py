"""Adds what a person points at: files, folders, addresses, lists of feeds. Knows nothing of reading them."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import Json, Person, command, owner_of, print_json

if TYPE_CHECKING:
    from bot.progress import Show
    from retrieval.following import Followed, Following, Looked, Offer, Refreshed
    from retrieval.library import AddReport, Library
    from retrieval.types import Document


@dataclass(slots=True)
class Tally:
    """What became of everything that was to be added."""

    added: list[Document] = field(default_factory=list)
    replaced: list[Document] = field(default_factory=list)
    unchanged: list[Document] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    followed: list[Followed] = field(default_factory=list)
    imported: int = 0
    passages: int = 0

    def count(self, report: AddReport) -> None:
        """Documents that were added."""
        self.count_refreshed(report)
        self.unchanged += report.unchanged
        self.unreadable += report.unreadable

    def count_refreshed(self, report: AddReport | Refreshed) -> None:
        """Documents that sources brought."""
        self.added += report.added
        self.replaced += report.replaced
        self.passages += report.passages

    @property
    def in_vain(self) -> bool:
        """Whether nothing at all could be had."""
        return bool(self.unreadable) and not (
            self.added or self.replaced or self.unchanged or self.followed or self.imported
        )


@command
async def add(
    sources: Annotated[
        list[str],
        typer.Argument(help="Files, folders, JSONL corpora, addresses, @channels, OPML.", metavar="SOURCE…"),
    ],
    person: Person = None,
    once: Annotated[
        bool, typer.Option("--once", help="Read pages once, where their sites offer feeds to follow.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add documents, and follow feeds: .txt, .md, .html, .pdf, .docx, folders, corpora, OPML, addresses.

    A feed or a public @channel is followed, and a site by the best feed it offers; an article is read once.
    """
    from bot import as_json as form
    from bot.opening import opened_with_following
    from bot.progress import shown
    from retrieval.sources import Kind, kind_of

    tally, owner = Tally(), owner_of(person)
    files: list[str] = []
    async with opened_with_following() as (library, following):
        await library.prepare()  # before anything is fetched that could not be kept
        with shown() as show:
            for source in sources:
                match kind_of(source):
                    case Kind.ADDRESS:
                        await _add_address(following, source, owner, once, tally)
                    case Kind.LIST:
                        await _import(following, source, owner, tally, show)
                    case Kind.FILES:
                        files.append(source)
            if files:
                tally.count(await _add_files(library, files, owner, show))
            if tally.followed:
                numbers = [each.source.number for each in tally.followed]
                await _finish(following, owner, numbers, tally, show)
        for sentence in tally.unreadable:
            print(sentence, file=sys.stderr)
        if as_json:
            print_json(form.added(tally))
        else:
            _tell(tally)
    if tally.in_vain:
        raise typer.Exit(1)


async def _add_files(library: Library, files: list[str], owner: str, show: Show) -> AddReport:
    from retrieval.sources import count, read_files

    total = await asyncio.to_thread(count, files)
    return await library.add(
        read_files(files),
        owner,
        reading=lambda done: show("Reading documents", done, total),
        progress=lambda done, total: show("Indexing passages", done, total),
    )


async def _add_address(following: Following, address: str, owner: str, once: bool, tally: Tally) -> None:
    """Follow what an address offers, or read what is there."""
    from retrieval.errors import LimitReached, Unreachable, Unreadable

    try:
        looked = await following.look(address, owner)
        offer = None if once else _to_follow(looked)
        if offer:
            followed = await following.follow(offer, owner)
            tally.followed.append(followed)
            tally.count_refreshed(followed.brought)
        else:
            tally.count(await following.read_once(address, owner))
    except (Unreachable, Unreadable, LimitReached) as fault:
        tally.unreadable.append(str(fault))


def _to_follow(looked: Looked) -> Offer | None:
    """What is followed where an address alone was given: the best feed or channel, unless of an article."""
    from retrieval.following.addresses import slug

    best = looked.offers[0] if looked.offers else None
    page = looked.offers[-1] if looked.offers else None
    if best is None or page is None or best.kind == "page":
        return None
    return None if looked.article and slug(page.url) else best


async def _import(following: Following, file: str, owner: str, tally: Tally, show: Show) -> None:
    """Follow the feeds of a list and read them."""
    from retrieval.errors import Unreadable

    before = {source.number for source in await following.sources(owner)}
    try:
        imported = await following.import_list(Path(file), Path(file).name, owner)
    except Unreadable as fault:
        tally.unreadable.append(str(fault))
        return
    tally.imported += imported.followed + imported.known
    tally.unreadable += imported.unreadable
    new = [source.number for source in await following.sources(owner) if source.number not in before]
    print(f"{imported.followed} new sources, {imported.known} known before.", file=sys.stderr)
    await _finish(following, owner, new, tally, show)


async def _finish(following: Following, owner: str, numbers: list[int], tally: Tally, show: Show) -> None:
    """Read what is still to be read of sources, until nothing more of them is due."""
    while True:  # each round reads what the one before had no time for
        found = await following.refresh(
            only=numbers, progress=lambda done, total: show("Reading sources", done, total)
        )
        tally.count_refreshed(found)
        if not found.looked_at:
            break
    for source in await following.sources(owner):
        if source.number in numbers and source.reason:
            tally.unreadable.append(source.reason)


def _tell(tally: Tally) -> None:
    for each in tally.followed:
        source, already = each.source, " already" if each.known else ""
        print(f"“{source.title}”, a {source.kind}, is followed{already}: {source.url}")
    print(
        f"{len(tally.added)} added, {len(tally.replaced)} replaced, {len(tally.unchanged)} unchanged, "
        f"{len(tally.unreadable)} not readable; {tally.passages} new passages."
    )
