"""The people who talk to the bot, so that a test reads like a story.

Knows nothing of HTTP and of what the bot should say.
"""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botapi.limits import DEEP_LINK_PAYLOAD, MAX_TEXT
from botapi.markup import find_entities, units
from botapi.records import Button, Chat, Json, Message, Tap
from botapi.world import World

_TAP_NUMBERS = count(1)


class Group:
    """A group the bot is in. `id` changes when the group is upgraded."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self.chat = chat

    @property
    def id(self) -> int:
        """The chat's id."""
        return self.chat.id

    def removes_bot(self, by: Person) -> None:
        """Somebody takes the bot out of the group."""
        self._world.changes_standing(self.chat, "kicked", by=by.user)

    def adds_bot(self, by: Person) -> None:
        """Somebody takes the bot in again."""
        self._world.changes_standing(self.chat, "member", by=by.user)

    def deletes_topic(self, thread: int) -> None:
        """A topic of the forum is deleted, and with it what was said there."""
        self.chat.gone_topics.add(thread)

    def upgrades(self, by: Person, *, told: bool = True) -> None:
        """The group becomes a supergroup with another id, as Telegram does; both chats tell so.

        Not ``told``, as when the bot missed it: who writes to the old chat learns of the new one.
        """
        old, world = self.chat, self._world
        new = Chat(old.id - 1_000_000_000_000, "supergroup", old.title, members=dict(old.members))
        world.chats[new.id] = new
        moved = world.post(old, by.user, "", extra={"migrate_to_chat_id": new.id})
        arrived = world.post(new, by.user, "", extra={"migrate_from_chat_id": old.id})
        old.migrated_to, self.chat = new.id, new
        for message in (moved, arrived) if told else ():
            world.tell("message", message.as_json())


class Person:
    """Somebody with a Telegram account. Where no `chat` is given, it is the private chat with the bot."""

    def __init__(self, world: World, user: Json, chat: Chat) -> None:
        self._world = world
        self._heard: dict[int, int] = {}
        self.user = user
        self.chat = chat

    @property
    def id(self) -> int:
        """The account's number, which is also the private chat's id."""
        return self.chat.id

    def says(
        self, text: str, chat: Group | None = None, *, ago: timedelta = timedelta(), **extra: Any
    ) -> Message:
        """Write to the bot or into a group. `extra` goes into the message unchanged (a location)."""
        assert units(text) <= MAX_TEXT, "a Telegram client would split so long a text"
        return self._posts(chat, text, ago, find_entities(text), extra=extra)

    def says_unnamed(self, text: str, chat: Group) -> Message:
        """Write into a group under its own name, as an admin who stays unnamed."""
        assert chat.chat.members.get(self.id) in ("administrator", "creator"), "only admins can"
        chat.chat.unnamed.add(self.id)
        nobody = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
        extra = {"sender_chat": chat.chat.as_json()}
        message = self._world.post(chat.chat, nobody, text, entities=find_entities(text), extra=extra)
        self._world.tell("message", message.as_json())
        return message

    def replies(self, message: Message, text: str, *, quote: str = "", **extra: Any) -> Message:
        """Answer a message, in its chat and topic, or only the part of it that is quoted."""
        for told in ("message_thread_id", "is_topic_message"):
            extra |= {told: message.extra[told]} if told in message.extra else {}
        if quote:
            assert quote in message.text, "a Telegram client quotes only what is there"
            position = units(message.text[: message.text.index(quote)])
            extra["quote"] = {"text": quote, "position": position, "is_manual": True}
        return self._posts(
            message.chat, text, timedelta(), find_entities(text), reply_to=message, extra=extra
        )

    def stops(self) -> None:
        """Tap the Stop button of the preview that is streamed to this person."""
        preview = self.chat.preview
        assert preview, "there is no preview to stop"
        assert preview.can_stop, "that preview has no Stop button"
        with self._world.lock:
            self.chat.stopped.add(preview.id)
            stopped: Json = {"chat": self.chat.as_json(), "draft_id": preview.id}
            stopped |= {"message_thread_id": preview.thread} if preview.thread else {}
            self._world.tell("stopped_message_generation", stopped)

    def forwards(
        self,
        text: str,
        origin: Json,
        *,
        chat: Group | None = None,
        album: str = "",
        photo: bool = False,
        content: bytes | None = None,
        name: str = "file",
        **extra: Any,
    ) -> Message:
        """Pass on what was written elsewhere; ``origin`` is one of :mod:`botapi.origins`.

        With ``photo`` or the ``content`` of a document the text is its caption. Messages with the same
        ``album`` belong together.
        """
        extra |= {"forward_origin": origin} | ({"media_group_id": album} if album else {})
        data = content or (b"\x89PNG\r\n\x1a\n" if photo else None)
        more: Json = {"file": self._world.keep(data, name, "application/octet-stream")} if data else {}
        more |= {"file_kind": "photo"} if photo else {}
        return self._posts(chat, text, timedelta(), find_entities(text), extra=extra, **more)

    def uploads(
        self,
        content: Path | bytes,
        *,
        name: str | None = None,
        mime: str = "application/octet-stream",
        size: int | None = None,
        caption: str = "",
        chat: Group | None = None,
        **extra: Any,
    ) -> Message:
        """Send a document. `size` is what Telegram tells of it, for files too large to make."""
        data = content if isinstance(content, bytes) else content.read_bytes()
        known = "file" if isinstance(content, bytes) else content.name
        file = self._world.keep(data, known if name is None else name, mime, size)
        return self._posts(chat, caption, timedelta(), find_entities(caption), file=file, extra=extra)

    def _posts(
        self, chat: Group | Chat | None, text: str, ago: timedelta, entities: list[Json], **more: Any
    ) -> Message:
        room = chat.chat if isinstance(chat, Group) else chat or self.chat
        self._enters(room)
        date = int(time.time() - ago.total_seconds())
        message = self._world.post(room, self.user, text, entities=entities, date=date, **more)
        if room.standing == "member":
            self._world.tell("message", message.as_json())
        return message

    def corrects(self, message: Message, text: str) -> None:
        """Edit a message of their own."""
        with self._world.lock:
            message.edits.append(message.text)
            message.text, message.entities = text, find_entities(text)
            self._world.tell("edited_message", message.as_json())

    def _enters(self, room: Chat) -> None:
        if room.private:
            assert room.standing != "kicked", f"{self.chat.title} has blocked the bot"
            room.standing = "member"
        else:
            room.members.setdefault(self.id, "member")
            self.chat.standing = "seen" if self.chat.standing == "stranger" else self.chat.standing

    def taps(self, message: Message, button: str) -> Tap:
        """Tap the button with this label (or, failing that, this data)."""
        assert not message.deleted, "that message is gone"
        every = [one for row in message.buttons for one in row]
        chosen: Button | None = next((one for one in every if one.label == button), None)
        chosen = chosen or next((one for one in every if one.data == button), None)
        assert chosen, f"no button {button!r} among {[one.label for one in every]}"
        assert chosen.data, f"{button!r} opens {chosen.url}; it sends no data"
        return self._calls_back(chosen.data, {"message": message.as_last_seen()}, message.chat)

    def forges(self, data: str, message: Message | None = None, **extra: Any) -> Tap:
        """Send callback data no button offered, as a changed client can. `extra` goes into the query."""
        seen = {"message": message.as_last_seen()} if message else {}
        return self._calls_back(data, seen | extra, message.chat if message else self.chat)

    def _calls_back(self, data: str, rest: Json, room: Chat) -> Tap:
        self._enters(room)
        tap = Tap(str(4_200_000_000 + next(_TAP_NUMBERS)), data)
        with self._world.lock:
            self._world.taps[tap.id] = tap
            query = {"id": tap.id, "from": self.user, "chat_instance": str(room.id), "data": data} | rest
            self._world.tell("callback_query", query)
        return tap

    def opens(self, message: Message, link: str | int) -> Message:
        """Tap a deep link to the bot, by its number, label or address; what it sends the bot is returned."""
        named = str(link)
        offered = [(one.label, one.url) for one in message.links if one.is_called(named) or one.url == named]
        offered += [
            (b.label, b.url) for row in message.buttons for b in row if b.url and named in (b.label, b.url)
        ]
        assert offered, f"no link {link!r} among {[(one.label, one.url) for one in message.links]}"
        return self.starts(self._payload(offered[0][1]))

    def starts(self, payload: str = "") -> Message:
        """Open the bot by its link or its Start button."""
        assert not payload or DEEP_LINK_PAYLOAD.fullmatch(payload), f"Telegram opens no link with {payload!r}"
        return self.says(f"/start {payload}".strip())

    def _payload(self, url: str) -> str:
        parts, asked = urlsplit(url), parse_qs(urlsplit(url).query)
        names = asked.get("domain", [""]) if parts.scheme == "tg" else [parts.path.strip("/")]
        assert parts.scheme == "tg" or parts.hostname in ("t.me", "telegram.me"), f"{url} leaves Telegram"
        assert names[0].lower() == self._world.bot["username"].lower(), f"{url} does not lead to the bot"
        return asked.get("start", [""])[0]

    def blocks(self) -> None:
        """Block the bot; it is told so."""
        self._world.changes_standing(self.chat, "kicked", by=self.user)

    def unblocks(self) -> None:
        """Let the bot write again; it is told so."""
        self._world.changes_standing(self.chat, "member", by=self.user)

    def hears(self, timeout: float = 10.0, chat: Group | None = None) -> Message:
        """The next message of the bot that this person has not heard yet, within `timeout` seconds.

        Raises:
            AssertionError: none came.
        """
        room = chat.chat if chat else self.chat
        message = self._world.wait(lambda: self._next(room), timeout, f"{self.chat.title} hears the bot")
        self._heard[room.id] = message.message_id
        return message

    def hears_nothing(self, for_: float = 1.0, chat: Group | None = None) -> None:
        """Wait `for_` seconds in which the bot says nothing.

        Raises:
            AssertionError: it said something.
        """
        room, deadline = chat.chat if chat else self.chat, time.monotonic() + for_
        while time.monotonic() < deadline:
            message = self._next(room)
            assert message is None, f"{self.chat.title} hears: {message and message.text}"
            time.sleep(min(0.05, for_))

    def _next(self, room: Chat) -> Message | None:
        after = self._heard.get(room.id, 0)
        with self._world.lock:
            later = [
                m for m in room.messages.values() if m.message_id > after and m.from_bot and not m.deleted
            ]
        return later[0] if later else None
