"""Says who may change what everybody in a chat reads. Knows nothing of what is changed."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import ChatMember
from telegram.error import TelegramError

from bot.handlers.desk import Desk, Visit


async def may_change(desk: Desk, visit: Visit) -> bool:
    """Whether a person may: in private always, in a group its admins alone. Asked anew each time.

    Where Telegram does not tell, nobody may.
    """
    if visit.private:
        return visit.chat == visit.person
    return any(admin.user.id == visit.person for admin in await _admins(desk, visit.chat))


async def unnamed_admins(desk: Desk, chat: int) -> list[int]:
    """Those who may write in a group under its own name."""
    return [admin.user.id for admin in await _admins(desk, chat) if getattr(admin, "is_anonymous", False)]


async def _admins(desk: Desk, chat: int) -> Sequence[ChatMember]:
    try:
        return await desk.bot.get_chat_administrators(chat)
    except (TelegramError, KeyError):
        return ()
