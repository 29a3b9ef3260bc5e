"""Makes words that others wrote safe to show, in Telegram as in a terminal.

Knows nothing of styles, of limits or of where the words will stand.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from bot.render.graphemes import clip

JOINER = "\u2060"  # a word joiner: seen by nobody, yet it ends whatever Telegram would make tappable
_MOST_MARKS = 4  # combining marks on one letter of a title; more climb over the neighbouring lines

_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
# Embeddings, overrides and isolates reorder what stands around them; tags spell out words nobody sees,
# except in the flags of England, Scotland and Wales.
_DISORDER = re.compile(
    "(\U0001f3f4[\U000e0061-\U000e007a]+\U000e007f)"
    "|[\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_NOT_CHARACTERS = re.compile(
    "[\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\ufeff]")
_DIRECTION_RUN = re.compile("[\u200e\u200f](?=[\u200e\u200f])")
# Telegram drops these three marks. The ring of "Å" is kept by composing it first.
_RINGED = re.compile("\\w[\u0300-\u036f]*\u030a[\u0300-\u036f]*")
_DROPPED_MARKS = re.compile("[\u030a\u0333\u033f]")
_BLANK = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufffc\U000e0000-\U000e0fff]*"
)
_TAPPABLE = re.compile(
    r"(?<![\w/<>])/(?=\w)"  # /command
    r"|@(?=\w)"  # @name and name@host
    r"|#(?=\w*[^\W\d])|\$(?=[A-Za-z])"  # hash and cash tags
    r"|:(?=//)"  # scheme://
    r"|(?<=\w)\.(?=[^\W\d_]{2})(?!(?:docx?|html?|jsonl?|pdf|txt)\b)"  # host.name, but not file.pdf
    r"|(?<=\d)\.(?=\d{1,3}\.\d{1,3}\.\d{1,3}(?!\d))"  # 127.0.0.1
)


def body(text: str) -> str:
    """A document's words with their line breaks, free of what hides, reorders, rings or is not text."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _NOT_CHARACTERS.sub("", _CONTROLS.sub(" ", _BREAKS.sub("\n", text)))
    text = _DIRECTION_RUN.sub("", _DISORDER.sub(r"\1", text))
    text = _RINGED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
    return re.sub(r"\n{3,}", "\n\n", _DROPPED_MARKS.sub("", text))


def paragraph(text: str) -> str:
    """The same without line breaks, so that no line of it can pass for one of ours."""
    return " ".join(part.strip() for part in body(text).splitlines()).strip()


def line(text: str | None, limit: int = 200) -> str:
    """A title or a name as one line of at most ``limit`` characters; empty where nothing could be seen."""
    words = " ".join(_UNSEEN.sub("", body(text or "")).split())
    return "" if blank(words) else clip(tamed(words), limit)


def inert(text: str) -> str:
    """The same words, in which Telegram finds no link, address, name, tag or command of its own."""
    return _TAPPABLE.sub(lambda found: found[0] + JOINER, text)


def blank(text: str) -> bool:
    """Whether a reader would see nothing; Telegram refuses such a message."""
    return _BLANK.fullmatch(text) is not None


def right_to_left(text: str) -> bool:
    """Whether some letters of the text run from right to left."""
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)


def leads_right_to_left(text: str) -> bool:
    """Whether a text is read from right to left: so its first letter that has a direction says."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("R", "AL", "L"):
            return kind != "L"
    return False


def day(when: date) -> str:
    """A date as people read it: 2 October 2025."""
    return f"{when.day} {when:%B} {when.year}"


def tamed(text: str) -> str:
    """The text without the marks that climb over the lines above and below."""
    marks = 0
    kept = []
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)
