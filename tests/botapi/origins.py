"""Where a forwarded message comes from, in Telegram's words: a channel, a group, a person, named or not.

Knows nothing of chats: the places named here need not exist in the double's world.
"""

from __future__ import annotations

from datetime import UTC, datetime

from botapi.records import Json

WHEN = datetime(2026, 6, 3, 8, 15, tzinfo=UTC)


def channel(
    title: str = "Harbour News",
    username: str | None = "harbournews",
    message: int = 12,
    *,
    signature: str = "",
    when: datetime = WHEN,
) -> Json:
    """A post of a channel; one without a username is private."""
    place: Json = {"id": -1_001_500_000_000, "type": "channel", "title": title}
    place |= {"username": username} if username else {}
    body = {"type": "channel", "date": int(when.timestamp()), "chat": place, "message_id": message}
    return body | ({"author_signature": signature} if signature else {})


def group(title: str = "Quay people", *, signature: str = "", when: datetime = WHEN) -> Json:
    """A message that was sent on behalf of a group, by an admin who stays unnamed."""
    place = {"id": -1_001_600_000_000, "type": "supergroup", "title": title}
    body: Json = {"type": "chat", "date": int(when.timestamp()), "sender_chat": place}
    return body | ({"author_signature": signature} if signature else {})


def user(name: str = "Ilse", id: int = 9001, *, is_bot: bool = False, when: datetime = WHEN) -> Json:
    """A message of somebody who lets forwards name them."""
    sender = {"id": id, "is_bot": is_bot, "first_name": name}
    return {"type": "user", "date": int(when.timestamp()), "sender_user": sender}


def hidden(name: str = "Ilse V.", *, when: datetime = WHEN) -> Json:
    """A message of somebody who lets forwards show a name, and no account."""
    return {"type": "hidden_user", "date": int(when.timestamp()), "sender_user_name": name}
