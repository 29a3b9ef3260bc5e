"""Reads Telegram's own text: UTF-16 units, HTML markup, and the entities a client finds by itself.

Knows nothing of chats, limits or HTTP.
"""

from __future__ import annotations

import html
import re
from typing import Any

Entity = dict[str, Any]

_TAG = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[\w.-]+))?)*)\s*>"
)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([\w.-]+)))?")
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
}
_FOUND = {
    "url": re.compile(r"https?://[^\s<>\"]+"),
    "bot_command": re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w{4,32})?"),
    "mention": re.compile(r"(?<![\w@])@[A-Za-z]\w{3,31}\b"),
}


class MarkupError(ValueError):
    """The markup cannot be read; the message is Telegram's wording after `can't parse entities:`."""


def units(text: str) -> int:
    """The length of `text` in UTF-16 code units, as Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, offset: int, length: int) -> str:
    """The part of `text` that an entity covers; `offset` and `length` are UTF-16 code units."""
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def boundaries(text: str) -> set[int]:
    """Every UTF-16 offset at which a character of `text` begins or the text ends."""
    offsets, position = {0}, 0
    for character in text:
        position += 2 if ord(character) > 0xFFFF else 1
        offsets.add(position)
    return offsets


def find_entities(text: str) -> list[Entity]:
    """What a Telegram client marks unasked: links, commands and mentions, in order."""
    found: list[Entity] = []
    taken: set[int] = set()
    for kind, pattern in _FOUND.items():
        for match in pattern.finditer(text):
            span = range(match.start(), match.end())
            if taken.isdisjoint(span):
                taken.update(span)
                offset = units(text[: match.start()])
                found.append({"type": kind, "offset": offset, "length": units(match.group())})
    return sorted(found, key=lambda entity: int(entity["offset"]))


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The text and entities of Telegram's HTML style.

    Raises:
        MarkupError: an unknown or unbalanced tag, or a `<` that is no tag.
    """
    text, entities, position = "", [], 0
    stack: list[tuple[str, Entity]] = []
    while position < len(source):
        if source[position] == "<":
            at = len(source[:position].encode())
            tag = _TAG.match(source, position)
            if tag is None:
                raise MarkupError(f"Unclosed start tag at byte offset {at}")
            closing, name, attributes = tag.group(1), tag.group(2).lower(), tag.group(3)
            if closing:
                entities += _close(stack, name, units(text), at)
            else:
                stack.append((name, {**_open(name, attributes, at), "offset": units(text)}))
            position = tag.end()
        else:
            reference = _REFERENCE.match(source, position)
            text += html.unescape(reference.group()) if reference else source[position]
            position = reference.end() if reference else position + 1
    if stack:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    return text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _open(name: str, attributes: str, at: int) -> Entity:
    given = {
        match[1].lower(): html.unescape(next((value for value in match.groups()[1:] if value), ""))
        for match in _ATTRIBUTE.finditer(attributes)
    }
    if name in _STYLES:
        return {"type": _STYLES[name]}
    if name == "span" and given.get("class") == "tg-spoiler":
        return {"type": "spoiler"}
    if name == "blockquote":
        return {"type": "expandable_blockquote" if "expandable" in given else "blockquote"}
    if name == "a":
        return {"type": "text_link", "url": given.get("href", "")}
    if name == "tg-emoji":
        return {"type": "custom_emoji", "custom_emoji_id": given.get("emoji-id", "")}
    raise MarkupError(f'Unsupported start tag "{name}" at byte offset {at}')


def _close(stack: list[tuple[str, Entity]], name: str, end: int, at: int) -> list[Entity]:
    if not stack:
        raise MarkupError(f"Unexpected end tag at byte offset {at}")
    opened, entity = stack.pop()
    if opened != name:
        raise MarkupError(f'Unmatched end tag at byte offset {at}, expected "</{opened}>", found "</{name}>"')
    length = end - entity["offset"]
    return [{**entity, "length": length}] if length else []
