"""The single way out: blocks of styled text become parts that Telegram takes whole and unchanged.

Knows nothing of answers or documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.render.buttons import Rows
from bot.render.clean import blank
from bot.render.graphemes import apart
from bot.render.pieces import FOLDED_QUOTE, GROUND, LINK, QUOTE, Style, Text

if TYPE_CHECKING:
    from telegram import MessageEntity

LONGEST_TEXT = 4096  # UTF-16 units
LONGEST_CAPTION = 1024  # UTF-16 units; what stands below a picture or a file
MOST_ENTITIES = 100  # Telegram ignores those beyond without a word
MOST_ENTITY_BYTES = 8_000  # it refuses a message near 9,500, which long links reach
_NOTHING = "…"
_ORDER = {QUOTE: 0, FOLDED_QUOTE: 0, LINK: 1}  # which is the outer one of two over the same words


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text that should stay in one message; ``gap`` separates it from what stands before it."""

    text: Text
    gap: str = "\n\n"


@dataclass(frozen=True, slots=True)
class Ground:
    """The passages that a stretch of a message rests on; ``start`` and ``end`` in UTF-16 units."""

    start: int
    end: int
    passages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with a message; a ``picture`` is seen in the chat."""

    content: bytes
    name: str
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One message: text of at most 4,096 UTF-16 units, at most 100 entities, and rows of buttons below.

    ``grounds`` say what its stretches rest on, in the order of the text. Where it ``awaits_reply``, the
    person's client offers to reply to it; a ``silent`` one arrives without a sound. With an ``attachment``
    the text is its caption, of at most 1,024 units.
    """

    text: str
    entities: tuple[MessageEntity, ...]
    buttons: Rows = ()
    grounds: tuple[Ground, ...] = ()
    awaits_reply: bool = False
    silent: bool = False
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True)
class _Room:
    """What a message can still take."""

    units: int = LONGEST_TEXT
    entities: int = MOST_ENTITIES
    entity_bytes: int = MOST_ENTITY_BYTES

    def beside(self, text: Text) -> _Room:
        styles = canonical(text)
        used = sum(_bytes(style) for style in styles)
        left = max(0, self.units - units(text.text))
        return _Room(left, self.entities - len(styles), self.entity_bytes - used)


def parts(blocks: Sequence[Block], buttons: Rows = ()) -> list[Part]:
    """The blocks as messages, in order and at least one; the buttons stand below the last.

    A message ends between blocks where it can, otherwise between the paragraphs, sentences, words or
    characters of a block; a style that is cut goes on in the next message.
    """
    pages = [page for page in map(Text.stripped, _pages(blocks)) if not blank(page.text)] or [Text(_NOTHING)]
    last = len(pages) - 1
    return [
        Part(page.text, entities(page), buttons if at == last else (), grounds(page))
        for at, page in enumerate(pages)
    ]


def units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text) + sum(char > "\uffff" for char in text)


def canonical(text: Text) -> list[Style]:
    """The styles as Telegram puts them: none begins or ends in white space, solid ones cut the others."""
    borders = sorted({at for style in text.styles if style.solid for at in (style.start, style.end)})
    pieces = []
    for style in (style for style in text.styles if style.kind != GROUND):
        inside = [] if style.solid else [at for at in borders if style.start < at < style.end]
        for start, end in pairwise([style.start, *inside, style.end]):
            words = text.text[start:end]
            if not blank(words):
                start += len(words) - len(words.lstrip())
                pieces.append(replace(style, start=start, end=start + len(words.strip())))
    return sorted(pieces, key=lambda style: (style.start, -style.end, _ORDER.get(style.kind, 2), style.kind))


def entities(text: Text) -> tuple[MessageEntity, ...]:
    """The styles as Bot API entities, counted in UTF-16 units."""
    from telegram import MessageEntity

    made = []
    for style in canonical(text):
        offset, length = units(text.text[: style.start]), units(text.text[style.start : style.end])
        made.append(MessageEntity(style.kind, offset, length, url=style.url))
    return tuple(made)


def grounds(text: Text) -> tuple[Ground, ...]:
    """What the stretches of a text rest on, counted in UTF-16 units."""
    return tuple(
        Ground(units(text.text[: style.start]), units(text.text[: style.end]), style.passages)
        for style in sorted(text.styles, key=lambda style: (style.start, style.end))
        if style.kind == GROUND
    )


def _pages(blocks: Sequence[Block]) -> list[Text]:
    pages = [Text()]
    for block in blocks:
        rest = block.text.stripped()
        while rest.text:
            page = pages[-1]
            started = page + block.gap if page.text else page
            room = _Room().beside(started)
            end = _furthest(rest, room)
            if end < len(rest) and page.text and (_fits_alone(rest) or _nearly_full(room) or not end):
                pages.append(Text())
                continue
            end = end if end == len(rest) else _best_cut(rest, end)
            pages[-1] = started + rest.part(0, end)
            rest = rest.part(end, len(rest)).stripped()
            if rest.text:
                pages.append(Text())
    return pages


def _furthest(text: Text, room: _Room) -> int:
    """How many characters of the text the room can take."""
    end = min(len(text), room.units)
    while (over := units(text.text[:end]) - room.units) > 0:
        end -= (over + 1) // 2  # a character is at most two units
    count = size = 0
    for style in canonical(text):
        count, size = count + 1, size + _bytes(style)
        if count > room.entities or size > room.entity_bytes:
            return min(end, style.start)
    return end


def _fits_alone(text: Text) -> bool:
    return _furthest(text, _Room()) == len(text)


def _nearly_full(room: _Room) -> bool:
    return room.units < LONGEST_TEXT // 2


def _bytes(style: Style) -> int:
    return 16 + len((style.url or "").encode())


def _best_cut(text: Text, end: int) -> int:
    """The place to cut, at most ``end``: the last paragraph, else sentence, else space of the second half.

    Where there is none, between two characters; never inside a link unless all before ``end`` is one.
    """
    links = [style for style in text.styles if style.kind == LINK]
    whole = [at for at in range(end, 0, -1) if not any(link.start < at < link.end for link in links)]
    for ends_here in (_paragraph_ends, _sentence_ends, _word_ends):
        for at in whole:
            if at > end // 2 and ends_here(text.text, at):
                return at
    return next((at for at in whole if apart(text.text, at) and not _glued(text.text, at)), end)


def _paragraph_ends(text: str, at: int) -> bool:
    return text[at] == "\n"


def _sentence_ends(text: str, at: int) -> bool:
    last = text[max(0, at - 4) : at].rstrip("\"'”’»)]")[-1:]
    return last in ("。", "！", "？") or (_word_ends(text, at) and last in tuple(".!?…؟۔।"))


def _word_ends(text: str, at: int) -> bool:
    return text[at] in " \n\u3000"


def _glued(text: str, at: int) -> bool:
    return "\u00a0" in text[at - 1 : at + 1]
