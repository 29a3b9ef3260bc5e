"""Stands before every other handler: who is heard, who is told once that they are not. Knows no library."""

from __future__ import annotations

import structlog
from telegram import CallbackQuery, Message, Update
from telegram.ext import ApplicationHandlerStop

from bot.addressed import PRIVATE, Halt
from bot.handlers import start
from bot.handlers.desk import Desk, Visit, say
from bot.people import Claim

_log = structlog.get_logger()


async def admit(desk: Desk, update: Update) -> None:
    """Let pass what an allowed person wrote, tapped or stopped; end here whatever else an update holds."""
    if update.message is not None:
        if await _may_write(desk, update.message):
            return
    elif update.callback_query is not None:
        if await _may_tap(desk, update.callback_query):
            return
    elif (halt := Halt.of(update)) and desk.people.may_speak(halt.person):
        return
    raise ApplicationHandlerStop


async def _may_write(desk: Desk, message: Message) -> bool:
    sender = message.from_user
    # Channels and anonymous admins write under a name that anybody may choose.
    if sender is None or sender.is_bot or message.sender_chat is not None:
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
