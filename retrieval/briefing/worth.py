"""Says how good a sentence is to tell of a story, and to tell first. Knows nothing of parts or questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from retrieval.briefing.material import Material
from retrieval.briefing.questions import changed
from retrieval.briefing.sentences import Said
from retrieval.gate.words import read
from retrieval.terms import question_terms

FIRST = 3  # sentences of a report that tell its news
EARLIER = timedelta(7)  # before the change, from which something is old
_OPENING = (1.0, 0.7, 0.5)  # what each of the first is worth as the first
_OF_TITLE = 0.3  # share of the headline's words, that a sentence which opens a story says
_ANY = 0.5  # what a reporter's sentence is worth as news that neither dates nor names a change
_HEADLINE = 4  # words of a headline at least; fewer say little
_USUAL = 5  # telling words; shorter sentences tell less by themselves


class Worth:
    """The sentences of one story, by what they are worth; ``focus`` are its headline's telling words."""

    def __init__(self, material: Material, near: Mapping[Said, float], used: Sequence[Said]) -> None:
        """``near`` is how near each comes to the heart of the story; ``used`` grows by what was told."""
        self.focus = frozenset(question_terms(material.headline))
        self._material = material
        self._near = near
        self._used = used

    def of(self, said: Said) -> float:
        """How good a sentence is to tell, whatever for."""
        worth = self._near[said] * (1.6 if said.order < FIRST else 1.25 if said.order < 6 else 1.0)
        worth *= 0.7 + self.focused(said)
        worth *= 0.9 if said.timely else 1.0
        worth *= 0.4 if said.surnames and said.surnames - self.introduced() else 1.0
        worth *= 0.6 if said.joins else 1.0
        worth *= 0.7 if said.voiced else 1.0
        worth *= min(1.0, len(said.terms) / _USUAL)
        worth *= 0.8 if said.ahead else 1.0
        worth *= 0.85 if len(said.text) > 260 else 1.0
        if self._material.update and said not in self._material.adds:
            worth *= 0.5
        return worth

    def opens(self, said: Said) -> float:
        """How well a sentence opens the story: a report says its news first, in the words of its title."""
        if said.order >= FIRST or said.voiced or said.joins or self.past(said):
            return 0.0
        return self.focused(said) * _OPENING[said.order] if self.focused(said) >= _OF_TITLE else 0.0

    def happened(self, said: Said) -> float:
        """How surely a sentence tells what has happened lately."""
        sure = changed(said, self._material.today)
        if said.ahead and not sure and said.order < FIRST:
            return _ANY * (not said.voiced)  # what is announced is the news
        return 0.0 if not sure else _ANY + (1 - _ANY) * sure * (0.3 if self.past(said) else 1.0)

    def past(self, said: Said) -> bool:
        """Whether the latest day that a sentence tells of lies well before the latest event."""
        turned = self._material.turned
        days = [each.day for each in said.moments if each.event]
        return bool(turned and days and max(days) < turned - EARLIER)

    def old(self, said: Said) -> bool:
        """Whether it tells of a day well before the latest event, or of nothing else than that."""
        turned = self._material.turned
        days = [each.day for each in said.moments if each.event]
        return bool(turned and days and max(days) <= turned)

    def introduced(self) -> frozenset[str]:
        """The words of the headline and of what is told: whoever is named there needs no whole name."""
        told = (word.fold for said in self._used for word in said.told.reading.words)
        return frozenset(told).union(word.fold for word in read(self._material.headline).words)

    def focused(self, said: Said) -> float:
        """The share of the headline's words that a sentence says."""
        return len(said.terms & self.focus) / max(_HEADLINE, len(self.focus))


def crisp(said: Said) -> float:
    """How well a sentence stands alone as a line: in one piece, a reporter's words, clear without a date."""
    return (not said.voiced) * (0.7 if len(said.parts) > 1 else 1.0) * (0.85 if said.timely else 1.0)
