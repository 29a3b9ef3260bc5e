"""Puts messages into requests of the Bot API. Knows nothing of what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)

from bot.render import Attachment, Part
from bot.render.buttons import Rows

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: a chat, perhaps a thread of it, perhaps as a reply."""

    chat: int
    thread: int | None = None
    reply_to: int | None = None


async def send(bot: Bot, chat: int, place: Place, part: Part) -> Message:
    """Send a part to a place, whose chat may have another id by now."""
    way: dict[str, Any] = {
        "reply_markup": _keyboard(part),
        "message_thread_id": place.thread,
        "reply_parameters": _reply_to(place),
        "disable_notification": part.silent or None,
    }
    if part.attachment:
        return await _send_attached(bot, chat, part, part.attachment, way)
    return await bot.send_message(
        chat, part.text, entities=part.entities, link_preview_options=_NO_PREVIEW, **way
    )


async def edit(bot: Bot, chat: int, message_id: int, part: Part) -> None:
    """Put a part in the place of a message."""
    await bot.edit_message_text(
        part.text,
        chat_id=chat,
        message_id=message_id,
        entities=part.entities,
        reply_markup=_markup(part.buttons) if part.buttons else None,
        link_preview_options=_NO_PREVIEW,
    )


async def edit_buttons(bot: Bot, chat: int, message_id: int, buttons: Rows) -> None:
    """Put other buttons below a message."""
    await bot.edit_message_reply_markup(chat, message_id, reply_markup=_markup(buttons))


def may_go_bare(place: Place, part: Part) -> bool:
    """Whether the words alone may be taken and say something; those of a file only say what it holds."""
    return part.attachment is None and bool(part.entities or part.buttons or place.thread)


async def _send_attached(bot: Bot, chat: int, part: Part, held: Attachment, way: dict[str, Any]) -> Message:
    way |= {"caption": part.text, "caption_entities": part.entities, "filename": held.name}
    if held.picture:
        return await bot.send_photo(chat, held.content, **way)
    return await bot.send_document(chat, held.content, **way)


def _keyboard(part: Part) -> InlineKeyboardMarkup | ForceReply | None:
    if part.awaits_reply:
        return ForceReply(selective=True)
    return _markup(part.buttons) if part.buttons else None


def _markup(buttons: Rows) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.label, callback_data=button.data) for button in row] for row in buttons]
    )


def _reply_to(place: Place) -> ReplyParameters | None:
    if place.reply_to is None:
        return None
    return ReplyParameters(place.reply_to, allow_sending_without_reply=True)
