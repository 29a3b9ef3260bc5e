"""Decides which stories go into a briefing and in what order, and says why each is there.

Relevance to the profile × independent publishers × what is new × freshness, with variety. Every function is
pure; knows nothing of how a story is told.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from retrieval.briefing.types import Profile
from retrieval.copies.alike import independent
from retrieval.embeddings import Vectors
from retrieval.relevance import Asked
from retrieval.stories import Story
from retrieval.types import Document, Passage

MOST = 5  # stories of a briefing
_SAID = 0.99  # of a topic's words that a passage says
_ENOUGH, _SHARE = 2, 0.15  # passages that say a phrase, and their share of all, for it to be a topic
_TOPICAL = 0.5  # relevance from which a story is on a topic
_ELSE = 0.3  # what a story weighs that has nothing to do with a role or an industry
_WANES = 3.0  # days after which freshness has lost two thirds, where briefings are of days
_ALIKE = 0.6  # cosine from which a story is too much like one before it
_CROWDED = 0.6  # what is left of its score then


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that may be told, with what speaks for it."""

    story: Story
    fresh: tuple[Document, ...]
    relevance: float
    phrase: str | None
    score: float

    @property
    def older(self) -> tuple[Document, ...]:
        """Its documents that were there before."""
        fresh = {document.number for document in self.fresh}
        return tuple(each for each in self.story.documents if each.number not in fresh)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near a phrase of a profile comes to passages, as a model sees it: 0 as usual, 1 very near."""

    vectors: Mapping[str, Vectors]
    usual: float
    close: float

    def of(self, phrase: str, passages: Vectors | None) -> float:
        """The nearest of some passages' vectors, between the usual and the close."""
        if phrase not in self.vectors or passages is None or not len(passages):
            return 0.0
        nearest = float((passages @ self.vectors[phrase]).max())
        return min(1.0, max(0.0, (nearest - self.usual) / (self.close - self.usual)))


def relevance(
    profile: Profile,
    documents: Iterable[Document],
    passages: Mapping[int, Sequence[Passage]],
    vectors: Mapping[int, Vectors],
    likeness: Likeness,
) -> tuple[float, str | None]:
    """How near a story's documents come to a profile, 0 to 1, and to which of its phrases.

    Of a profile without topics, everything is wanted, what is of the role or industry more.
    """
    best, named = 0.0, None
    told = list(documents)
    for phrase in profile.phrases:
        near = max((likeness.of(phrase, vectors.get(each.number)) for each in told), default=0.0)
        said = _said(Asked(phrase, {}), told, passages)
        worth = max(0.5 * near + 0.5 * said, 0.8 * said, 0.8 * near)
        worth *= 1.0 if phrase in profile.topics else 0.8
        if worth > best:
            best, named = worth, phrase
    if not profile.topics:
        return _ELSE + (1 - _ELSE) * best if profile.phrases else 1.0, named if best >= _TOPICAL else None
    return best, named


def _said(asked: Asked, documents: Sequence[Document], passages: Mapping[int, Sequence[Passage]]) -> float:
    """How much of a phrase documents say: whole where a title does, or some of their passages."""
    if any(asked.covered(asked.heard(document.title)) >= _SAID for document in documents):
        return 1.0
    every = [passage for document in documents for passage in passages.get(document.number, ())]
    saying = sum(asked.covered(asked.heard(passage.text)) >= _SAID for passage in every)
    enough = _ENOUGH + (len(asked.weights) == 1)  # a single word is more often said in passing
    return min(1.0, saying / max(enough, _SHARE * len(every)))


def wanted(profile: Profile, relevance: float) -> bool:
    """Whether a story may be told to somebody: of topics, only what is on them."""
    return not profile.topics or relevance >= _TOPICAL


def score(relevance: float, fresh: Sequence[Document], added: int, today: date, *, days: bool) -> float:
    """What speaks for a story; ``added`` counts the sentences that add to it.

    ``days``: the briefing is about the last days, so that age in days tells.
    """
    newest = max((document.day for document in fresh if document.day), default=today)
    age = max(0, (today - newest).days)
    freshness = math.exp(-age / _WANES) if days else 1 / (1 + age / 365)
    return relevance * (1 + 0.5 * math.log2(independent(fresh))) * (1 + 0.05 * min(added, 10)) * freshness


def varied(
    candidates: Sequence[Candidate], vectors: Mapping[int, Vectors], most: int = MOST
) -> list[Candidate]:
    """The best candidates, each weighed less where it is much like one chosen before it."""
    left, chosen = list(candidates), list[Candidate]()
    centres = {each.story.number: _centre(each, vectors) for each in candidates}

    def worth(each: Candidate) -> float:
        mine = centres[each.story.number]
        alike = [float(mine @ centres[other.story.number]) for other in chosen]
        return each.score * _CROWDED ** sum(cosine >= _ALIKE for cosine in alike)

    while left and len(chosen) < most:
        best = max(left, key=lambda each: (worth(each), -each.story.number))
        left.remove(best)
        chosen.append(best)
    return chosen


def _centre(candidate: Candidate, vectors: Mapping[int, Vectors]) -> Vectors:
    found = [vectors[each.number] for each in candidate.story.documents if each.number in vectors]
    if not found:
        return np.zeros(next((each.shape[1] for each in vectors.values()), 1), np.float32)
    mean: Vectors = np.concatenate(found).mean(axis=0)
    length = float(np.linalg.norm(mean)) or 1.0
    unit: Vectors = mean / length
    return unit
