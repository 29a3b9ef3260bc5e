"""The state behind the double: every chat, file and call, changed under one lock and waited for by tests.

Knows nothing of HTTP; the people's side and the bot's side both write here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import PurePath
from typing import Any, TypeVar

from botapi import rules
from botapi.records import Call, Chat, File, Json, Message, Tap
from botapi.updates import Updates

T = TypeVar("T")


class World:
    """Everything Telegram knows of one bot. `bot` is the bot as a Telegram user."""

    def __init__(self, bot: Json, *, pacing: bool) -> None:
        self.bot = bot
        self.pacing = pacing
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.updates = Updates()
        self.chats: dict[int, Chat] = {}
        self.users: dict[int, Json] = {}
        self.files: dict[str, File] = {}
        self.taps: dict[str, Tap] = {}
        self.log: list[Call] = []
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.descriptions: dict[tuple[str, str], str] = {}
        self._accepted: list[tuple[float, int, bool]] = []

    def chat(self, chat_id: Any) -> Chat:
        """The chat the bot may write to.

        Raises:
            RefusalError: no such chat, or the bot is not welcome there.
        """
        if chat_id in (None, ""):
            raise rules.bad("chat_id is empty")
        with self.lock:
            chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise rules.bad("chat not found")
        rules.check_standing(chat)
        return chat

    def message(self, chat: Chat, message_id: Any, missing: str) -> Message:
        """A message that still stands in `chat`, or a refusal that says `missing`."""
        message = chat.messages.get(message_id) if isinstance(message_id, int) else None
        if message is None or message.deleted:
            raise rules.bad(missing)
        return message

    def post(self, chat: Chat, sender: Json, text: str, **more: Any) -> Message:
        """Put a message into a chat."""
        with self.changed:
            message = Message(chat, len(chat.messages) + 1, sender, text, **more)
            chat.messages[message.message_id] = message
            chat.sent_at = time.monotonic() if message.from_bot else chat.sent_at
            self.changed.notify_all()
            return message

    def tell(self, kind: str, body: Json) -> None:
        """Queue an update for the bot."""
        with self.changed:
            self.updates.push(kind, body)
            self.changed.notify_all()

    def keep(self, content: bytes, name: str, mime: str, size: int | None = None) -> File:
        """Store a file; `size` is told instead of the true one when given."""
        with self.lock:
            number = len(self.files) + 1
            path = f"documents/file_{number}{PurePath(name).suffix[:16]}"
            file = File(
                f"FILE{number:04d}", name, mime, len(content) if size is None else size, content, path
            )
            self.files[file.id] = file
            return file

    def pace(self, chat: Chat, *, edit: bool = False) -> None:
        """Refuse what comes too fast, when pacing is on."""
        now = time.monotonic()
        if self.pacing:
            rules.check_pace(self._accepted, chat, now, edit=edit)
            self._accepted.append((now, chat.id, edit))

    def pace_draft(self, chat: Chat) -> None:
        """Refuse a frame of a preview that comes less than a second after the last, when pacing is on."""
        last = chat.drafts[-1].at if chat.drafts else 0.0
        if self.pacing and time.monotonic() - last < rules.DRAFT_PACE:
            raise rules.RefusalError(429, "Too Many Requests: retry after 3", retry_after=3)

    def changes_standing(self, chat: Chat, new: str, by: Json) -> None:
        """Change where the bot stands in a chat, and tell it."""
        with self.changed:
            old, chat.standing = chat.standing, new
            self.tell(
                "my_chat_member",
                {
                    "chat": chat.as_json(),
                    "from": by,
                    "date": int(time.time()),
                    "old_chat_member": self.membership(old, self.bot),
                    "new_chat_member": self.membership(new, self.bot),
                },
            )

    @staticmethod
    def membership(status: str, user: Json) -> Json:
        """A user's place in a chat, as Telegram tells it."""
        body: Json = {"status": status, "user": user}
        if status == "kicked":
            body["until_date"] = 0
        if status == "creator":
            body["is_anonymous"] = False
        return body

    def wait(self, found: Callable[[], T | None], timeout: float, what: str) -> T:
        """The first true value of `found`, looked for at every change.

        Raises:
            AssertionError: `what` did not come within `timeout` seconds; the last calls are shown.
        """
        deadline = time.monotonic() + timeout
        with self.changed:
            while not (value := found()):
                left = deadline - time.monotonic()
                if left <= 0:
                    calls = [call for call in self.log if call.method != "getUpdates"][-6:]
                    shown = "".join(f"\n  {call}" for call in calls) or " none"
                    raise AssertionError(f"{what}: not within {timeout:g} s. The bot's last calls:{shown}")
                # A short wait also sees what changes without a notice, such as a test's own flag.
                self.changed.wait(min(left, 0.05))
            return value
