"""Turns what is shared into pages, files and messages. Knows nothing of how links are kept or served."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import prompts
from bot.render.brief_page import Card, Corrected, page, story_page
from bot.render.buttons import Button, Rows
from bot.render.clean import day
from bot.render.lists import Page, plain_parts, which_page
from bot.render.pieces import Text, bold, joined, link, their_line
from bot.render.split import Block, Part, parts
from retrieval.briefing import Briefing, Piece

if TYPE_CHECKING:
    from bot.shares import Share
    from retrieval.types import Document

_TITLE = 100  # characters
_NAME = 60  # characters of a file's name
_TITLES = 3  # of one's own documents that are named
_IN_ROW = 2  # buttons that take a link back
_RESERVED = re.compile("(?:con|prn|aux|nul|com[0-9]|lpt[0-9])")  # names that Windows keeps for itself


@dataclass(frozen=True, slots=True)
class Linked:
    """A link as a list shows it: what it opens and where."""

    share: Share
    address: str


def html_of(content: Piece | Briefing, card: Card | None = None, corrected: Sequence[Corrected] = ()) -> str:
    """The page of a story or of an edition; with a ``card``, messengers announce its link."""
    if isinstance(content, Briefing):
        return page(content, card=card, corrected=corrected)
    return story_page(content, card=card, corrected=corrected)


def title_of(content: Piece | Briefing) -> str:
    """What a story or an edition is called, in one line in which nothing can be tapped."""
    said = content.headline if isinstance(content, Piece) else content.title
    return their_line(said, _TITLE).text


def file_name(content: Piece | Briefing) -> str:
    """A name that every file system takes: the headline of a story, or the date of an edition."""
    from anyascii import anyascii

    if isinstance(content, Briefing):
        return f"briefing-{content.day.isoformat()}.html"
    words = re.sub("[^a-z0-9]+", "-", anyascii(content.headline).lower()).strip("-")
    if len(words) > _NAME:
        words = words[: _NAME + 1].rpartition("-")[0] or words[:_NAME]
    return f"{'story' if not words or _RESERVED.fullmatch(words) else words}.html"


def share_button(story: int) -> Button:
    """The button that shares the story kept under a number."""
    return Button(prompts.text("share_button"), f"hs:{story}")


def offer_parts(title: str, data: str, *, feed: bool) -> list[Part]:
    """Asks how a story or an edition is to be shared; ``data`` names it."""
    kind, _, number = data.partition(":")
    rows: Rows = (
        (
            Button(prompts.text("share_file_button"), f"{kind}f:{number}"),
            Button(prompts.text("share_link_button"), f"{kind}l:{number}"),
        ),
    )
    rows += ((Button(prompts.text("share_feed_button"), "ha"),),) if feed else ()
    return plain_parts(prompts.text("share_offer", title=title), buttons=rows)


def own_parts(own: Sequence[Document], yes: str) -> list[Part]:
    """Asks whether others may read what a page quotes of somebody's own documents."""
    words = prompts.text("share_own", titles=titles(own))
    return plain_parts(words, buttons=((_sure("share_own_button", yes), _sure("share_not_button", "hn")),))


def feed_question_parts() -> list[Part]:
    """Asks whether a feed shall be made."""
    rows = ((_sure("feed_on_button", "ha!"), _sure("share_not_button", "hn")),)
    return plain_parts(prompts.text("feed_ask"), buttons=rows)


def link_parts(linked: Linked) -> list[Part]:
    """A link, with the button that takes it back."""
    share = linked.share
    said = (
        prompts.text("feed_on")
        if share.kind == "feed"
        else prompts.text("share_link", title=their_line(share.title, _TITLE).text)
    )
    blocks = [Block(Text(said)), Block(_address(linked.address))]
    return parts(blocks, ((Button(prompts.text("share_end_button"), f"hd:{share.number}"),),))


def links_parts(shown: Sequence[Linked], page: Page, *, opened: bool, buttons: Rows) -> list[Part]:
    """One page of a person's links, each with a number on a button that takes it back.

    ``opened``: they can be opened at the moment.
    """
    blocks = [Block(bold(prompts.text("shares_head")) + which_page(page))]
    blocks += [] if opened else [Block(Text(prompts.text("share_closed")))]
    ends = []
    for at, linked in enumerate(shown, page.offset + 1):
        share = linked.share
        title = f"{at}. " + their_line(share.title, _TITLE)
        kind = prompts.text("shares_feed") if share.kind == "feed" else prompts.text("shares_page")
        since = Text(prompts.text("shares_since", day=day(share.created)))
        address = _address(linked.address) if opened else Text()
        blocks.append(Block(joined("\n", [title, joined(" · ", [Text(kind), since]), address])))
        ends.append(Button(prompts.text("shares_end_button", number=at), f"hx:{share.number}"))
    rows = tuple(tuple(ends[at : at + _IN_ROW]) for at in range(0, len(ends), _IN_ROW))
    return parts(blocks, rows + buttons)


def titles(documents: Sequence[Document]) -> str:
    """The titles of some documents, and how many more there are."""
    named = [f"“{their_line(each.title, _TITLE).text or '…'}”" for each in documents[:_TITLES]]
    more = len(documents) - len(named)
    return ", ".join(named) + (f" (+{more})" if more else "")


def _address(address: str) -> Text:
    return link(address, address)


def _sure(name: str, data: str) -> Button:
    return Button(prompts.text(name), data)
