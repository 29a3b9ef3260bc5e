"""Decides whether an item may be kept by the words in it. Knows nothing of sources and storage."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

MOST = 50  # words of a list
_LONGEST = 100  # characters of a word
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def tidy(words: Iterable[str]) -> tuple[str, ...]:
    """Words as a person typed them, each once, in their order, without those that are empty."""
    clean: dict[str, str] = {}
    for word in words:
        if plain := " ".join(word.split())[:_LONGEST]:
            clean.setdefault(plain.casefold(), plain)
    return tuple(clean.values())[:MOST]


def admitted(title: str, text: str, *, allow: Sequence[str], deny: Sequence[str]) -> bool:
    """Whether an item holds one of the ``allow`` words, if there are any, and none of the ``deny`` words."""
    if not (allow or deny):
        return True
    said = _plain(f"{title}\n{text}")
    return not any(_stands(word, said) for word in deny) and (
        not allow or any(_stands(word, said) for word in allow)
    )


def _stands(word: str, said: str) -> bool:
    """Whether a word stands whole in a text; a word of a script without spaces may stand anywhere."""
    plain = _plain(word)
    if _UNSPACED.search(plain):
        return plain in said
    return re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", said) is not None


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold())
