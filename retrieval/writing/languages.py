"""Names languages for a prompt and tells which one a library speaks. Knows nothing of what is said in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from retrieval.gate.languages import language_of
from retrieval.types import Passage

_NAMES = {
    "ar": "Arabic",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


def name_of(language: str) -> str:
    """The English name of a language given by its IETF tag; English where it is unknown."""
    return _NAMES.get(language) or _further(language) or "English"


def _further(language: str) -> str | None:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-").get_display_name("en")
    except (UnknownLocaleError, ValueError, TypeError):
        return None


def spoken_in(passages: Iterable[Passage]) -> str:
    """The language most of these passages are in, as two letters, or "" where that is unclear."""
    counts = Counter(language for each in passages if (language := language_of(each.text)))
    return counts.most_common(1)[0][0] if counts else ""
