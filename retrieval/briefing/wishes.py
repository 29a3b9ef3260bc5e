"""Weighs stories by what a reader thinks of others: followed, more or less of their like.

Pure; knows nothing of where opinions are kept. How alike two stories are is the cosine of their centres. Of
pairs of the benchmarks' labelled stories that were read, 27 of 28 above 0.55 are of one matter, such as two
storms or one politician, 11 of 14 from 0.5 on, 7 of 14 from 0.45, 5 of 14 from 0.4, where likeness begins. An
opinion of one story weighs with 1.7 of 280 others by half or more. Stories of a few lines lie lower: what
comes to 0.7 in full comes to 0.55 then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from retrieval.briefing.types import Profile
from retrieval.embeddings import Vectors
from retrieval.stories import Story

MORE, LESS = 2.0, 0.4  # what a story's score is multiplied by that is just like one of which more is wanted

_AKIN, _ALIKE = 0.4, 0.65  # cosines of MiniLM: from where a story is a little like another, and just like it
_FAR = 0.95  # of another model's cosines: the share of pairs that are not alike
_FEW, _ENOUGH = 3, 300  # stories by which another model's cosines are judged


@dataclass(frozen=True, slots=True)
class Opined:
    """A story that a reader wants more or less of: its documents, what it is called and where it lies."""

    documents: frozenset[int]
    title: str
    centre: Vectors


@dataclass(frozen=True, slots=True)
class Liking:
    """How a story is weighed for its likeness, 0 to 1, to one that a reader wants more or less of.

    ``more`` and ``less`` name these stories, where there is one; "" is this story itself.
    """

    liked: float = 0.0
    disliked: float = 0.0
    more: str | None = None
    less: str | None = None

    @property
    def weight(self) -> float:
        """What its score is multiplied by; however many opinions there are, from LESS to MORE."""
        return float(MORE**self.liked * LESS**self.disliked)


INDIFFERENT = Liking()


@dataclass(frozen=True)
class Scale:
    """Between which cosines two stories are a little and very alike, as one model sees it."""

    akin: float = _AKIN
    alike: float = _ALIKE

    @classmethod
    def of(cls, centres: Sequence[Vectors]) -> Scale:
        """The scale of a model of which nothing is known but the centres of some stories."""
        if len(centres) < _FEW:
            return cls()
        some = np.stack(centres[:_ENOUGH])
        akin = float(np.quantile((some @ some.T)[np.triu_indices(len(some), 1)], _FAR))
        return cls(akin, akin + 0.5 * (1 - akin))

    def likeness(self, cosine: float) -> float:
        """0 where two stories have nothing in common, 1 where they are of one matter."""
        return min(1.0, max(0.0, (cosine - self.akin) / max(1e-6, self.alike - self.akin)))


@dataclass(frozen=True)
class Wishes:
    """What a reader thinks: documents whose stories are followed, and stories (dis)liked."""

    followed: frozenset[int] = frozenset()
    liked: tuple[Opined, ...] = ()
    disliked: tuple[Opined, ...] = ()
    scale: Scale = Scale()

    def follows(self, story: Story) -> bool:
        """Whether a story is one that is followed."""
        return not self.followed.isdisjoint(_numbers(story))

    @cached_property
    def weighs(self) -> bool:
        """Whether any story is weighed by its likeness to others."""
        return bool(self.liked or self.disliked)

    def liking(self, story: Story, where: Vectors) -> Liking:
        """How a story, whose centre is ``where``, is weighed."""
        liked, more = self._nearest(self.liked, story, where)
        disliked, less = self._nearest(self.disliked, story, where)
        return Liking(liked, disliked, more, less)

    def _nearest(self, opined: Iterable[Opined], story: Story, where: Vectors) -> tuple[float, str | None]:
        best: tuple[float, str | None] = (0.0, None)
        for each in opined:
            if not each.documents.isdisjoint(_numbers(story)):
                return 1.0, ""
            like = self.scale.likeness(float(each.centre @ where))
            best = max(best, (like, each.title), key=lambda known: known[0])
        return best


def wishes_of(
    profile: Profile, opined: Iterable[Story], vectors: Mapping[int, Vectors], scale: Scale
) -> Wishes:
    """What a profile says of stories; ``opined`` are those that it likes or dislikes, as they stand now."""
    liked, disliked = frozenset(profile.liked), frozenset(profile.disliked)
    held = [
        Opined(frozenset(_numbers(story)), story.documents[-1].title, centre(_numbers(story), vectors))
        for story in opined
    ]
    return Wishes(
        frozenset(profile.followed),
        tuple(each for each in held if each.documents & liked),
        tuple(each for each in held if each.documents & disliked),
        scale,
    )


def centre(numbers: Iterable[int], vectors: Mapping[int, Vectors]) -> Vectors:
    """Where a story lies: the middle of what its documents, by their numbers, mean."""
    found = [vectors[number] for number in numbers if number in vectors]
    if not found:
        return np.zeros(next((each.shape[1] for each in vectors.values()), 1), np.float32)
    mean: Vectors = np.concatenate(found).mean(axis=0)
    unit: Vectors = mean / (float(np.linalg.norm(mean)) or 1.0)
    return unit


def _numbers(story: Story) -> list[int]:
    return [document.number for document in story.documents]
