"""Tells what a document adds to a story from what its older documents have said already.

A new number, day, actor or state of things is new; the same told again in other words is not. Knows nothing
of whom a story is told to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.briefing.repeating import vouches
from retrieval.briefing.sentences import Said
from retrieval.gate.words import stem

_STATE = 0.35  # share of a sentence's words that no older document says, from which it tells a new state
_STATE_FEWEST = 4  # such words
_STATES = 2  # sentences that tell something in words that are new
_COMPARED = 0.5  # of its words that an older sentence must say to be compared with it in full


@dataclass(frozen=True, slots=True)
class Added:
    """A sentence that adds to its story, and what it adds: ``number``, ``day``, ``actor`` or ``state``."""

    said: Said
    kinds: tuple[str, ...]


class Known:
    """What the older documents of a story say."""

    def __init__(self, said: Sequence[Said]) -> None:
        self._said = tuple(said)
        self._words = frozenset(term for each in said for term in each.terms)
        self._numbers = frozenset(number for each in said for number in each.numbers)
        self._days: frozenset[date] = frozenset(
            day for each in said for day in (*(moment.day for moment in each.moments), each.day) if day
        )
        self._stems = frozenset(word for each in said for word in each.told.reading.stems)
        self._by_term: dict[str, list[Said]] = {}
        for each in said:
            for term in each.terms:
                self._by_term.setdefault(term, []).append(each)

    def __bool__(self) -> bool:
        return bool(self._said)

    def says(self, said: Said) -> bool:
        """Whether some sentence of this says all of another."""
        return any(vouches(older, said) for older in self._near(said))

    def added(self, said: Said) -> tuple[str, ...]:
        """What a sentence adds to this, by kind; nothing where it repeats."""
        if self.says(said):
            return ()
        kinds = []
        if any(not figure.values & self._numbers for figure in said.told.figures):
            kinds.append("number")
        if any(moment.day not in self._days for moment in said.moments if moment.event):
            kinds.append("day")
        if self._actors(said):
            kinds.append("actor")
        new = said.terms - self._words
        told_anew = len(new) >= _STATE_FEWEST and len(new) >= _STATE * len(said.terms)
        if told_anew or self._denied_before(said):
            kinds.append("state")
        return tuple(kinds)

    def _near(self, said: Said) -> Iterable[Said]:
        shared: dict[int, int] = {}
        found: dict[int, Said] = {}
        for term in said.terms:
            for older in self._by_term.get(term, ()):
                shared[id(older)] = shared.get(id(older), 0) + 1
                found[id(older)] = older
        return [found[key] for key, count in shared.items() if count >= _COMPARED * len(said.terms)]

    def _actors(self, said: Said) -> frozenset[str]:
        """The names of a sentence that nobody spoke of before, the publisher's own left out."""
        own = {stem(word.casefold()) for word in (said.document.publisher or "").split()}
        return said.told.names - self._stems - own

    def _denied_before(self, said: Said) -> bool:
        """Whether it says yes where an older sentence of the same words says no, or the other way round."""
        return any(
            older.told.denied != said.told.denied
            and len(older.terms & said.terms) >= 0.8 * max(len(older.terms), len(said.terms))
            for older in self._near(said)
        )


def moves(added: Sequence[Added]) -> bool:
    """Whether additions are a development: a new value, day or actor, or several new states of things."""
    firm = any(set(each.kinds) - {"state"} for each in added)
    return firm or len(added) >= _STATES


def additions(new: Iterable[Said], known: Known) -> list[Added]:
    """The sentences of new documents that add to what is known, in order.

    A sentence that a new document says again after another new one adds no less: which of them is told is
    decided later.
    """
    found = []
    for said in new:
        kinds = known.added(said) if known else ("state",)
        if kinds:
            found.append(Added(said, kinds))
    return found
