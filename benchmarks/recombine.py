"""Makes new articles out of the sentences of others, and vectors for them. Pure; knows nothing of files.

A library can be grown with these to a size for which no real corpus, and no hour of embedding, is at hand.
Words keep their frequencies and vectors their neighbourhoods, roughly: good for measuring time, memory and
disk, never for measuring quality.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import Article
from retrieval.passages import sentences

Vectors = NDArray[np.float32]

_SOURCES = 3  # articles that one new article is made of
_RUN = 4  # sentences at most that are taken from one in a row
_NOISE = 0.3  # the length of what is added to a vector of length 1, so that no two are the same


@dataclass(frozen=True, slots=True)
class Source:
    """An article to take sentences from."""

    title: str
    url: str
    published: str
    sentences: tuple[str, ...]


def recombined(sources: Sequence[Source], seed: int = 7) -> Iterator[Article]:
    """New articles without end: each mixes runs of sentences of a few, as many as the first of them has.

    Each sentence is a paragraph of its own, so that the text falls into the same sentences again.
    """
    chance = random.Random(seed)
    number = 0
    while True:
        number += 1
        chosen = chance.sample(sources, min(_SOURCES, len(sources)))
        said: list[str] = []
        while (left := len(chosen[0].sentences) - len(said)) > 0:
            said += _run(chance, chance.choice(chosen).sentences, left)
        title = _title(chosen[0].title, chosen[-1].title)
        published = chance.choice(chosen).published
        yield Article(f"r{number:06}", title, "\n\n".join(said), chosen[0].url, published)


def vector_of(text: str, known: Mapping[str, int], vectors: Vectors) -> Vectors | None:
    """The vector of a mixed text: the mean of those its sentences come from, and some noise of its own.

    ``known`` has the row of each sentence in ``vectors``. None where no sentence is known.
    """
    rows = [known[said] for span in sentences(text) if (said := text[span.start : span.end]) in known]
    if not rows:
        return None
    mean = vectors[rows].mean(axis=0)
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
    noise = np.random.default_rng(seed).normal(size=mean.shape).astype(np.float32)
    mixed = mean / np.linalg.norm(mean) + _NOISE * noise / np.linalg.norm(noise)
    unit: Vectors = (mixed / np.linalg.norm(mixed)).astype(np.float32)
    return unit


def _run(chance: random.Random, said: Sequence[str], left: int) -> Sequence[str]:
    start = chance.randrange(len(said))
    return said[start : start + min(left, chance.randint(1, _RUN))]


def _title(first: str, second: str) -> str:
    """The beginning of one title and the end of another."""
    begin, end = first.split(), second.split()
    return " ".join(begin[: (len(begin) + 1) // 2] + end[len(end) // 2 :])
