"""Puts documents into stories one by one, as they come. Knows nothing of databases or of whose they are.

A document joins the story whose newest documents are on average about as likely as not to tell of its event
(average linkage); where it belongs to two stories, and their documents to each other's, the two were one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.embeddings import Vectors
from retrieval.stories.likeness import Rarity, chance
from retrieval.stories.traits import Traits

OPEN = 240  # days after which nothing continues a story
HELD = 10_000  # documents that new ones are compared with, the newest

_LINK = -0.25  # log-odds from which a document belongs to a story; set on one half of labelled stories
_NEAREST = 32  # documents, by meaning, that are looked at closely
_STORIES = 6  # stories that these belong to, and that are looked at as a whole
_MEMBERS = 8  # newest documents that speak for a story
_ASTRAY = _LINK - 3.0  # a document that is this unlike the rest of its story leaves it


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of placing a document: the stories of whatever moved, and which stories went into which."""

    moved: Mapping[int, int]
    merged: Mapping[int, int]


class Grouping:
    """The open stories of one library, in memory: what is needed to place the next document."""

    def __init__(self) -> None:
        self.stories: dict[int, int] = {}  # document → story
        self._traits: dict[int, Traits] = {}
        self._members: dict[int, list[int]] = defaultdict(list)
        self._rarity = Rarity()
        self._meanings: Vectors = np.zeros((0, 0), np.float32)
        self._rows: dict[int, int] = {}  # document → row of its meaning, in order

    def restore(self, number: int, story: int, traits: Traits) -> None:
        """Take up a document that was placed before, or that has changed since."""
        self._hold(number, traits)
        if number not in self.stories:
            self._move(number, story)

    def place(self, number: int, traits: Traits, new: Callable[[], int]) -> Placed:
        """Put a document into a story, a ``new`` one where none fits."""
        fitting = self._fitting(traits)
        self._hold(number, traits)
        story = fitting[0][1] if fitting else new()
        self._move(number, story)
        moved, merged = {number: story}, {}
        for _, other in fitting[1:]:
            if joined := self._merged(story, other):
                moved |= joined
                merged[other] = story
        return Placed(moved | self._parted(story, new), merged)

    def numbers(self) -> list[int]:
        """The open stories."""
        return list(self._members)

    def newest(self, story: int) -> list[Traits]:
        """The traits of the documents that speak for a story."""
        return [self._traits[number] for number in self._members[story][-_MEMBERS:]]

    def akin(self, some: Sequence[Traits]) -> int | None:
        """The story of this library that documents of another one, all of one story, tell of too."""
        fitting = {story for traits in some for _, story in self._fitting(traits)}
        odds = {story: self._together(story, some) for story in fitting}
        best = max(odds, key=lambda story: (odds[story], story), default=None)
        return best if best is not None and odds[best] >= _LINK else None

    def _together(self, story: int, some: Sequence[Traits]) -> float:
        """The log-odds that a story and some documents are of one event."""
        mine = self._members[story][-_MEMBERS:]
        return float(np.mean([self._average(traits, mine) for traits in some]))

    def _fitting(self, traits: Traits) -> list[tuple[float, int]]:
        """The stories that a document can belong to, the likeliest first, each with its log-odds."""
        near: dict[int, float] = {}
        for number in self._near(traits):
            story = self.stories[number]
            near[story] = max(near.get(story, -np.inf), self._odds(traits, self._traits[number]))
        best = sorted(near, key=lambda story: -near[story])[:_STORIES]
        odds = [(self._average(traits, self._members[story][-_MEMBERS:]), story) for story in best]
        return sorted(((each, story) for each, story in odds if each >= _LINK), reverse=True)

    def _near(self, traits: Traits) -> list[int]:
        """The documents nearest in meaning of those that are not too long ago."""
        if not self._rows:
            return []
        cosines = self._meanings[: len(self._rows)] @ traits.meaning
        numbers = list(self._rows)
        nearest = (numbers[at] for at in np.argsort(-cosines)[: 2 * _NEAREST])
        opened = (each for each in nearest if abs(self._traits[each].day - traits.day) <= OPEN)
        return [number for number, _ in zip(opened, range(_NEAREST), strict=False)]

    def _merged(self, story: int, other: int) -> dict[int, int]:
        """Let a story take in another, where their documents are as alike as those of one."""
        if self._together(story, self.newest(other)) < _LINK:
            return {}
        moved = dict.fromkeys(self._members.pop(other), story)
        self.stories |= moved
        self._members[story] = sorted({*self._members[story], *moved}, key=lambda n: (self._traits[n].day, n))
        return moved

    def _parted(self, story: int, new: Callable[[], int]) -> dict[int, int]:
        """Let the document go that is least like the rest of its story, where it is a stranger there."""
        members = self._members[story][-_MEMBERS:]
        if len(members) <= 2:
            return {}
        odds = {
            each: self._average(self._traits[each], [other for other in members if other != each])
            for each in members
        }
        stranger = min(odds, key=lambda each: odds[each])
        if odds[stranger] >= _ASTRAY:
            return {}
        self._members[story].remove(stranger)
        self._move(stranger, own := new())
        return {stranger: own}

    def _average(self, traits: Traits, numbers: Sequence[int]) -> float:
        return float(np.mean([self._odds(traits, self._traits[number]) for number in numbers]))

    def _odds(self, one: Traits, other: Traits) -> float:
        return chance(self._rarity.likeness(one, other))

    def _hold(self, number: int, traits: Traits) -> None:
        """Remember a document's traits, so that the next ones are compared with it."""
        if number in self._traits:
            self._rarity.see(self._traits[number], -1)
        self._traits[number] = traits
        self._rarity.see(traits)
        row = self._rows.setdefault(number, len(self._rows))
        if row == len(self._meanings):
            room = np.zeros((max(64, row), len(traits.meaning)), np.float32)
            self._meanings = np.concatenate([self._meanings.reshape(row, len(traits.meaning)), room])
        self._meanings[row] = traits.meaning

    def _move(self, number: int, story: int) -> None:
        self.stories[number] = story
        self._members[story].append(number)
