"""Follows where the bot may write: blocked or removed, back again, a group that got another number.

Knows nothing of who may ask for what.
"""

from __future__ import annotations

from dataclasses import replace

import structlog
from telegram import ChatMember, ChatMemberUpdated, Message

from bot.handlers import subscribing
from bot.handlers.desk import Desk
from bot.subscribers import AWAY, ON

_OUT = (ChatMember.LEFT, ChatMember.BANNED)

_log = structlog.get_logger()


def is_out(change: ChatMemberUpdated) -> bool:
    """Whether the bot may not write there from now on."""
    return change.new_chat_member.status in _OUT


async def changed(desk: Desk, change: ChatMemberUpdated) -> None:
    """Let briefings wait where the bot was blocked or removed, and come again where it is back."""
    for kept in await desk.subscribers.of_chat(change.chat.id):
        if is_out(change):
            if kept.state == ON:
                await desk.subscribers.keep(replace(kept, state=AWAY))
                _log.info("subscriber.away", reader=kept.reader)
        elif kept.state == AWAY:
            await subscribing.returned(desk, kept)


async def moved(desk: Desk, message: Message) -> bool:
    """Whether a message only says that the group has another number; then what goes there goes with it."""
    if message.migrate_to_chat_id is not None:
        await desk.subscribers.move(message.chat.id, message.migrate_to_chat_id)
        await desk.watches.move(message.chat.id, message.migrate_to_chat_id)
        return True
    return message.migrate_from_chat_id is not None
