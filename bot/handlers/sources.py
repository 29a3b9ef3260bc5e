"""Lists what is followed, shows one source's card and does what its buttons say. Knows no feeds."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from telegram import Message

import prompts
from bot.handlers import documents
from bot.handlers.desk import Desk, Visit, say
from bot.handlers.start import counted
from bot.handlers.waiting import Waiting, in_turn, work_on
from bot.outbox import Place
from bot.render import (
    Button,
    Page,
    Part,
    asking_part,
    card_parts,
    plain_parts,
    said_parts,
    source_data,
    sources_parts,
)
from bot.render.buttons import Rows, page_data
from bot.render.lists import paging
from bot.render.pieces import their_line
from retrieval.errors import FootnoteError, NotFound
from retrieval.types import SHARED

if TYPE_CHECKING:
    from retrieval.following import Source

_MOST_WORDS = 40
_LONGEST_WORD = 60  # characters
_TROUBLED = ("failing", "gone")
_NONE = {"-", "–", "—"}


async def sources(desk: Desk, visit: Visit, _words: str) -> None:
    """List what is followed; where nothing is, the documents that can be answered from."""
    await desk.outbox.send_parts(visit.place, await sources_page(desk, visit, 1))


async def sources_page(desk: Desk, visit: Visit, number: int) -> list[Part]:
    """One page of what is followed by the person and by everybody; in a group by everybody alone."""
    followed = await _followed(desk, visit)
    if not followed:
        return await documents_page(desk, visit, number)
    page = Page.of(number, len(followed))
    shown = followed[page.offset : page.offset + page.size]
    holdings = await desk.library.holdings(visit.scope)
    held = counted(holdings.documents, "document")
    more = ((Button(prompts.text("sources_documents_button", documents=held), page_data("s", 1)),),)
    cards = [source.number for source in shown if _manages(desk, visit, source)]
    return sources_parts(
        shown, page, desk.clock(), cards=cards, buttons=paging("l", page, "‹ Back", "More ›") + more
    )


async def documents_page(desk: Desk, visit: Visit, number: int) -> list[Part]:
    """One page of the documents, with the way back to the sources, or to some to begin with."""
    if await _followed(desk, visit):
        more: Rows = ((Button(prompts.text("sources_back_button"), page_data("l", 1)),),)
    else:
        more = ((Button(prompts.text("follow_begin_button"), "gg"),),) if visit.private else ()
    return await documents.documents_page(desk, visit, number, more)


async def card(desk: Desk, visit: Visit, source: Source) -> list[Part]:
    """One source with its buttons."""
    number = source.number
    stopped = source.state.value in ("paused", "gone", "failing")
    resume = "source_resume_button" if source.state.value == "paused" else "source_retry_button"
    first = (
        Button(prompts.text(resume), source_data("r", number))
        if stopped
        else Button(prompts.text("source_pause_button"), source_data("p", number)),
        Button(prompts.text("source_remove_button"), source_data("x", number)),
    )
    words = (
        Button(prompts.text("source_allow_button"), source_data("a", number)),
        Button(prompts.text("source_deny_button"), source_data("d", number)),
    )
    use = (
        Button(prompts.text("source_answers_button"), source_data("o", number))
        if source.in_briefings
        else Button(prompts.text("source_briefings_button"), source_data("b", number))
    )
    third = [use]
    if source.owner != SHARED and desk.people.owner == visit.person:
        third.append(Button(prompts.text("source_share_button"), source_data("s", number)))
    back = (Button(prompts.text("sources_back_button"), source_data("l", number)),)
    return card_parts(source, desk.clock(), buttons=(first, words, tuple(third), back))


async def managed(desk: Desk, visit: Visit, number: int) -> Source:
    """A source that this person may change: their own, and for the owner also the shared library's.

    Raises NotFound.
    """
    try:
        return await desk.following.source(number, visit.owner)
    except NotFound:
        if desk.people.owner != visit.person:
            raise
        return await desk.following.source(number, SHARED)


async def act(desk: Desk, visit: Visit, source: Source, action: str) -> list[Part]:
    """Do what a button of a card says; what stands in the place of the card then. Raises FootnoteError."""
    number, owner = source.number, source.owner
    title = their_line(source.title or source.url, 100).text
    if action == "x":
        return await _sure(desk, source)
    if action == "y":
        await desk.following.unfollow(number, owner)
        return plain_parts(prompts.text("source_removed", title=title))
    if action == "l":
        return await _page_with(desk, visit, number)
    if action == "p":
        await desk.following.pause(number, owner)
    elif action == "r":
        await desk.following.resume(number, owner)
    elif action in ("b", "o"):
        await desk.following.set_in_briefings(number, owner, action == "b")
    return await card(desk, visit, await desk.following.source(number, owner))


async def remove_all(desk: Desk, visit: Visit, source: Source, over: int | None) -> None:
    """Stop following a source and forget what it brought, when it is this chat's turn."""
    title = their_line(source.title or source.url, 100).text

    async def work(_wait: Waiting) -> list[Part]:
        brought = await desk.following.documents(source.number, source.owner)
        await desk.following.unfollow(source.number, source.owner)
        forgotten = await forget(desk, visit, brought, source.owner)
        count = counted(forgotten, "document")
        return plain_parts(prompts.text("source_removed_all", title=title, documents=count))

    words = prompts.text("source_removing", title=title)
    await in_turn(desk, visit, partial(work_on, desk, visit, words, work, over))


async def forget(desk: Desk, visit: Visit, numbers: Sequence[int], owner: str) -> int:
    """Erase documents of an owner, and the conversation that may hold what they said; how many there were."""
    gone = 0
    for number in numbers:
        with suppress(NotFound):
            await desk.library.remove(number, owner)
            gone += 1
    if gone:
        await desk.histories.forget_chat(visit.chat)
        desk.editions.forget()
        await desk.deliveries.forget_words(visit.person)
        await desk.stories.forget(owner)
        await desk.shares.forget_documents(numbers)
        await desk.corrections.forget_words(numbers)
        await desk.tastes.forget_words(numbers)
    return gone


async def ask_words(desk: Desk, visit: Visit, source: Source, action: str) -> None:
    """Ask for the words that its items must, or must not, hold."""
    title = their_line(source.title or source.url, 100).text
    words = (
        prompts.text("words_allow", title=title) if action == "a" else prompts.text("words_deny", title=title)
    )
    async with desk.awaited.asking(visit.chat):
        for sent in await desk.outbox.send_parts(Place(visit.chat, visit.thread), [asking_part(words)]):
            await desk.awaited.expect(visit.chat, sent, action, source.number)


async def answered(desk: Desk, visit: Visit, message: Message) -> bool:
    """Whether a message replies to a question for words; then they are set."""
    replied = message.reply_to_message
    if replied is None or not visit.private:
        return False
    asked = await desk.awaited.find(visit.chat, replied.message_id)
    if asked is None:
        return False
    try:
        await _set_words(desk, visit, await managed(desk, visit, asked[1]), asked[0], message.text or "")
    except FootnoteError as error:
        await desk.outbox.send_parts(visit.place, said_parts(str(error)))
    return True


async def _sure(desk: Desk, source: Source) -> list[Part]:
    """Asks once more before a source goes, alone or with what it brought."""
    number, title = source.number, their_line(source.title or source.url, 100).text
    yes = Button(prompts.text("source_remove_sure_button"), source_data("y", number))
    no = Button(prompts.text("source_keep_button"), source_data("", number))
    rows: Rows = ((yes, no),)
    if brought := await desk.following.documents(number, source.owner):
        label = prompts.text("source_remove_all_button", documents=counted(len(brought), "document"))
        rows += ((Button(label, source_data("z", number)),),)
    return plain_parts(prompts.text("source_remove_sure", title=title), buttons=rows)


async def _set_words(desk: Desk, visit: Visit, source: Source, action: str, said: str) -> None:
    words = words_in(said)
    if words is None:
        await say(desk, visit, "words_too_many", count=_MOST_WORDS, length=_LONGEST_WORD)
        return
    allow = words if action == "a" else source.allow
    deny = words if action == "d" else source.deny
    await desk.following.set_words(source.number, source.owner, allow=allow, deny=deny)
    shown = await card(desk, visit, await managed(desk, visit, source.number))
    await desk.outbox.send_parts(visit.place, [*plain_parts(prompts.text("words_set")), *shown])


def words_in(said: str) -> tuple[str, ...] | None:
    """The words of a reply, in their order and each once; none for a dash. None where they are too many."""
    if said.strip() in _NONE:
        return ()
    found = tuple(dict.fromkeys(" ".join(word.split()) for word in said.replace("\n", ",").split(",")))
    words = tuple(word for word in found if any(map(str.isalnum, word)))
    return None if len(words) > _MOST_WORDS or any(len(word) > _LONGEST_WORD for word in words) else words


async def _page_with(desk: Desk, visit: Visit, number: int) -> list[Part]:
    """The page of the list on which a source stands."""
    numbers = [source.number for source in await _followed(desk, visit)]
    at = numbers.index(number) if number in numbers else 0
    return await sources_page(desk, visit, at // Page.of(1, len(numbers)).size + 1)


async def _followed(desk: Desk, visit: Visit) -> list[Source]:
    """What is followed for whoever reads along in this chat: what is in trouble first, then one's own."""
    owners = [visit.owner, SHARED] if visit.private else [SHARED]
    found = [source for owner in owners for source in await desk.following.sources(owner)]
    return sorted(found, key=lambda source: source.state.value not in _TROUBLED)


def _manages(desk: Desk, visit: Visit, source: Source) -> bool:
    """Whether the person may change a source, in this chat."""
    return visit.private and (source.owner == visit.owner or desk.people.owner == visit.person)
