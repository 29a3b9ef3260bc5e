"""Stands before every other handler: who is heard, who is told once that they are not. Knows no library."""

from __future__ import annotations

import structlog
from telegram import CallbackQuery, Message, Update
from telegram.ext import ApplicationHandlerStop

from bot.addressed import PRIVATE, Halt, wish_of
from bot.handlers import standing, start
from bot.handlers.desk import Desk, Visit, say
from bot.handlers.rights import unnamed_admins
from bot.people import Claim

_log = structlog.get_logger()


async def admit(desk: Desk, update: Update) -> None:
    """Let pass what an allowed person wrote, tapped or stopped, and where the bot may write or not.

    Whatever else an update holds ends here.
    """
    if update.message is not None:
        if await _may_write(desk, update.message):
            return
    elif update.callback_query is not None:
        if await _may_tap(desk, update.callback_query):
            return
    elif update.my_chat_member is not None:
        # that the bot was removed is true whoever did it; to bring it back is a wish
        if standing.is_out(update.my_chat_member) or desk.people.may_speak(
            update.my_chat_member.from_user.id
        ):
            return
    elif (halt := Halt.of(update)) and desk.people.may_speak(halt.person):
        return
    raise ApplicationHandlerStop


async def speaker(desk: Desk, message: Message) -> int | None:
    """The allowed person a message is from; None where that is nobody, or not sure.

    Admins who write unnamed, under the group's own name, are heard where all such admins are allowed.
    """
    if message.sender_chat is None:
        sender = message.from_user
        known = sender is not None and not sender.is_bot and desk.people.may_speak(sender.id)
        return sender.id if sender and known else None
    if message.sender_chat.id != message.chat.id or wish_of(message, desk.bot.bot) is None:
        return None  # channels write under a name that anybody may choose
    unnamed = await unnamed_admins(desk, message.chat.id)
    return unnamed[0] if unnamed and all(map(desk.people.may_speak, unnamed)) else None


async def _may_write(desk: Desk, message: Message) -> bool:
    if message.migrate_to_chat_id is not None:  # said by Telegram itself
        return True
    sender = message.from_user
    if message.sender_chat is not None:
        return await speaker(desk, message) is not None
    if sender is None or sender.is_bot:
        return False
    if desk.people.may_speak(sender.id):
        return True
    if message.chat.type == PRIVATE:
        await _meet(desk, Visit.of(message, sender.id), sender.full_name, message.text or "")
    return False


async def _may_tap(desk: Desk, query: CallbackQuery) -> bool:
    if query.from_user.is_bot:
        return False
    if desk.people.may_speak(query.from_user.id):
        return True
    await desk.outbox.answer(query.id)
    return False


async def _meet(desk: Desk, visit: Visit, name: str, said: str) -> None:
    """Answer a stranger in private: to the setup code, or with the one line of the day."""
    claim = await desk.people.claim(visit.person, name, said)
    if claim is not None:
        await _settle(desk, visit, claim)
    elif await desk.people.tell_stranger(visit.person):
        _log.info("stranger.told", person=visit.person)
        await say(desk, visit, "setup" if desk.people.without_owner else "stranger")


async def _settle(desk: Desk, visit: Visit, claim: Claim) -> None:
    if claim.accepted:
        await say(desk, visit, "setup_done")
        await start.welcome(desk, visit)
    elif claim.left > 0:
        await say(desk, visit, "setup_wrong", left=claim.left)
    elif claim.left == 0:
        await say(desk, visit, "setup_spent")
