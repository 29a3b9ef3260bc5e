"""How good a ranking or a decision is, in the usual figures. Pure; knows nothing of what is ranked."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

_RESAMPLES = 2_000
_SEED = 7


@dataclass(frozen=True, slots=True)
class Figures:
    """The quality of one ranking: each between 0 and 1."""

    hit1: float
    hit5: float
    mrr10: float
    ndcg10: float


def figures(ranked: Sequence[str], relevant: Collection[str]) -> Figures:
    """The quality of a ranking of distinct ids against the ids that are relevant, all equally.

    nDCG as in Järvelin & Kekäläinen 2002, with gains of 0 and 1; MRR counts the first ten places.
    """
    places = [place for place, id in enumerate(ranked, start=1) if id in relevant]
    first = places[0] if places else math.inf
    gained = sum(1 / math.log2(place + 1) for place in places if place <= 10)
    best = sum(1 / math.log2(place + 1) for place in range(1, min(len(relevant), 10) + 1))
    return Figures(
        hit1=float(first == 1),
        hit5=float(first <= 5),
        mrr10=1 / first if first <= 10 else 0.0,
        ndcg10=gained / best if best else 0.0,
    )


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % bootstrap interval of a mean (percentile method, Efron 1979), the same on every run."""
    sample = np.asarray(values, dtype=float)
    draws = np.random.default_rng(_SEED).integers(0, len(sample), size=(_RESAMPLES, len(sample)))
    low, high = np.percentile(sample[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def balanced_accuracy(decided: Sequence[bool], truth: Sequence[bool]) -> float:
    """The mean of the share decided rightly among the true and among the false."""
    pairs = list(zip(decided, truth, strict=True))
    shares = []
    for side in (True, False):
        right = [decision == side for decision, actual in pairs if actual == side]
        if right:
            shares.append(sum(right) / len(right))
    return sum(shares) / len(shares) if shares else 0.0


def mean_accuracy_interval(groups: Sequence[tuple[Sequence[bool], Sequence[bool]]]) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean balanced accuracy of groups of (decided, truth).

    Each side of each group is drawn anew by itself (a stratified bootstrap, Efron & Tibshirani 1993), so that
    its size stays what it is; the same on every run.
    """
    draws = np.random.default_rng(_SEED)
    means = np.zeros(_RESAMPLES)
    for decided, truth in groups:
        sides = [
            np.asarray([said == side for said, actual in zip(decided, truth, strict=True) if actual == side])
            for side in (True, False)
        ]
        drawn = [
            side[draws.integers(0, len(side), size=(_RESAMPLES, len(side)))].mean(axis=1)
            for side in sides
            if len(side)
        ]
        means += np.mean(drawn, axis=0) / len(groups)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share (0 to 100) of the values lies."""
    return float(np.percentile(np.asarray(values, dtype=float), share))
