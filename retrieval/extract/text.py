"""Cleans text so that what is stored is what a reader sees. Knows nothing of files and their kinds."""

from __future__ import annotations

import re
import unicodedata

_INDENT = 24  # spaces of indentation that are kept, for code and verse
_STACKED = 8  # combining marks on one letter that are kept; no script needs more

_PLAIN = frozenset(map(chr, range(32, 127))) | {"\n"}
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Characters that show nothing: controls, directional overrides, fillers, tags, private use, surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffc"
    "\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
    + "".join(chr(plane * 0x10000 + last) for plane in range(1, 15) for last in (0xFFFE, 0xFFFF))
    + "]"
)
# Joiners stay where letters take their shape from them, and inside emoji that are built of several.
_SHAPED = "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ua840-\ua87f\ufb50-\ufdfb\ufe70-\ufefc"
_PICTURED = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_ATTACHED = frozenset("\u200c\u200d\ufe0e\ufe0f")
_JOINERS = re.compile("([\u200c\u200d])[\u200c\u200d]+")
_LOOSE_JOINER = re.compile(
    f"(?<![{_SHAPED}])\u200c|(?<![{_SHAPED}{_PICTURED}])\u200d|(?<=[{_PICTURED}])\u200d(?![{_PICTURED}])"
)
_SELECTORS = re.compile("([\ufe0e\ufe0f])[\ufe0e\ufe0f]+")
_LOOSE_SELECTOR = re.compile(r"(?<![^\w\s])[\ufe0e\ufe0f](?!\u20e3)")
_PILE = re.compile(rf"[^\w\s]{{{4 * _STACKED},}}")
_GAP = re.compile(r"\n{3,}")
_ENDLESS = 1_000  # letters in a row that no word of any language has


def clean_text(text: str) -> str:
    """The text in NFC with nothing invisible in it, no trailing spaces and at most one blank line in a row.

    Joiners that a script or an emoji needs stay; directional marks, zero-width characters, private-use
    characters and controls go. Cleaning twice changes nothing.
    """
    odd = "".join(set(text) - _PLAIN)
    if odd:
        text = _visible(text, odd)
    return _GAP.sub("\n\n", "\n".join(map(_tidy, text.split("\n")))).strip()


def clean_line(text: str, limit: int) -> str:
    """The text as one clean line of at most ``limit`` characters, the last one ``…`` where it was cut."""
    line = " ".join(clean_text(text[: 20 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip(" \u200c\u200d") + "…"


def has_words(text: str) -> bool:
    """Whether there is something to read: letters, and not mainly runs that no language has."""
    endless = 0
    if max(map(len, text.split()), default=0) >= _ENDLESS:
        endless = sum(len(run) for run in re.findall(r"\w+", text) if len(run) >= _ENDLESS)
    return 2 * endless <= len(text) and any(map(str.isalpha, text))


def _visible(text: str, odd: str) -> str:
    """The text without what shows nothing; ``odd`` holds each of its unusual characters once."""
    if _BREAKS.search(odd):
        text = _BREAKS.sub("\n", text)
    if _INVISIBLE.search(odd):
        text = _INVISIBLE.sub("", text)
    for blank in filter(_is_blank, odd):
        text = text.replace(blank, "    " if blank == "\t" else " ")
    if not _ATTACHED.isdisjoint(odd):
        return _settled(text)
    if any(map(unicodedata.combining, odd)):
        text = _PILE.sub(_thinned, text)  # thinned first: NFC sorts marks slowly
    return unicodedata.normalize("NFC", text)


def _settled(text: str) -> str:
    """The text in NFC with its joiners and selectors only where they belong.

    Dropping one can bring others together, so it is done until nothing changes; what takes more than a
    few rounds was made to, and loses its joiners.
    """
    for _ in range(4):
        before = text
        text = unicodedata.normalize("NFC", _PILE.sub(_thinned, text))
        text = _LOOSE_SELECTOR.sub("", _SELECTORS.sub(r"\1", text))
        text = _LOOSE_JOINER.sub("", _JOINERS.sub(r"\1", text))
        if text == before:
            return text
    return unicodedata.normalize("NFC", "".join(char for char in text if char not in _ATTACHED))


def _is_blank(char: str) -> bool:
    return char == "\u2800" or char.isspace()  # the braille blank is no space to Python


def _thinned(pile: re.Match[str]) -> str:
    """The run with at most a few combining marks in a row."""
    kept: list[str] = []
    stacked = 0
    for char in pile.group():
        stacked = stacked + 1 if unicodedata.combining(char) or char in _ATTACHED else 0
        if stacked <= _STACKED:
            kept.append(char)
    return "".join(kept)


def _tidy(line: str) -> str:
    """The line with single spaces between words, and its indentation."""
    if "  " not in line and not line.startswith(" "):
        return line.rstrip()
    words = " ".join(line.split())
    indent = len(line) - len(line.lstrip())
    return " " * min(indent, _INDENT) + words if words else ""
