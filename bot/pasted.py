"""Tells a question from a text to keep, and an address from either. Knows nothing of what becomes of them."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

MOST_ADDRESSES = 10  # of one message

_SHORT = 280  # letters; nobody pastes an article that short
_LONG = 700  # letters; few type a question that long
_WIDE = 2.5  # how many letters one Chinese, Japanese or Korean character stands for
_ASKS = re.compile(r"[?？؟;⸮]\W*$")
_ORDERS = re.compile(r"[:：]\W*$")
_SENTENCE = re.compile(r"[.!?…。！？؟۔।]+[\"'”’»)\]]*(?:\s|$)|[。！？]")
_SENTENCES = 3

_SCHEME = re.compile(r"(?:https?|feed):/?/?\S+", re.IGNORECASE)
_FEED_SCHEME = re.compile(r"^feed:(?:(?=(https?:))|//)", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,24}(?::\d{1,5})?(?:[/?#]\S*)?")
_CHANNEL = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}")


class Kind(Enum):
    """What a message asks for."""

    QUESTION = "question"
    SOURCE = "source"
    UNCLEAR = "unclear"


def kind_of(text: str) -> Kind:
    """Whether a text asks something, is something to be asked about, or could be either.

    Short texts are questions, and so are longer ones that end in a question mark. A long text that neither
    asks nor gives an order is a source. What is left, only its sender can tell.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    length = sum(_WIDE if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    if length <= _SHORT or not lines:
        return Kind.QUESTION
    asks = bool(_ASKS.search(lines[-1]) or _ASKS.search(lines[0]))
    if length < _LONG:
        return Kind.QUESTION if asks else Kind.UNCLEAR
    if asks or _ORDERS.search(lines[0]) or len(_SENTENCE.findall(text)) < _SENTENCES:
        return Kind.UNCLEAR
    return Kind.SOURCE


def asks(text: str) -> bool:
    """Whether a text ends in a question mark of any script."""
    return _ASKS.search(text.strip()) is not None


def addresses_in(words: str) -> list[str]:
    """The addresses that are all a message says, in their order; empty where it says anything else."""
    found = [address_in(word) for word in words.split()[: MOST_ADDRESSES + 1]]
    kept = [each for each in found if each]
    return kept if len(kept) == len(found) <= MOST_ADDRESSES else []


def address_in(words: str) -> str | None:
    """The web address or public channel that is all a message says, or None."""
    words = words.strip()
    if any(pattern.fullmatch(words) for pattern in (_SCHEME, _CHANNEL, _HOST)):
        return _FEED_SCHEME.sub(lambda found: "" if found[1] else "http://", words)
    return None
