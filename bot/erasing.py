"""Erases what a reader or a person stored, from every table and from the index. Knows nothing of messages.

What is forgotten is overwritten in the database and its log. The index holds no words, only numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retrieval.types import Scope, person

if TYPE_CHECKING:
    from bot.handlers.desk import Desk

_MOST = 1_000  # editions that are counted


@dataclass(frozen=True, slots=True)
class Stored:
    """How much a person stored."""

    documents: int
    sources: int
    editions: int
    opinions: int
    links: int
    watches: int
    subscribed: bool


async def stored(desk: Desk, id: int) -> Stored:
    """Count what a person stored; what everybody shares is not theirs."""
    return Stored(
        documents=(await desk.library.holdings(Scope((person(id),)))).documents,
        sources=len(await desk.following.sources(person(id))),
        editions=len(await desk.deliveries.past(id, _MOST)),
        opinions=len(await desk.tastes.of(id)),
        links=len(await desk.shares.of(id)),
        watches=len(await desk.watches.of(id)),
        subscribed=await desk.subscribers.find(id) is not None,
    )


async def erase_editions(desk: Desk, reader: int) -> None:
    """Erase all that is known of a reader's editions, but not what they think of stories."""
    for store in (desk.deliveries, desk.kept_editions, desk.corrections):
        await store.forget(reader)


async def erase(desk: Desk, id: int) -> None:
    """Erase everything a person stored, and their name; what the settings say of them stays.

    Briefings of groups that they set up go on in the name of whoever runs the bot, or end with theirs.
    """
    owner = person(id)
    desk.questions.stop(id)
    await _leave_groups(desk, id)
    await desk.subscribers.drop(id)
    await erase_editions(desk, id)
    for reads in (desk.tastes, desk.shares):
        await reads.forget(id)
    for says in (desk.watches, desk.histories):
        await says.forget_person(id)
    for chats in (desk.histories, desk.grounds, desk.asked, desk.awaited):
        await chats.forget_chat(id)
    desk.baskets.drop(id)
    desk.outbox.forget(id)
    await desk.stories.forget(owner)
    desk.editions.forget()
    await desk.people.forget(id)
    await desk.library.forget(owner)  # at last, since it also lets the database's log begin anew


async def _leave_groups(desk: Desk, id: int) -> None:
    heir = desk.people.owner
    for kept in await desk.subscribers.set_by(id):
        if kept.private:
            continue
        if heir is not None and heir != id:
            await desk.subscribers.keep(replace(kept, by=heir))
        else:
            await desk.subscribers.drop(kept.reader)
            await erase_editions(desk, kept.reader)
            await desk.tastes.forget(kept.reader)
