"""Reads a text as word runs that can be compared and kept. Knows nothing of documents or databases.

Runs of a few words ("shingles", Broder, "On the resemblance and containment of documents", 1997) survive a
new head, foot or paragraph; the few of them that are kept as prints find a text's copies among many.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Prints = NDArray[np.int64]

_RUN = 4  # words of a shingle
_OPENING = 200  # words of a text's beginning, where a summary is cut from: a quarter of its runs are kept
_KEPT_OPENING, _KEPT = 4, 24  # of how many runs one is kept
_LONG_WORD = 8  # characters with the space behind it
_FEWEST, _MOST = 12, 96  # prints of a text, as far as it has so many runs

_REMEMBERED = 16_384  # words; a few thousand make up most of what is written

# A number with its separators is one word; a character of a script without spaces is one.
_WORD = re.compile(
    r"\d+(?:[.,:]\d+)*|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
    r"|[^\W\d_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))  # of splitmix64 (Steele et al. 2014)
_STEP = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Worded:
    """A text as it is compared: its words in order, in small letters, and its runs of words as numbers."""

    words: tuple[str, ...]
    runs: NDArray[np.uint64]


def worded(text: str) -> Worded:
    """The words and runs of a text."""
    words = tuple(_WORD.findall(text.casefold()))
    return Worded(words, _runs(words))


def prints(text: Worded, salt: str) -> Prints:
    """The runs by which a text is found again, as numbers that differ from one ``salt`` to another."""
    runs = text.runs
    if not len(runs):
        return np.empty(0, np.int64)
    opening = np.unique(runs[:_OPENING])
    rest = np.unique(runs)
    kept = np.union1d(opening[opening % _KEPT_OPENING == 0], rest[rest % _KEPT == 0])
    if len(kept) < _FEWEST:
        kept = np.union1d(kept, rest[:_FEWEST])
    salted = _mixed(kept[:_MOST] ^ np.uint64(zlib.crc32(salt.encode()) * 0x100000001))
    return salted.view(np.int64)


def fewest_prints(characters: int) -> float:
    """How many prints a text of so many characters leaves at the least, about."""
    words = characters / _LONG_WORD
    return min(_MOST, min(words, _OPENING) / _KEPT_OPENING + max(0.0, words - _OPENING) / _KEPT)


def _runs(words: tuple[str, ...]) -> NDArray[np.uint64]:
    """One number for each run of words; a shorter text is one run."""
    if not words:
        return np.empty(0, np.uint64)
    hashed = _mixed(np.fromiter(map(_hashed, words), np.uint64, len(words)))
    width = min(_RUN, len(words))
    length = len(words) - width + 1
    runs = np.zeros(length, np.uint64)
    for place in range(width):
        runs = _mixed((runs + hashed[place : place + length]) * _STEP)
    return runs


@lru_cache(_REMEMBERED)
def _hashed(word: str) -> int:
    return zlib.crc32(word.encode())


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The numbers, each bit of them spread over all."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _MIX[0]
    numbers = (numbers ^ (numbers >> np.uint64(27))) * _MIX[1]
    return numbers ^ (numbers >> np.uint64(31))
