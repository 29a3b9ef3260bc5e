"""Finds which passages a reply is about. Knows nothing of what it asks."""

from __future__ import annotations

from telegram import Message

from bot.grounds import passages_of, quoted_at
from bot.handlers.desk import Desk


async def about(desk: Desk, message: Message) -> tuple[int, ...]:
    """The passages under what a message replies to, or under the part of it that it quotes.

    A part that rests on nothing, such as a heading, stands for the whole message. None where the message
    replies to nothing that is remembered.
    """
    replied = message.reply_to_message
    if replied is None:
        return ()
    grounds = await desk.grounds.find(message.chat.id, replied.message_id)
    quote = message.quote
    if grounds and quote and quote.is_manual:
        place = quoted_at(quote.text, quote.position, replied.text or replied.caption or "")
        if place and (passages := passages_of(grounds, *place)):
            return passages
    return passages_of(grounds)
