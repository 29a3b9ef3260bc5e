"""Sets words in lines of a width: where a line ends, and from which side it is read.

Knows nothing of where the lines stand.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from bot.render.clean import leads_right_to_left
from bot.render.graphemes import apart
from bot.render.typefaces import Typefaces

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

DPI = 72  # a point is a pixel
LTR, RTL = "\u200e", "\u200f"  # the marks of direction with which a line begins
_CLOSING = frozenset("、。，．：；？！」』）】〉》〕］｝ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…‥")
_OPENING = frozenset("「『（【〈《〔［｛")


@dataclass(frozen=True, slots=True)
class Type:
    """How words are set: the size of the letters and the height of a line, in pixels."""

    size: int
    leading: int
    bold: bool = False


def lines(text: str, kind: Type, width: float, most: int) -> list[str]:
    """The text in lines of at most ``width`` pixels, each marked with its direction.

    Of more than ``most`` lines the rest is left out, at a word and with an ellipsis.
    """
    mark = RTL if leads_right_to_left(text) else LTR
    found: list[str] = []
    rest = _units(text)
    while rest:
        if width_of(rest[0].rstrip(), kind.size) > width:
            rest[:1] = _broken(rest[0], kind, width)
        taken = _fitting(rest, kind, width)
        if len(found) == most - 1 and taken < len(rest):
            return [*found, mark + _cut(rest[:taken], kind, width)]
        found.append(mark + "".join(rest[:taken]).strip())
        rest = rest[taken:]
    return found


def balanced(text: str, kind: Type, width: float, most: int) -> list[str]:
    """The same for a title, in as many lines of about one length, so that none has a single word."""
    count = len(lines(text, kind, width, most + 1))
    narrow, wide = width / 2, width
    for _ in range(6 if 1 < count <= most else 0):
        middle = (narrow + wide) / 2
        narrow, wide = (
            (narrow, middle) if len(lines(text, kind, middle, most + 1)) == count else (middle, wide)
        )
    return lines(text, kind, wide, most)


def _units(text: str) -> list[str]:
    """The stretches of a text between which a line may end: words with their space, and Chinese letters."""
    units: list[str] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or text[at - 1] == " " or _between_letters(text, at):
            units.append(text[start:at])
            start = at
    return units


def _cut(units: Sequence[str], kind: Type, width: float) -> str:
    """The units without the last, so that an ellipsis fits behind them; of one alone, its beginning."""
    room = width - width_of("…", kind.size)
    fitting = units[: _fitting(units, kind, room)]
    words = "".join(fitting) if len(fitting) > 1 else _broken(units[0], kind, room)[0]
    return words.rstrip(" ,;:–—-") + "…"


def _between_letters(text: str, at: int) -> bool:
    """Whether a line may end between two letters of a script that puts no spaces between its words."""
    before, after = text[at - 1], text[at]
    wide = any(unicodedata.east_asian_width(each) == "W" and not _hangul(each) for each in (before, after))
    return wide and after != " " and after not in _CLOSING and before not in _OPENING and apart(text, at)


def _hangul(char: str) -> bool:
    return "\uac00" <= char <= "\ud7a3"


def _fitting(units: Sequence[str], kind: Type, width: float) -> int:
    """How many of the units fit into a line; at least one."""
    right = 0.0
    for count, unit in enumerate(units):
        word = unit.rstrip(" ")
        if count and right + width_of(word, kind.size) > width:
            return count
        right += width_of(word, kind.size) + _space(kind.size) * (len(unit) - len(word))
    return len(units)


def _broken(word: str, kind: Type, width: float) -> list[str]:
    """A word too long for a line in pieces that fit, none of which parts what a reader sees as one letter."""
    places = [at for at in range(1, len(word) + 1) if apart(word, at)]
    pieces: list[str] = []
    start = 0
    while start < len(word):
        left = [at for at in places if at > start]
        fitting = bisect_right(left, width, key=lambda at: width_of(word[start:at], kind.size))
        end = left[max(0, fitting - 1)]
        pieces.append(word[start:end])
        start = end
    return pieces


@lru_cache(4096)
def width_of(text: str, size: int) -> float:
    """How wide some letters are set, in pixels."""
    width, _, _ = _ruler().get_text_width_height_descent(text, font(text, size), False)
    return float(width)


@cache
def _space(size: int) -> float:
    return width_of("n n", size) - width_of("nn", size)


@cache
def typefaces() -> Typefaces:
    """The fonts of this process."""
    return Typefaces()


@cache
def _ruler() -> Any:
    from matplotlib.backends import backend_agg

    untyped: Any = backend_agg
    return untyped.RendererAgg(1, 1, DPI)


def font(text: str, size: int) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=typefaces().of(text), size=size)
