"""Turns forwarded posts and pasted texts into drafts. Knows nothing of who sends them or of what is kept.

A forwarded post is cited like an article: by whoever wrote it first, at the time it was written, with a
link to it where anybody may open it. Telegram tells of a chain of forwards only its first link.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from telegram import (
    Message,
    MessageOrigin,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
)

from retrieval.extract.text import clean_line, clean_text, has_words
from retrieval.types import Draft

PIECE = 4_000  # UTF-16 units; a client cuts a longer text into messages of 4,096

_LONGEST_NAME = 120  # characters
_LONGEST_TITLE = 90
_FIRST_SENTENCE = re.compile(r"(.+?[.!?…。！？؟۔।])(?=\s|$)")
_ENDED = re.compile(r"[.!?…:;。！？؟۔।]\W*$")


def forwarded(message: Message) -> Draft | None:
    """The draft of a forwarded post; None where it holds no words or was never forwarded."""
    origin = message.forward_origin
    text = clean_text(message.text or message.caption or "")
    if origin is None or not has_words(text):
        return None
    publisher, author = _names(origin)
    url = address(origin)
    return Draft(
        key=url or _key(publisher, text),
        title=title_of(text),
        text=text,
        source=_source(message, publisher, author),
        publisher=publisher,
        author=author,
        url=url,
        published=origin.date,
    )


def passed_on(draft: Draft, origin: MessageOrigin | None) -> Draft:
    """The draft of a forwarded file, with what its post tells where the file itself does not."""
    if origin is None:
        return draft
    publisher, author = _names(origin)
    return replace(
        draft,
        publisher=draft.publisher or publisher,
        author=draft.author or author,
        published=draft.published or origin.date,
        url=draft.url or address(origin),
    )


def pasted(text: str) -> Draft | None:
    """The draft of a text that somebody pasted; None where it holds no words."""
    text = clean_text(text)
    if not has_words(text):
        return None
    return Draft(key=_key("pasted", text), title=title_of(text), text=text, source="pasted text")


def joined(pieces: Sequence[str]) -> str:
    """A text that a client cut into messages, whole again: a sentence that was cut in two is one again."""
    whole = ""
    for piece in map(str.strip, pieces):
        gap = "\n\n" if _ENDED.search(whole) else " "
        whole = whole + gap + piece if whole else piece
    return whole


def address(origin: MessageOrigin) -> str | None:
    """Where everybody can open a post: in a public channel. None for what is said anywhere else."""
    if isinstance(origin, MessageOriginChannel) and origin.chat.username:
        return f"https://t.me/{origin.chat.username}/{origin.message_id}"
    return None


def channel_of(origin: MessageOrigin | None) -> str | None:
    """The name of the public channel that a post comes from, without the @."""
    return origin.chat.username if isinstance(origin, MessageOriginChannel) else None


def said_by(origin: MessageOrigin | None, person: int) -> bool:
    """Whether this account wrote the message itself."""
    return isinstance(origin, MessageOriginUser) and origin.sender_user.id == person


def title_of(text: str) -> str:
    """What to call a text that has no title: its first line, or the first sentence of a long one."""
    first = next((line for line in text.splitlines() if any(map(str.isalnum, line))), text)
    sentence = _FIRST_SENTENCE.match(first) if len(first) > _LONGEST_TITLE else None
    return clean_line(sentence[1] if sentence else first, _LONGEST_TITLE)


def _names(origin: MessageOrigin) -> tuple[str | None, str | None]:
    """Who published it and who signed it, as far as Telegram tells."""
    if isinstance(origin, MessageOriginChannel):
        return _name(origin.chat.title), _name(origin.author_signature)
    if isinstance(origin, MessageOriginChat):
        return _name(origin.sender_chat.title), _name(origin.author_signature)
    if isinstance(origin, MessageOriginUser):
        who = _name(origin.sender_user.full_name)
    else:
        who = _name(origin.sender_user_name) if isinstance(origin, MessageOriginHiddenUser) else None
    return who, who


def _source(message: Message, publisher: str | None, author: str | None) -> str:
    """Where a post comes from and the way it came, as far as Telegram tells."""
    way = [f"Telegram: {publisher or 'somebody'}"]
    if author and author != publisher:
        way.append(f"signed by {author}")
    if message.external_reply and (whom := _names(message.external_reply.origin)[0]):
        way.append(f"in reply to {whom}")
    if message.via_bot:
        way.append(f"via @{message.via_bot.username}")
    return ", ".join(way)


def _name(name: str | None) -> str | None:
    return clean_line(name or "", _LONGEST_NAME) or None


def _key(whose: str | None, text: str) -> str:
    """What tells a post without an address from others: who says what. When it was said does not count."""
    return "post:" + hashlib.sha256(f"{whose}\n{text}".encode()).hexdigest()
