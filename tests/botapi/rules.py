"""What Telegram refuses, as pure checks with Telegram's status codes and wording.

Where Telegram drops something silently (entities after the 100th, links it cannot open, buttons that do not
fit), the double refuses instead, so that a test sees the loss. Knows nothing of HTTP and keeps no state.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from botapi import limits
from botapi.markdown import parse_markdown
from botapi.markup import Entity, MarkupError, boundaries, parse_html, units
from botapi.records import Chat

DRAFT_PACE = 1.0  # seconds between two frames of a preview
_QUOTES = ("blockquote", "expandable_blockquote")


class RefusalError(Exception):
    """Telegram's answer to a request it does not fulfil."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad(description: str) -> RefusalError:
    """A 400 with Telegram's prefix."""
    return RefusalError(400, f"Bad Request: {description}")


def read_text(text: Any, entities: Any, parse_mode: Any) -> tuple[str, list[Entity]]:
    """The text and entities of a request, its markup parsed and every entity checked."""
    try:
        text = str(text or "")
        text.encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    if parse_mode:
        parsers = {"html": parse_html, "markdownv2": parse_markdown}
        if str(parse_mode).lower() not in parsers:
            raise bad("unsupported parse_mode")
        try:
            text, entities = parsers[str(parse_mode).lower()](text)
        except MarkupError as error:
            raise bad(f"can't parse entities: {error}") from None
    return text, check_entities(text, entities or [])


def check_length(text: str, limit: int, too_long: str) -> None:
    """Refuse text of more than `limit` UTF-16 units."""
    if units(text) > limit:
        raise bad(too_long)


def check_photo(content: bytes) -> None:
    """Refuse what is no picture, or one that is too large, too wide or too tall."""
    if not content.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")):
        raise bad("IMAGE_PROCESS_FAILED")
    if len(content) > limits.MAX_PHOTO:
        raise bad("file is too big for a photo")
    if content.startswith(b"\x89PNG") and len(content) >= 24:
        width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
        if width + height > limits.MAX_PHOTO_SIDES or max(width, height) > limits.MAX_PHOTO_RATIO * min(
            width, height
        ):
            raise bad("PHOTO_INVALID_DIMENSIONS")


def check_entities(text: str, entities: Any) -> list[Entity]:
    """Refuse entities that Telegram would refuse, drop, move or split."""
    if not isinstance(entities, list) or not all(isinstance(entity, dict) for entity in entities):
        raise bad("can't parse entities: expected an array of MessageEntity")
    if len(entities) > limits.MAX_ENTITIES:
        raise bad(f"ENTITIES_TOO_LONG: {len(entities)} entities, those after the 100th would be ignored")
    edges = boundaries(text)
    for entity in entities:
        _check_entity(entity, edges)
    _check_nesting(entities)
    return entities


def _check_entity(entity: Entity, edges: set[int]) -> None:
    kind, start, length = entity.get("type"), entity.get("offset"), entity.get("length")
    if kind not in limits.ENTITY_TYPES:
        raise bad(f"can't parse MessageEntity: unknown type {kind!r}")
    if type(start) is not int or type(length) is not int:
        raise bad("can't parse MessageEntity: offset and length must be integers")
    if start < 0 or length <= 0 or start + length > max(edges):
        raise bad(f"ENTITY_BOUNDS_INVALID: {kind} at {start}, length {length}")
    if not {start, start + length} <= edges:
        raise bad(f"entity begins or ends in a middle of a UTF-16 symbol: {kind} at {start}, length {length}")
    if kind == "text_link" and not is_web_address(entity.get("url")):
        raise bad(f"ENTITY_URL_INVALID: {entity.get('url')!r}")
    if kind == "text_mention" and not (entity.get("user") or {}).get("id"):
        raise bad("can't parse MessageEntity: user is missing")
    if kind == "custom_emoji" and not entity.get("custom_emoji_id"):
        raise bad("can't parse MessageEntity: custom_emoji_id is missing")


def _check_nesting(entities: Iterable[Entity]) -> None:
    """Two entities either stand apart or one holds the other; quotations and code hold none of their own."""
    around: list[Entity] = []
    for entity in sorted(entities, key=lambda e: (e["offset"], -e["length"])):
        start, end = entity["offset"], entity["offset"] + entity["length"]
        around = [outer for outer in around if outer["offset"] + outer["length"] > start]
        for outer in around:
            if end > outer["offset"] + outer["length"]:
                raise bad(f"entities overlap: {outer['type']} and {entity['type']} at {start}")
            if outer["type"] in _QUOTES and entity["type"] in _QUOTES:
                raise bad("blockquote entities can't be nested")
            if outer["type"] in ("code", "pre") or (
                entity["type"] in ("code", "pre") and outer["type"] not in _QUOTES
            ):
                raise bad(f"{outer['type']} can't contain {entity['type']}")
        around.append(entity)


def is_web_address(url: object) -> bool:
    """Whether Telegram makes `url` tappable: a scheme it knows, a host with a dot, no spaces."""
    if not isinstance(url, str) or re.search(r"[\s\x00-\x1f]", url):
        return False
    try:
        parts = urlsplit(url)
        named = parts.port != 0 and (
            "." in (parts.hostname or "").strip(".") or ":" in (parts.hostname or "")
        )
    except ValueError:
        return False
    return (parts.scheme in ("http", "https") and named) or (parts.scheme == "tg" and bool(parts.netloc))


def check_keyboard(markup: Any, *, inline_only: bool = False) -> dict[str, Any] | None:
    """Refuse keyboards that do not fit or whose buttons do nothing."""
    if not markup:
        return None
    if not isinstance(markup, dict) or (inline_only and "inline_keyboard" not in markup):
        raise bad("inline keyboard expected")
    rows = markup.get("inline_keyboard", markup.get("keyboard", []))
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup should be an Array of Arrays')
    if any(len(row) > limits.MAX_ROW for row in rows) or sum(map(len, rows)) > limits.MAX_BUTTONS:
        raise bad("reply markup is too long")
    if "inline_keyboard" in markup:
        for button in (button for row in rows for button in row):
            _check_button(button)
    return markup


def _check_button(button: dict[str, Any]) -> None:
    if not str(button.get("text") or "").strip():
        raise bad("can't parse inline keyboard button: text must be non-empty")
    actions = limits.BUTTON_ACTIONS & button.keys()
    if len(actions) != 1 or button.get("callback_data") == "":
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(str(button.get("callback_data", "")).encode()) > limits.MAX_CALLBACK_DATA:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not is_web_address(button["url"]):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def check_reaction(reactions: Any) -> list[str]:
    """The emoji of a bot's reaction: one from the list, or none to take it back."""
    reactions = reactions or []
    if len(reactions) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if any(given.get("type") != "emoji" or given.get("emoji") not in limits.REACTIONS for given in reactions):
        raise bad("REACTION_INVALID")
    return [given["emoji"] for given in reactions]


def check_commands(commands: Any) -> None:
    """Refuse a command menu Telegram would not show."""
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def check_standing(chat: Chat) -> None:
    """Refuse what is meant for a chat the bot may not write to."""
    if chat.migrated_to:
        text = "Bad Request: group chat was upgraded to a supergroup chat"
        raise RefusalError(400, text, migrate_to_chat_id=chat.migrated_to)
    if chat.standing == "stranger":
        raise bad("chat not found")
    if chat.standing == "seen":
        raise RefusalError(403, "Forbidden: bot can't initiate conversation with a user")
    if chat.standing == "kicked":
        told = "blocked by the user" if chat.private else f"kicked from the {chat.kind} chat"
        raise RefusalError(403, f"Forbidden: bot was {told}")
    if chat.standing == "left":
        raise RefusalError(403, f"Forbidden: bot is not a member of the {chat.kind} chat")


def check_pace(earlier: Sequence[tuple[float, int, bool]], chat: Chat, now: float, *, edit: bool) -> None:
    """Refuse what comes too fast: 1 message/s to a chat, 30 requests/s in all, 20 a minute to a group.

    `earlier` holds (monotonic seconds, chat id, was an edit) of what was accepted.
    """
    sends = [at for at, to, edited in earlier if to == chat.id and not edited and now - at < 1 and not edit]
    everyone = [at for at, _, _ in earlier if now - at < 1]
    group = [at for at, to, _ in earlier if to == chat.id and now - at < 60 and not chat.private]
    waits = [1.0] if sends or len(everyone) >= 30 else []
    waits += [60 - (now - min(group))] if len(group) >= 20 else []
    if waits:
        seconds = max(1, int(max(waits) + 0.999))
        raise RefusalError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def same_content(old: tuple[str, Any, Any], new: tuple[str, Any, Any]) -> bool:
    """Whether an edit changes nothing: (text, entities, markup) before and after."""

    def told(content: tuple[str, Any, Any]) -> str:
        text, entities, markup = content
        return json.dumps([text.strip(), entities or [], markup or {}], sort_keys=True)

    return told(old) == told(new)
