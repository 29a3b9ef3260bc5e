"""Follows what is at an address: looks, lets the person choose, says what is new. Knows no feeds.

What was found at an address is kept as an offer to its chat, so that a tap can name it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import prompts
from bot.handlers import packs, sources, watching
from bot.handlers.desk import Desk, Visit, say
from bot.handlers.start import counted
from bot.handlers.waiting import Waiting, in_turn, work_on
from bot.pasted import addresses_in
from bot.render import Button, Part, followed_parts, plain_parts, source_data
from bot.render.buttons import Rows
from bot.render.pieces import their_line
from retrieval.types import SHARED

if TYPE_CHECKING:
    from retrieval.following import Followed, Looked, Offer
    from retrieval.library import AddReport

_MOST_OFFERED = 8


async def follow(desk: Desk, visit: Visit, words: str) -> None:
    """Follow what stands at an address; without one, explain with examples."""
    if not visit.private:
        await say(desk, visit, "follow_in_private")
    elif words:
        for address in addresses_in(words) or [words]:
            await look(desk, visit, address)
    else:
        parts = plain_parts(prompts.text("follow_what"), buttons=packs.choices())
        await desk.outbox.send_parts(visit.place, parts)


async def look(desk: Desk, visit: Visit, address: str, over: int | None = None) -> None:
    """See what is at an address, when it is this chat's turn; ``over`` is our message to use for it."""
    await in_turn(desk, visit, partial(_look, desk, visit, address, over))


async def chosen(desk: Desk, visit: Visit, offer: Offer, over: int | None, again: str) -> None:
    """Follow what was offered; ``again`` is the data of the button, which is offered once more on failure."""
    work = partial(_follow, desk, visit, offer)
    await in_turn(desk, visit, partial(work_on, desk, visit, _reading(offer), work, over, again))


async def read_once(desk: Desk, visit: Visit, address: str, over: int | None, again: str) -> None:
    """Read the one article or document at an address; ``again`` as for :func:`chosen`."""
    words = prompts.text("follow_looking", address=their_line(address, 80).text)
    work = partial(_read_once, desk, visit, address)
    await in_turn(desk, visit, partial(work_on, desk, visit, words, work, over, again))


async def share(desk: Desk, visit: Visit, number: int, over: int | None) -> None:
    """Let everybody ask about a source that its owner followed alone."""
    await in_turn(desk, visit, partial(_share, desk, visit, number, over))


async def offered(desk: Desk, visit: Visit, number: int, at: int) -> Offer | None:
    """What was offered in this chat under these numbers, or None."""
    from retrieval.following import Offer

    kept = await desk.asked.find(visit.chat, number, at)
    try:
        return Offer(**json.loads(kept)) if kept else None
    except (ValueError, TypeError):
        return None


async def _look(desk: Desk, visit: Visit, address: str, over: int | None) -> None:
    words = prompts.text("follow_looking", address=their_line(address, 80).text)
    await work_on(desk, visit, words, partial(_found, desk, visit, address), over)


async def _found(desk: Desk, visit: Visit, address: str, wait: Waiting) -> list[Part]:
    """What an address turned out to be: one feed is followed at once, several are offered.

    Whoever sends an article may mean that alone, so the feed of its site is only offered.
    """
    looked = await desk.following.look(address, visit.owner)
    feeds = [offer for offer in looked.offers if offer.kind != "page"]
    if len(feeds) == 1 and not looked.article:
        return await _follow(desk, visit, feeds[0], wait)
    if looked.article and not looked.offers:
        return await _read_once(desk, visit, address, wait)
    return await _choice(desk, visit, address, looked, feeds)


async def _choice(
    desk: Desk, visit: Visit, address: str, looked: Looked, feeds: Sequence[Offer]
) -> list[Part]:
    """Several feeds to choose from, or none: then the page itself, to be watched or to be read once."""
    shown = their_line(address, 80).text
    pages = [offer for offer in looked.offers if offer.kind == "page"]
    offers = [*feeds[:_MOST_OFFERED], *pages[:1]]
    kept = [json.dumps(asdict(offer)) for offer in offers] + [address]
    number = await desk.asked.offer(visit.chat, kept)
    buttons = [Button(label, f"o:{number}:{at}") for at, label in enumerate(_labels(offers))]
    if looked.article:
        buttons.append(Button(prompts.text("follow_once_button"), f"oo:{number}:{len(offers)}"))
    if not buttons:
        return plain_parts(prompts.text("follow_nothing", address=shown))
    if feeds:
        words = prompts.text("follow_choose")
    else:
        words = prompts.text("follow_no_feed" if looked.article else "follow_no_feed_here", address=shown)
    return plain_parts(words, question_buttons=buttons)


def _labels(offers: Sequence[Offer]) -> list[str]:
    """What the buttons say; feeds that share a title are told apart by their addresses."""
    titles = Counter(offer.title for offer in offers)
    labels = []
    for offer in offers:
        if offer.kind == "page":
            labels.append(prompts.text("follow_watch_button"))
        elif not offer.title or titles[offer.title] > 1:
            labels.append(offer.url.partition("//")[2])
        else:
            labels.append(offer.title)
    return labels


async def _follow(desk: Desk, visit: Visit, offer: Offer, wait: Waiting) -> list[Part]:
    await wait.say(_reading(offer))
    followed = await desk.following.follow(offer, visit.owner)
    if followed.newest:
        desk.looks.take(visit.chat, partial(watching.look, desk, visit.owner))
    return followed_parts(followed, desk.clock(), buttons=_afterwards(desk, visit, followed))


def _afterwards(desk: Desk, visit: Visit, followed: Followed) -> Rows:
    """What can be done with a source that is followed now."""
    number = followed.source.number
    first = (
        Button(prompts.text("source_pause_button"), source_data("p", number)),
        Button(prompts.text("source_remove_button"), source_data("x", number)),
    )
    shared = Button(prompts.text("source_share_button"), source_data("s", number))
    mine = followed.source.owner != SHARED and desk.people.owner == visit.person
    return (first, (shared,)) if mine else (first,)


async def _share(desk: Desk, visit: Visit, number: int, over: int | None) -> None:
    async def move(wait: Waiting) -> list[Part]:
        source = await desk.following.source(number, visit.owner)
        offer = Offer(source.kind, source.url, source.title)
        await wait.say(_reading(offer))
        followed = await desk.following.follow(offer, SHARED)
        brought = await desk.following.documents(number, visit.owner)
        await desk.following.unfollow(number, visit.owner)
        await sources.forget(desk, visit, brought, visit.owner)  # everybody's copies are theirs too
        desk.looks.take(watching.EVERYBODY, partial(watching.look, desk, SHARED))
        buttons = _afterwards(desk, visit, followed)
        return followed_parts(followed, desk.clock(), buttons=buttons, shared=True)

    from retrieval.following import Offer

    await work_on(desk, visit, prompts.text("source_share_button"), move, over)


async def _read_once(desk: Desk, visit: Visit, address: str, _wait: Waiting) -> list[Part]:
    report = await desk.following.read_once(address, visit.owner)
    if report.added or report.replaced:
        desk.looks.take(visit.chat, partial(watching.look, desk, visit.owner))
    return plain_parts(_once(report))


def _reading(offer: Offer) -> str:
    return prompts.text("follow_reading", title=their_line(offer.title or offer.url, 80).text)


def _once(report: AddReport) -> str:
    (document,) = (*report.added, *report.replaced, *report.unchanged)
    title = their_line(document.title, 100).text
    if not (report.added or report.passages):  # the same words were read before, perhaps under another date
        return prompts.text("once_known", title=title)
    return prompts.text("once_added", title=title, passages=counted(report.passages, "passage"))
