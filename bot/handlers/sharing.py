"""Shares stories and editions: as a file, by a link, in a feed. Knows nothing of how pages are served."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import structlog

import prompts
from bot.aside import in_thread
from bot.faults import described
from bot.handlers.desk import Desk, Visit, reader_of, say
from bot.handlers.tap import Tap, show
from bot.leaving import edition_for_others, for_others, own_documents
from bot.render import Button, Page, Part, plain_parts
from bot.render.buttons import Rows
from bot.render.lists import paging
from bot.render.sharing import Linked, file_name, html_of, link_parts, links_parts, title_of, titles
from bot.shares import FEED, MOST, Share

if TYPE_CHECKING:
    from retrieval.briefing import Briefing, Piece
    from retrieval.types import Document

_log = structlog.get_logger()


async def found(desk: Desk, visit: Visit, kind: str, number: int) -> Piece | Briefing | None:
    """A story ("s") or an edition ("e") that may be read in this chat, as it may leave it."""
    if kind == "s":
        piece = await desk.stories.find(number, visit.scope.owners)
        return for_others(piece) if piece else None
    reader = await reader_of(desk, visit)
    edition = await desk.kept_editions.find(number, reader) if reader is not None else None
    return edition_for_others(edition.briefing) if edition and edition.briefing.pieces else None


def own(content: Piece | Briefing) -> tuple[Document, ...]:
    """The documents that a page quotes and that are not everybody's."""
    from retrieval.briefing import Piece

    return own_documents([content] if isinstance(content, Piece) else content.pieces)


async def send_file(desk: Desk, visit: Visit, content: Piece | Briefing) -> None:
    """Send a page as a file that needs nothing else."""
    caption = prompts.text("share_file", title=title_of(content))
    if quoted := own(content):
        caption = f"{caption} {prompts.text('share_file_own', titles=titles(quoted))}"
    try:
        html = await in_thread(partial(html_of, content))
    except Exception as error:
        _log.error("page.failed", **described(error))
        await say(desk, visit, "failed")
        return
    await desk.outbox.send_file(visit.place, html.encode(), file_name(content), caption)


async def linked(desk: Desk, visit: Visit, kind: str, number: int, content: Piece | Briefing) -> list[Part]:
    """Make a link, and show it."""
    from retrieval.briefing import Piece

    if isinstance(content, Piece):
        share = await desk.shares.story(visit.person, number, content)
    else:
        share = await desk.shares.edition(visit.person, number, content)
    return _shown(desk, share)


async def feed(desk: Desk, visit: Visit) -> list[Part]:
    """Make the feed of a person's editions, and show its address."""
    return _shown(desk, await desk.shares.feed(visit.person, prompts.text("feed_title")))


async def shares(desk: Desk, visit: Visit, _words: str) -> None:
    """List a person's links."""
    if visit.private:
        await desk.outbox.send_parts(visit.place, await links_page(desk, visit, 1))
    else:
        await say(desk, visit, "shares_in_private")


async def links_page(desk: Desk, visit: Visit, number: int) -> list[Part]:
    """One page of a person's links, each with a button that takes it back."""
    every = await desk.shares.of(visit.person)
    feeds = desk.shares.offered and not any(share.kind == FEED for share in every)
    more: Rows = ((Button(prompts.text("share_feed_button"), "ha"),),) if feeds else ()
    if not every:
        words = prompts.text("shares_none" if desk.shares.offered else "shares_closed")
        return plain_parts(words, buttons=more)
    page = Page.of(number, len(every))
    shown = [
        Linked(share, desk.shares.address(share)) for share in every[page.offset : page.offset + page.size]
    ]
    return links_parts(shown, page, opened=desk.shares.offered, buttons=paging("ho", page) + more)


async def end(desk: Desk, tap: Tap, share: Share) -> None:
    """Take a link back."""
    await desk.shares.end(share)
    await show(desk, tap, plain_parts(prompts.text("share_ended")))


async def end_listed(desk: Desk, tap: Tap, share: Share) -> None:
    """Take a link back, and show those that are left."""
    await desk.shares.end(share)
    await show(desk, tap, await links_page(desk, tap.visit, 1))


def _shown(desk: Desk, share: Share | None) -> list[Part]:
    if share is None:
        return plain_parts(prompts.text("share_too_many", count=MOST))
    return link_parts(Linked(share, desk.shares.address(share)))
