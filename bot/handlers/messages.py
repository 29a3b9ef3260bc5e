"""Brings a message that was let in to the handler of what it asks for. Knows nothing of answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from telegram import Message

from bot.addressed import Wish, wish_of
from bot.handlers import (
    access,
    deleting,
    documents,
    following,
    lists,
    posts,
    questions,
    sharing,
    sources,
    standing,
    start,
    status,
    subscribing,
    wishes,
)
from bot.handlers.desk import Desk, Visit, say
from bot.pasted import addresses_in

Handler = Callable[[Desk, Visit, str], Awaitable[None]]

COMMANDS: dict[str, Handler] = {
    "start": start.start,
    "help": start.help,
    "new": questions.new,
    "follow": following.follow,
    "sources": sources.sources,
    "subscribe": subscribing.subscribe,
    "settings": subscribing.settings,
    "briefing": subscribing.briefing,
    "pause": subscribing.pause,
    "unsubscribe": subscribing.unsubscribe,
    "status": status.status,
    "shares": sharing.shares,
    "export": lists.export,
    "deleteme": deleting.deleteme,
    "forget": documents.forget,
    "stop": questions.stop,
}

_log = structlog.get_logger()


async def route(desk: Desk, message: Message) -> None:
    """Act on a message of an allowed person; what is not addressed to the bot is not read."""
    if await standing.moved(desk, message):
        return
    person = await access.speaker(desk, message)
    if person is None:
        return
    visit = Visit.of(message, person)
    wish = wish_of(message, desk.bot.bot)
    if desk.subscribers.away(visit.room) and (kept := await desk.subscribers.at(visit.room)):
        await subscribing.returned(desk, kept)
    if message.forward_origin is not None or message.media_group_id is not None:
        await _passed_on(desk, visit, message, wish)
    elif message.effective_attachment is not None:
        await _attached(desk, visit, message, wish)
    elif wish is not None and message.text:
        await _asked(desk, visit, message, wish)


async def _passed_on(desk: Desk, visit: Visit, message: Message, wish: Wish | None) -> None:
    """What others wrote is never taken for a wish of whoever forwards it."""
    if visit.private:
        await posts.receive(desk, visit, message)
    elif wish is not None:
        await say(desk, visit, "post_in_private")


async def _attached(desk: Desk, visit: Visit, message: Message, wish: Wish | None) -> None:
    if visit.private:
        if not await wishes.located(desk, visit, message):
            await documents.receive(desk, visit, message)
    elif wish is not None and not await wishes.located(desk, visit, message):
        await say(desk, visit, "upload_in_private")


async def _asked(desk: Desk, visit: Visit, message: Message, wish: Wish) -> None:
    if wish.command == "ask":
        if not await _given(desk, visit, message, wish.words):
            await _question(desk, visit, message, wish.words)
        return
    await COMMANDS.get(wish.command, start.unknown)(desk, visit, wish.words)


async def _given(desk: Desk, visit: Visit, message: Message, words: str) -> bool:
    """Whether it gives something rather than asking: words, or in private also an address, a text to keep."""
    if (message.text or "").lstrip().startswith("/"):
        return False
    if message.reply_to_message is not None and await wishes.answered(desk, visit, message):
        return True
    if not visit.private:
        return False
    if message.reply_to_message is not None:
        return await sources.answered(desk, visit, message)
    if addresses := addresses_in(words):
        for address in addresses:
            await following.look(desk, visit, address)
        return True
    return await posts.read(desk, visit, message, words)


async def _question(desk: Desk, visit: Visit, message: Message, words: str) -> None:
    if desk.backlog.missed(message.date):
        _log.info("question.missed", chat=visit.chat)
        if desk.backlog.tell(visit.chat):
            await say(desk, visit, "missed")
        return
    await questions.ask(desk, visit, words, message)
