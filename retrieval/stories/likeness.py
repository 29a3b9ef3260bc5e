"""Says how likely two documents tell of one event. Knows nothing of stories or databases.

A logistic regression over a handful of likenesses, fitted by `benchmarks/fit_stories.py`.
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from retrieval.stories.traits import BUCKETS, Bag, Traits

LIKENESSES = ("opening", "names", "meaning", "days")
MEMORY = 30  # days apart from which more days make no further difference
ASSUMED = 100  # documents without any of the words, before the first was seen: in a few, no word is common


class Rarity:
    """How rare each word and name is among the documents seen so far."""

    def __init__(self) -> None:
        self._seen = 0
        self._words = np.zeros(BUCKETS, np.int32)
        self._names = np.zeros(BUCKETS, np.int32)

    def see(self, traits: Traits, times: int = 1) -> None:
        """Count a document, or with -1 take it out of the count."""
        self._seen += times
        self._words[traits.opening.words] += times
        self._names[traits.names.words] += times

    def likeness(self, one: Traits, other: Traits) -> tuple[float, ...]:
        """How alike two documents are, in the order of LIKENESSES: cosines, and days apart as ln(1 + n)."""
        opening = self._cosine(one.opening, other.opening, self._words)
        names = self._cosine(one.names, other.names, self._names)
        days = math.log1p(min(MEMORY, abs(one.day - other.day)))
        return opening, names, float(one.meaning @ other.meaning), days

    def _cosine(self, one: Bag, other: Bag, frequencies: NDArray[np.int32]) -> float:
        _, mine, theirs = np.intersect1d(one.words, other.words, assume_unique=True, return_indices=True)
        if not len(mine):
            return 0.0
        here, there = self._weighed(one, frequencies), self._weighed(other, frequencies)
        length = float(np.linalg.norm(here) * np.linalg.norm(there)) or 1.0
        return float(here[mine] @ there[theirs]) / length

    def _weighed(self, bag: Bag, frequencies: NDArray[np.int32]) -> NDArray[np.float64]:
        rarity = np.log((self._seen + ASSUMED) / (frequencies[bag.words] + 0.5))
        weighed: NDArray[np.float64] = np.log1p(bag.counts) * np.maximum(rarity, 0.0)
        return weighed


def chance(likeness: tuple[float, ...]) -> float:
    """The log-odds that two documents of this likeness tell of one event."""
    weights, constant = _fitted()
    return float(np.dot(weights, likeness)) + constant


@cache
def _fitted() -> tuple[NDArray[np.float64], float]:
    file = resources.files("retrieval.stories").joinpath("weights.json")
    fitted = json.loads(file.read_text(encoding="utf-8"))
    return np.array([fitted["weights"][name] for name in LIKENESSES]), float(fitted["constant"])
