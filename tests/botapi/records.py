"""What the double remembers: chats, messages, files, drafts, taps and calls.

Knows nothing of HTTP and refuses nothing: it holds what happened, as a reader of the chat would see it.
"""

from __future__ import annotations

import time
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from botapi.limits import DRAFT_SECONDS
from botapi.markup import Entity, cut, find_entities

Json = dict[str, Any]
_QUOTES = ("blockquote", "expandable_blockquote")


@dataclass(frozen=True)
class Button:
    """One inline button: what it says, and the data it sends or the address it opens."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Link:
    """A piece of text that opens an address when tapped."""

    label: str
    url: str

    def is_called(self, name: str) -> bool:
        """Whether the label reads as `name`: superscripts and brackets around a number do not matter."""
        return unicodedata.normalize("NFKC", self.label).strip("[]() \u00a0\u2060") == name


@dataclass(frozen=True)
class File:
    """A file that Telegram keeps. `size` is what Telegram tells, which may be more than `content` holds."""

    id: str
    name: str
    mime: str
    size: int
    content: bytes
    path: str

    def as_json(self, kind: str) -> Any:
        """The file as a message carries it: a document, or the sizes of a photo."""
        body: Json = {"file_id": self.id, "file_unique_id": f"u{self.id}", "file_size": self.size}
        if kind == "photo":
            return [{**body, "width": 1280, "height": 720}]
        return {**body, "file_name": self.name, "mime_type": self.mime}


@dataclass(frozen=True)
class Draft:
    """One frame of a streamed preview, perhaps with a Stop button. `at` is in monotonic seconds."""

    id: int
    text: str
    entities: list[Entity]
    can_stop: bool = False
    thread: int | None = None
    at: float = field(default_factory=time.monotonic)


@dataclass
class Chat:
    """A chat and where the bot stands in it: member, kicked, left, and for a person also stranger or seen."""

    id: int
    kind: str
    title: str
    username: str | None = None
    standing: str = "member"
    migrated_to: int | None = None
    members: dict[int, str] = field(default_factory=dict)  # user id → status
    unnamed: set[int] = field(default_factory=set)  # the admins who write under the group's name
    gone_topics: set[int] = field(default_factory=set)  # the threads of a forum that were deleted
    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    drafts: list[Draft] = field(default_factory=list, repr=False)
    stopped: set[int] = field(default_factory=set, repr=False)  # the ids of previews that were stopped
    sent_at: float = 0.0  # when the bot last sent a message, in monotonic seconds
    actions: list[str] = field(default_factory=list, repr=False)

    @property
    def private(self) -> bool:
        """Whether this is a chat with one person."""
        return self.kind == "private"

    @property
    def preview(self) -> Draft | None:
        """The streamed preview that can be seen now: it fades, and the next message takes its place."""
        if not self.drafts or self.drafts[-1].at <= self.sent_at:
            return None
        return self.drafts[-1] if time.monotonic() - self.drafts[-1].at < DRAFT_SECONDS else None

    def as_json(self) -> Json:
        """The chat as Telegram shows it inside a message."""
        named = {"first_name": self.title} if self.private else {"title": self.title}
        return {
            "id": self.id,
            "type": self.kind,
            **named,
            **({"username": self.username} if self.username else {}),
        }


@dataclass
class Message:
    """A message as it stands now: an edit changes it in place, and a deletion marks it."""

    chat: Chat
    message_id: int
    sender: Json
    text: str
    from_bot: bool = False
    entities: list[Entity] = field(default_factory=list)
    markup: Json | None = None
    reply_to: Message | None = field(default=None, repr=False)
    file: File | None = None
    file_kind: str = "document"
    link_preview: Json = field(default_factory=dict)
    date: int = field(default_factory=lambda: int(time.time()))
    extra: Json = field(default_factory=dict)
    reactions: list[str] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)  # the texts it had before
    deleted: bool = False

    @property
    def buttons(self) -> list[list[Button]]:
        """The inline keyboard, row by row."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [[Button(b["text"], b.get("callback_data"), b.get("url")) for b in row] for row in rows]

    @property
    def links(self) -> list[Link]:
        """Everything in the text that opens an address, in reading order."""
        bare = [found for found in find_entities(self.text) if found["type"] == "url"]
        named = [entity for entity in self.entities if entity["type"] == "text_link"]
        inside = {offset for e in named for offset in range(e["offset"], e["offset"] + e["length"])}
        tappable = named + [entity for entity in bare if entity["offset"] not in inside]
        tappable.sort(key=lambda entity: int(entity["offset"]))
        return [Link(self.part(entity), entity.get("url") or self.part(entity)) for entity in tappable]

    def link_targets(self) -> list[str]:
        """The addresses the text opens, in reading order."""
        return [link.url for link in self.links]

    def part(self, entity: Entity) -> str:
        """The words an entity covers."""
        return cut(self.text, entity["offset"], entity["length"])

    def quoted(self) -> list[str]:
        """The text of each quotation block, folded or not."""
        return [self.part(entity) for entity in self.entities if entity["type"] in _QUOTES]

    def spoken(self) -> str:
        """What the bot says in its own voice: the text without its quotation blocks."""
        raw = self.text.encode("utf-16-le")
        for entity in sorted(self.entities, key=lambda e: -int(e["offset"])):
            if entity["type"] in _QUOTES:
                start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
                raw = raw[:start] + raw[end:]
        return raw.decode("utf-16-le").strip()

    def as_json(self, *, with_reply: bool = True) -> Json:
        """The message as Telegram shows it to the bot."""
        body: Json = {"message_id": self.message_id, "date": self.date, "from": self.sender}
        body["chat"] = self.chat.as_json()
        words, marks = ("caption", "caption_entities") if self.file else ("text", "entities")
        body |= {words: self.text} if self.text else {}
        body |= {marks: self.entities} if self.entities else {}
        if self.file:
            body[self.file_kind] = self.file.as_json(self.file_kind)
        if self.markup and "inline_keyboard" in self.markup:
            body["reply_markup"] = self.markup
        if self.reply_to and with_reply:
            body["reply_to_message"] = self.reply_to.as_json(with_reply=False)
        if self.edits:
            body["edit_date"] = int(time.time())
        return body | self.extra

    def as_last_seen(self) -> Json:
        """The message inside a tap: a deleted one is inaccessible, known by its number alone."""
        if self.deleted:
            return {"chat": self.chat.as_json(), "message_id": self.message_id, "date": 0}
        return self.as_json()


@dataclass
class Tap:
    """A tapped button that waits for the bot's `answer`: its text and alert, as given. `at` is monotonic."""

    id: str
    data: str
    at: float = field(default_factory=time.monotonic)
    answer: Json | None = None

    @property
    def answered(self) -> bool:
        """Whether the bot has answered, be it without a word."""
        return self.answer is not None

    def grows_old(self) -> None:
        """Let so much time pass that Telegram takes no answer any more."""
        self.at -= 3600


@dataclass(frozen=True)
class Call:
    """One request the bot made. `status` is the HTTP status it was given, 0 when no answer reached it."""

    method: str
    params: Json
    status: int
    description: str = ""
    at: float = field(default_factory=time.monotonic)

    def __str__(self) -> str:
        told = {key: str(value)[:80] for key, value in self.params.items()}
        return f"{self.method} {told} → {self.status or 'no answer'} {self.description}".strip()
