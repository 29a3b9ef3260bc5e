"""Tells what a document adds to a story from what its older documents have said already.

A new number, day, actor or state of things is new; the same told again in other words is not. Numbers, dates
and names are read as the gate reads them, so that "two thousand", "the U.N." and "Thursday" are no news where
"2,000", "the United Nations" and "3 April" were told. Knows nothing of whom a story is told to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rapidfuzz.distance import OSA

from retrieval.briefing.matching import (
    days_of,
    distinct,
    folds,
    on_its_weekday,
    one_number,
    pairs,
    parts,
    sent,
    slipped,
)
from retrieval.briefing.moments import moments
from retrieval.briefing.repeating import denials, vouches
from retrieval.briefing.sentences import Said, looks_ahead
from retrieval.briefing.status import STATUS
from retrieval.gate.figures import Figure, figures
from retrieval.gate.markers import listed
from retrieval.gate.mentions import Mention, mentions
from retrieval.gate.names import Told
from retrieval.gate.places import country
from retrieval.gate.polarity import opposed
from retrieval.gate.spelling import initials
from retrieval.gate.words import read, stem

_STATE = 0.35  # share of a sentence's words that no older document says, from which it tells a new state
_STATE_FEWEST = 4  # such words
_STATES = 2  # sentences that tell something in words that are new
_COMPARED = 0.5  # of its words that an older sentence must say to be compared with it in full
_SAME_MATTER = 0.25  # of its words, with which an older sentence that gives a number gives the same one
_FEWEST = 2  # such words
_ONE_SENTENCE = 0.6  # of its words that an older sentence says, which is then told anew with other values
_DENIED = 0.8  # of the words of both, from which a denial in one is told of the other

# Said before a name by one report and left out by another.
_TITLES = listed(
    """president vice prime minister senator sen rep representative congressman congresswoman governor
    gov mayor secretary chancellor chairman chairwoman chair chief judge justice general colonel captain
    lieutenant sergeant officer director professor dr mr mrs ms miss sir dame lord lady king queen prince
    princess pope
    cardinal bishop father rev coach ceo the a an former"""
)
_MISTYPED = 4  # letters of a name in which two that changed places are forgiven


@dataclass(frozen=True, slots=True)
class Added:
    """A sentence that adds to its story, and what: ``number``, ``day``, ``actor``, ``status`` or ``state``.

    A ``status`` is what became of something; a ``state`` only words that nobody has used of the story.
    """

    said: Said
    kinds: tuple[str, ...]


class Known:
    """What the older documents of a story say."""

    def __init__(self, said: Sequence[Said]) -> None:
        self._said = (*said, *pairs(said))
        self._words = frozenset(term for each in said for term in each.terms)
        days = {day for each in said for day in (*(moment.day for moment in each.moments), each.day) if day}
        # tables and lists give days too, though nothing of them is told
        passages = {each.passage.text: each.day for each in said}
        listed_there = (moments(read(text), day, looks_ahead) for text, day in passages.items())
        self._days = frozenset(days.union(moment.day for found in listed_there for moment in found))
        self._by_term: dict[str, list[Said]] = {}
        for each in said:
            for term in each.terms:
                self._by_term.setdefault(term, []).append(each)

    def __bool__(self) -> bool:
        return bool(self._said)

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(each.text for each in self._said)

    @cached_property
    def _names(self) -> Told:
        titles = dict.fromkeys(each.document.title for each in self._said)
        return Told([*(each.told.reading for each in self._said), *map(read, titles)])

    @cached_property
    def _figures(self) -> dict[int, tuple[Figure, ...]]:
        return {id(each): figures(each.told.reading) for each in self._said}

    def says(self, said: Said) -> bool:
        """Whether this says all of a sentence, perhaps without a dateline before it."""
        single = parts(said)
        if len(single) > 1:
            return all(map(self.says, single))
        near = [older for older, _ in self._near(said, _COMPARED)]
        return said.text in self._texts or any(
            vouches(older, said) or sent(older, said) or slipped(older, said) for older in near
        )

    def added(self, said: Said) -> tuple[str, ...]:
        """What a sentence adds to this, by kind; nothing where it repeats. Of two, what either adds."""
        single = parts(said)
        if len(single) > 1:
            return tuple(dict.fromkeys(kind for part in single for kind in self.added(part)))
        if self.says(said):
            return ()
        kinds = []
        if self._counts(said):
            kinds.append("number")
        if self._happens(said):
            kinds.append("day")
        if self._acts(said):
            kinds.append("actor")
        if self._becomes(said):
            kinds.append("status")
        new = said.terms - self._words
        if len(new) >= _STATE_FEWEST and len(new) >= _STATE * len(said.terms):
            kinds.append("state")
        return tuple(kinds)

    def _near(self, said: Said, share: float) -> list[tuple[Said, int]]:
        """The older sentences that say a share of another's words, with how many."""
        shared: dict[int, int] = {}
        found: dict[int, Said] = {}
        for term in said.terms:
            for older in self._by_term.get(term, ()):
                shared[id(older)] = shared.get(id(older), 0) + 1
                found[id(older)] = older
        least = max(_FEWEST, share * len(said.terms))
        return [(found[key], count) for key, count in shared.items() if count >= least]

    def _told_before(self, said: Said) -> list[Said]:
        """The older sentences that a sentence seems to tell anew."""
        return [older for older, _ in self._near(said, _ONE_SENTENCE)]

    def _counts(self, said: Said) -> bool:
        """Whether it gives a number that was not given of the same matter before."""
        figured = [each for each in said.told.figures if each.values != {1.0}]
        if not figured:
            return False
        told = [older for older, _ in self._near(said, _SAME_MATTER)]
        close = {id(older) for older, _ in self._near(said, _COMPARED)}
        every = [figure for found in self._figures.values() for figure in found]
        for figure in figured:
            if distinct(figure):
                given = every
            else:
                given = [
                    other
                    for older in told
                    for other in self._figures[id(older)]
                    if id(older) in close or said.told.ties(figure) & older.told.ties(other)
                ]
            if not any(one_number(figure, other) for other in given) and not self._in_place(said, figure):
                return True
        return False

    def _in_place(self, said: Said, figure: Figure) -> bool:
        """Whether a number stood between the same two words before, in a table or a list perhaps."""
        words = said.told.reading.words
        inside = [at for at, word in enumerate(words) if figure.start <= word.start < figure.end]
        if not inside or inside[0] == 0 or inside[-1] + 1 == len(words):
            return False
        first, last = inside[0], inside[-1]
        around = (words[first - 1].fold, words[first].fold), (words[last].fold, words[last + 1].fold)
        return self._beside.issuperset(around)

    @cached_property
    def _beside(self) -> frozenset[tuple[str, str]]:
        readings = [read(text) for text in {each.passage.text for each in self._said}]
        return frozenset(
            (one.fold, other.fold) for reading in readings for one, other in pairwise(reading.words)
        )

    def _happens(self, said: Said) -> bool:
        """Whether it tells of a day that nobody spoke of, or moves what was told to another day."""
        days = {moment.day for moment in said.moments if moment.event or moment.fixed}
        if not days:
            return False
        told = self._told_before(said)
        if any(days_of(said) <= days_of(older) for older in told if days_of(older)):
            return False
        if days - self._days:
            return not any(on_its_weekday(days, older) for older in told)
        moved = [older for older in told if older.moments]
        return bool(moved) and not any(
            days & {older.day, *(moment.day for moment in older.moments)} for older in moved
        )

    def _acts(self, said: Said) -> list[str]:
        """The names of a sentence that nobody spoke of before, the publisher's own left out."""
        own = set((said.document.publisher or "").casefold().split())
        return [
            each.text
            for each in mentions(said.told.reading)
            if each.text.casefold() not in own and not self._named(each)
        ]

    def _named(self, mention: Mention) -> bool:
        """Whether a name was mentioned: as it is, by initials, as a country otherwise called, or mistyped."""
        whole = country(" ".join(mention.tokens))
        short = initials(mention.tokens)
        if (whole and whole in self._names.countries) or (len(short) > 1 and short in self._names.capitals):
            return True
        return all(self._called(token) for token in mention.tokens if token not in _TITLES)

    def _called(self, token: str) -> bool:
        names = self._names
        if token in names.folds or token.removesuffix("s") in names.initials or stem(token) in self._stems:
            return True
        if (country(token) or "-") in names.countries:
            return True
        near = [fold for fold in names.folds if abs(len(fold) - len(token)) <= 1 and fold[:1] == token[:1]]
        mixed = (fold for fold in near if sorted(fold) == sorted(token))
        return len(token) >= _MISTYPED and any(
            OSA.distance(token, fold, score_cutoff=1) <= 1 for fold in mixed
        )

    def _becomes(self, said: Said) -> bool:
        """Whether something became of somebody that was not told, or the contrary of what was."""
        stems = said.told.reading.stems
        for older, shared in self._near(said, _COMPARED):
            there = older.told.reading.stems
            if shared >= _ONE_SENTENCE * len(said.terms):
                mine, theirs = stems - there, there - stems
                if any(opposed(one, other) for one in mine for other in theirs):
                    return True
            both = shared >= _DENIED * max(len(older.terms), len(said.terms))
            if both and denials(older) != denials(said):
                return True
        near = frozenset[str]().union(*(folds(older) for older, _ in self._near(said, _SAME_MATTER)))
        return any(folds(said) & group and not group & near for group in STATUS)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(word for each in self._said for word in each.told.reading.stems)


def moves(added: Sequence[Added]) -> bool:
    """Whether additions are a development: a new value, day, actor or status, or several new states."""
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
