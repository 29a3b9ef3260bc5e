"""Compares the spellings of names: transliterated, of a people, or as initials. Knows nothing of texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz import fuzz

from retrieval.gate.markers import listed
from retrieval.gate.words import folded

_DEMONYM = re.compile(r"(?:ians?|ans?|ns?|ish|ese|is?|ites?|ers?|ic|y)\Z")
_VOWELS = re.compile(r"[aeiouyh'`]+")
_SOUNDS = str.maketrans({"c": "k", "q": "k", "x": "k", "z": "s", "w": "v"})
_WRITTEN = (
    ("dzh", "j"),
    ("sch", "s"),
    ("shch", "s"),
    ("sh", "s"),
    ("ch", "k"),
    ("kh", "h"),
    ("ph", "f"),
    ("th", "t"),
    ("ts", "s"),
    ("tz", "s"),
    ("zh", "j"),
    ("ck", "k"),
    ("x", "ks"),
)
INSIDE = listed("""of de del van von bin ibn al el da di du der den la le for the dos das y e und""")


def initials(tokens: Sequence[str]) -> str:
    return "".join(word[0] for word in tokens if word and word not in INSIDE and word != "and")


@lru_cache(maxsize=65_536)
def akin(token: str, fold: str) -> bool:
    """Whether two words are a country and its people, or two spellings of one name."""
    if len(token) > 4 and len(fold) > 3:
        shared = next(
            (i for i, (a, b) in enumerate(zip(token, fold, strict=False)) if a != b),
            min(len(token), len(fold)),
        )
        if shared >= 4 and _ending(token[shared:]) and _ending(fold[shared:]):
            return True
    return len(token) > 5 and skeleton(token) == skeleton(fold) and fuzz.ratio(token, fold) >= 85


def _ending(rest: str) -> bool:
    return len(rest) <= 1 or bool(_DEMONYM.fullmatch(rest))


@lru_cache(maxsize=65_536)
def skeleton(word: str) -> str:
    """The consonants of a name in Latin letters, those of one sound made one."""
    latin = folded(anyascii(word))
    for written, sound in _WRITTEN:
        latin = latin.replace(written, sound)
    bones = _VOWELS.sub("", latin.translate(_SOUNDS))
    return re.sub(r"(.)\1+", r"\1", bones) or latin
