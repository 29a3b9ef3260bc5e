"""Furnishes the desk: the tables of every store, and what each is given. Knows nothing of updates."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Bot

from bot import (
    asked,
    awaited,
    corrections,
    deliveries,
    grounds,
    histories,
    kept_editions,
    kept_stories,
    people,
    shares,
    subscribers,
    tastes,
    watches,
)
from bot.asked import Asked
from bot.awaited import Awaited
from bot.backlog import Backlog
from bot.baskets import Baskets
from bot.corrections import Corrections
from bot.deliveries import Deliveries
from bot.editions import Editions
from bot.grounds import Grounds
from bot.handlers.desk import Desk
from bot.handlers.ticket import Ticket
from bot.histories import Histories
from bot.kept_editions import KeptEditions
from bot.kept_stories import KeptStories
from bot.outbox import Outbox
from bot.people import Clock, People
from bot.shares import Shares
from bot.streaming import Drafts
from bot.subscribers import Subscribers
from bot.tastes import Tastes
from bot.turns import Turns
from bot.watches import Watches
from retrieval import database

if TYPE_CHECKING:
    from retrieval.following import Following
    from retrieval.library import Library

_SCHEMAS = {
    "people": people.SCHEMA,
    "asked": asked.SCHEMA,
    "awaited": awaited.SCHEMA,
    "histories": histories.SCHEMA,
    "grounds": grounds.SCHEMA,
    "watches": watches.SCHEMA,
    "subscribers": subscribers.SCHEMA,
    "deliveries": deliveries.SCHEMA,
    "corrections": corrections.SCHEMA,
    "kept_stories": kept_stories.SCHEMA,
    "kept_editions": kept_editions.SCHEMA,
    "shares": shares.SCHEMA,
    "tastes": tastes.SCHEMA,
}
_QUESTIONS_WAITING = 5
_UPLOADS_WAITING = 20
_LOOKS_WAITING = 1


@dataclass(frozen=True, slots=True)
class BotConfig:
    """What the bot must be told: its token, where Telegram is, whom it answers, where files may wait.

    ``folder`` is the data folder; uploads pass through a folder inside it. ``sample_questions`` are
    offered while the sample library is held. ``public_url`` is what links that people share begin with; they
    are then served where the bot is to ``listen``, a host and a port.
    """

    token: str
    folder: Path
    api_url: str = "https://api.telegram.org"
    allowed_users: tuple[int, ...] = ()
    sample_questions: tuple[str, ...] = ()
    public_url: str | None = None
    listen: tuple[str, int] = ("127.0.0.1", 8480)


async def furnish(
    bot: Bot,
    config: BotConfig,
    library: Library,
    following: Following,
    engine: AsyncEngine,
    clock: Clock,
) -> Desk:
    """A desk whose tables are there and whose people are known."""
    for component, steps in _SCHEMAS.items():
        await database.apply(engine, component, steps)
    known = People(engine, config.allowed_users, clock)
    await known.load()
    subscribed = Subscribers(engine, clock)
    await subscribed.load()
    watched = Watches(engine, clock)
    stories, opinions = KeptStories(engine, clock), Tastes(engine, clock)
    under_way: dict[int, Ticket] = {}

    async def moved(old: int, new: int) -> None:
        """A group has another id now, and what goes to it goes there."""
        await subscribed.move(old, new)
        await watched.move(old, new)

    def sent(chat: int) -> None:
        """A message takes the place of a preview, which is then drawn anew."""
        ticket = under_way.get(chat)
        if ticket and ticket.preview:
            ticket.preview.covered()

    return Desk(
        bot=bot,
        library=library,
        following=following,
        people=known,
        asked=Asked(engine, clock),
        awaited=Awaited(engine, clock),
        histories=Histories(engine, clock),
        grounds=Grounds(engine, clock),
        watches=watched,
        subscribers=subscribed,
        deliveries=Deliveries(engine, clock),
        corrections=Corrections(engine, clock),
        stories=stories,
        kept_editions=KeptEditions(engine, clock, stories),
        shares=Shares(engine, clock, config.public_url or ""),
        tastes=opinions,
        editions=Editions(library, following, opinions),
        outbox=Outbox(bot, sent=sent, moved=moved),
        drafts=Drafts(bot),
        questions=Turns(waiting=_QUESTIONS_WAITING),
        uploads=Turns(waiting=_UPLOADS_WAITING),
        looks=Turns(waiting=_LOOKS_WAITING),
        baskets=Baskets(),
        under_way=under_way,
        backlog=Backlog(clock()),
        clock=clock,
        inbox=_empty_inbox(config.folder),
        sample_questions=config.sample_questions,
    )


def _empty_inbox(folder: Path) -> Path:
    """The folder uploads pass through; what a killed process left in it is removed."""
    inbox = folder / "uploads"
    shutil.rmtree(inbox, ignore_errors=True)
    inbox.mkdir(parents=True)
    return inbox
