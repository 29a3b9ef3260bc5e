"""Where a text may be cut without breaking what a reader sees as one character. Knows nothing of messages."""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"
_CLINGING = frozenset("\u200c\u200d\u0e33\u0eb3") | {chr(code) for code in range(0xE0020, 0xE0080)}
_SKIN_TONES = frozenset("🏻🏼🏽🏾🏿")
_PREPENDED = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)


def apart(text: str, at: int) -> bool:
    """Whether ``text[:at]`` and ``text[at:]`` share no character as a reader counts them.

    Kept whole: letters with their marks, flags, skin tones, joined emoji, Hangul syllables, Indic
    conjuncts, and the two halves of a line break.
    """
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if after in _CLINGING or after in _SKIN_TONES or unicodedata.category(after)[0] == "M":
        return False
    if before == _JOINER or before in _PREPENDED or (before == "\r" and after == "\n"):
        return False
    if unicodedata.category(after) == "Lo" and _virama_before(text, at):
        return False
    if _flag_letter(before) and _flag_letter(after):
        return _flag_letters_before(text, at) % 2 == 0
    return not _same_syllable(before, after)


def clip(text: str, limit: int) -> str:
    """The text in at most ``limit`` characters, an ellipsis standing for what was left out."""
    if len(text) <= limit:
        return text
    end = limit - 1
    space = text.rfind(" ", end * 3 // 4, end + 1)
    end = space if space > 0 else next((at for at in range(end, 0, -1) if apart(text, at)), end)
    return text[:end].rstrip() + "…"


def _virama_before(text: str, at: int) -> bool:
    """Whether the marks before ``at`` hold one that joins a consonant to the next."""
    while at > 0 and (unicodedata.category(text[at - 1])[0] == "M" or text[at - 1] == _JOINER):
        at -= 1
        if unicodedata.combining(text[at]) == 9:
            return True
    return False


def _flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_letters_before(text: str, at: int) -> int:
    start = at
    while start > 0 and _flag_letter(text[start - 1]):
        start -= 1
    return at - start


def _same_syllable(before: str, after: str) -> bool:
    """Whether two Hangul letters stand in one syllable (leading, vowel, trailing; or composed already)."""
    if "\u1100" <= before <= "\u115f":
        return "\u1100" <= after <= "\u11a7" or "\uac00" <= after <= "\ud7a3"
    vowel_may_end = "\u1160" <= before <= "\u11a7" or "\uac00" <= before <= "\ud7a3"
    if "\u1160" <= after <= "\u11a7":
        open_syllable = "\uac00" <= before <= "\ud7a3" and (ord(before) - 0xAC00) % 28 == 0
        return "\u1160" <= before <= "\u11a7" or open_syllable
    return "\u11a8" <= after <= "\u11ff" and (vowel_may_end or "\u11a8" <= before <= "\u11ff")
