"""Reads from a document what it is grouped by: its words, the names in it, its meaning and its day.

Knows nothing of stories. What is read is small and can be kept: words are numbers, and those of the opening
alone, for an article says first what it is about.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.embeddings import Vectors
from retrieval.terms import question_terms

BUCKETS = 1 << 18  # words that are told apart; two in one bucket do no harm among so many

_OPENING = 300  # words of a text that say what it is about
_NAMED = 600  # words of a text in which names are looked for
_TITLE = 2  # times a word of the title counts besides
# Capitals inside a sentence; a script without them has no names here, and goes by words and meaning.
_NAME = re.compile(r"(?<=[\w,;:’'”)] )[^\W\d_a-z][\w’'-]+(?: [^\W\d_a-z][\w’'-]+)*")
_LENGTHS = struct.Struct("<2I")
_SHORT = re.compile(r"['’]s?$")


@dataclass(frozen=True, slots=True)
class Bag:
    """Which words there are, as sorted numbers below BUCKETS, and how often each."""

    words: NDArray[np.uint32]
    counts: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Traits:
    """What a document is grouped by. ``meaning`` has length 1; ``day`` is an ordinal."""

    opening: Bag
    names: Bag
    meaning: Vectors
    day: int


def traits_of(title: str, text: str, meaning: Vectors, day: int) -> Traits:
    """The traits of a document; ``meaning`` is the sum of the vectors of its first passages."""
    words = text.split(None, _NAMED)[:_NAMED]
    opening = Counter(question_terms(" ".join(words[:_OPENING])))
    for term in question_terms(title):
        opening[term] += _TITLE
    named = _NAME.findall(f"{title} , {' '.join(words)}")
    names = Counter(_SHORT.sub("", word).casefold() for name in named for word in name.split())
    length = float(np.linalg.norm(meaning)) or 1.0
    return Traits(_bag(opening), _bag(names), (meaning / length).astype(np.float32), day)


def packed(traits: Traits) -> bytes:
    """The traits as bytes, but for the day."""
    bags = (traits.opening, traits.names)
    head = _LENGTHS.pack(*(len(bag.words) for bag in bags))
    body = b"".join(bag.words.astype("<u4").tobytes() + bag.counts.tobytes() for bag in bags)
    return head + body + traits.meaning.astype("<f2").tobytes()


def unpacked(stored: bytes, day: int) -> Traits:
    """The traits in bytes that :func:`packed` made."""
    bags, at = [], _LENGTHS.size
    for length in _LENGTHS.unpack(stored[: _LENGTHS.size]):
        words = np.frombuffer(stored, "<u4", length, at)
        counts = np.frombuffer(stored, np.uint8, length, at + 4 * length)
        bags.append(Bag(words, counts))
        at += 5 * length
    opening, names = bags
    return Traits(opening, names, np.frombuffer(stored, "<f2", offset=at).astype(np.float32), day)


def _bag(counted: Counter[str]) -> Bag:
    found: Counter[int] = Counter()
    for word, count in counted.items():
        found[zlib.crc32(word.encode()) % BUCKETS] += count
    words = sorted(found)
    counts = [min(255, found[word]) for word in words]
    return Bag(np.array(words, np.uint32), np.array(counts, np.uint8))
