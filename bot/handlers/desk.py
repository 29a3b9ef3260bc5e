"""What every handler works with, and where a message comes from. Knows nothing of what handlers do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from telegram import Bot, Message

import prompts
from bot.addressed import PRIVATE
from bot.asked import Asked
from bot.awaited import Awaited
from bot.backlog import Backlog
from bot.baskets import Baskets
from bot.corrections import Corrections
from bot.deliveries import Deliveries
from bot.editions import Editions
from bot.grounds import Grounds
from bot.handlers.ticket import Ticket
from bot.histories import Histories
from bot.kept_editions import KeptEditions
from bot.kept_stories import KeptStories
from bot.outbox import Outbox, Place
from bot.people import Clock, People
from bot.shares import Shares
from bot.streaming import Drafts
from bot.subscribers import Subscribers, Subscription
from bot.tastes import Tastes
from bot.turns import Turns
from bot.watches import Watches
from retrieval.types import Quote, Scope, person

if TYPE_CHECKING:
    from retrieval.following import Following
    from retrieval.library import Library


@dataclass(frozen=True, slots=True)
class Desk:
    """The library, the sources and the people, what is remembered, the ways in and out, what is under way.

    ``editions`` are written for ``subscribers``; ``deliveries`` is the ledger of what was sent,
    ``corrections`` of what was put right, ``stories`` what was told in it, ``kept_editions`` the editions;
    ``shares`` are links to them. ``baskets`` gather what arrives together. ``under_way`` holds the question
    that each chat is busy with; ``looks`` are looks at the open watches.
    """

    bot: Bot
    library: Library
    following: Following
    people: People
    asked: Asked
    awaited: Awaited
    histories: Histories
    grounds: Grounds
    watches: Watches
    subscribers: Subscribers
    deliveries: Deliveries
    corrections: Corrections
    stories: KeptStories
    kept_editions: KeptEditions
    shares: Shares
    tastes: Tastes
    editions: Editions
    outbox: Outbox
    drafts: Drafts
    questions: Turns
    uploads: Turns
    looks: Turns
    baskets: Baskets
    under_way: dict[int, Ticket]
    backlog: Backlog
    clock: Clock
    inbox: Path
    sample_questions: tuple[str, ...]

    @property
    def username(self) -> str:
        """The bot's name as it is mentioned, without the @."""
        return self.bot.username

    def open_link(self, quote: Quote) -> str:
        """A link that shows a quote's passage in the private chat with the bot."""
        return f"https://t.me/{self.username}?start=p_{quote.passage}_{quote.start}_{quote.end}"


@dataclass(frozen=True, slots=True)
class Visit:
    """Who speaks, and in which chat: what may be read for them, and where the answer goes."""

    person: int
    chat: int
    private: bool
    thread: int | None = None
    message: int | None = None
    language: str | None = None  # of the person's client

    @classmethod
    def of(cls, message: Message, person: int) -> Visit:
        """The visit that a message of a chat belongs to."""
        thread = message.message_thread_id if message.is_topic_message else None
        author = message.from_user
        language = author.language_code if author and author.id == person else None
        private = message.chat.type == PRIVATE
        return cls(person, message.chat.id, private, thread, message.message_id, language)

    @classmethod
    def to(cls, subscription: Subscription) -> Visit:
        """The visit to where a subscription's editions go, in the name of whoever set it up."""
        place = subscription.place
        return cls(subscription.by, place.chat, subscription.private, place.thread)

    @property
    def room(self) -> Place:
        """The place itself: a private chat, a group, or a topic of one."""
        return Place(self.chat, None if self.private else self.thread)

    @property
    def owner(self) -> str:
        """The name this person's own documents are kept under."""
        return person(self.person)

    @property
    def scope(self) -> Scope:
        """In a group the shared library alone; in private also the person's own documents."""
        return Scope.of(self.owner) if self.private else Scope()

    @property
    def place(self) -> Place:
        """Where an answer goes: in a group as a reply, so that it is clear to whom."""
        return Place(self.chat, self.thread, None if self.private else self.message)

    @property
    def reply(self) -> Place:
        """Where an answer goes that must name what it answers."""
        return Place(self.chat, self.thread, self.message)


async def reader_of(desk: Desk, visit: Visit) -> int | None:
    """Who reads briefings where a visit happens: in private the person, else the group or topic, if any."""
    if visit.private:
        return visit.person
    kept = await desk.subscribers.at(visit.room)
    return kept.reader if kept else None


async def say(desk: Desk, visit: Visit, line: str, /, **values: object) -> None:
    """Answer with one of the fixed texts."""
    await desk.outbox.say(visit.place, prompts.text(line, **values))
