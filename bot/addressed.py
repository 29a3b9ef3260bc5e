"""Decides whether an update speaks to the bot, and what it asks for. Knows nothing of who may speak."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import Message, Update, User

PRIVATE = "private"
STOPPED = "stopped_message_generation"  # an update of Bot API 10.3: somebody stopped a preview

_COMMAND = re.compile(r"/([a-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wish:
    """A command without its slash, and the words after it. Plain words are an ``ask``."""

    command: str
    words: str


@dataclass(frozen=True, slots=True)
class Halt:
    """Somebody stopped the preview of an answer in their private chat."""

    person: int
    draft: int
    thread: int | None = None

    @classmethod
    def of(cls, update: Update) -> Halt | None:
        """What an update stops; python-telegram-bot hands on unread what is newer than itself."""
        stopped = update.api_kwargs.get(STOPPED)
        if not isinstance(stopped, dict):
            return None
        chat, draft, thread = (stopped.get(name) for name in ("chat", "draft_id", "message_thread_id"))
        number = chat.get("id") if isinstance(chat, dict) else None
        if not isinstance(number, int) or not isinstance(draft, int):
            return None
        return cls(number, draft, thread if isinstance(thread, int) else None)


def wish_of(message: Message, me: User) -> Wish | None:
    """What the message asks of the bot ``me``; None where it is not addressed to it.

    In a private chat everything is. In a group only a command with the bot's name, a mention, or a reply
    to one of the bot's messages.
    """
    said = (message.text or message.caption or "").strip()
    username = me.username or ""
    private = message.chat.type == PRIVATE
    mention = re.compile(rf"(?<!\w)@{re.escape(username)}\b", re.IGNORECASE)
    command = _COMMAND.fullmatch(said)
    if command:
        name, whose, words = command.groups()
        if whose and whose.lower() != username.lower():
            return None
        if whose or private or _replies_to(message, me) or mention.search(words or ""):
            return Wish(name.lower(), mention.sub("", words or "").strip())
        return None
    if private or _replies_to(message, me) or mention.search(said):
        return Wish("ask", mention.sub("", said).strip())
    return None


def _replies_to(message: Message, me: User) -> bool:
    """Whether it answers the bot; a message in a forum topic formally answers the topic's first one."""
    replied = message.reply_to_message
    author = replied.from_user if replied and not replied.forum_topic_created else None
    return author is not None and author.id == me.id
