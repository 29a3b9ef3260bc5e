"""Reads a sentence as values are compared in it: what it is about, and its numbers, dates and names.

Knows nothing of other sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from retrieval.gate.dates import When, dates
from retrieval.gate.figures import Figure, figures
from retrieval.gate.markers import denies, guards
from retrieval.gate.units import unit_of
from retrieval.gate.words import Reading, Word, read, stem
from retrieval.terms import question_terms, terms

_COUNTED, _BEFORE, _AFTER = 2, 3, 3  # words after a number that say what it counts, and around both


def _stems(listed: str) -> frozenset[str]:
    return frozenset(stem(word) for word in listed.split())


# Words for one event, by the first of them.
_KIN = {
    each: listed.split()[0]
    for listed in (
        "die died kill killed dead death deaths fatalities",
        "buy sell sold purchase acquire",
        "begin start",
    )
    for each in _stems(listed)
}
# Ties of a name that only one can have: "the mayor is", "was bought by", "takes place in".
_IS = frozenset(["is", "are", "was", "were", "named", "elected", "appointed", "called", "become", "became"])
_BY = _stems("buy purchase acquire win found write direct lead own design build invent kill")
_IN = _stems("place hold host bear base headquarter locate")
_YEAR = re.compile(r"(?<![\d.,$€£])(?:1[5-9]|20)\d\d(?![\d.,]\d|%)")
_TO_BE = re.compile(r"\b(?:is|are|was|were) to \w", re.IGNORECASE)
# Small words between a number and what it has to do with; they tie nothing together.
_LOOSE = _stems(
    "near amid along across among per including around down up out off within toward towards least most "
    "fewer less nearly almost approximately roughly early late"
)
_BREAK = re.compile(
    r"[;:()“”]|,\s|\s[-–—]\s|\b(?:but|while|although|though|because|whereas|unless)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Told:
    """A sentence as values are compared in it.

    ``around`` is its title and passage, where names are known from; ``day`` when it was published; ``covers``
    the share of a question's weight that it says.
    """

    text: str
    around: str = ""
    day: date | None = None
    covers: float = 0.0

    @cached_property
    def reading(self) -> Reading:
        """The sentence as words."""
        return read(self.text)

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Its numbers; no ordinals, parts of dates, years, labels ("Category 5") or vague ones ("dozens")."""
        return tuple(each for each in figures(self.reading) if not each.ordinal and self._measures(each))

    @cached_property
    def dates(self) -> tuple[When, ...]:
        """The dates it gives that name a month."""
        return tuple(each for each in self._times if each.month)

    @cached_property
    def years(self) -> frozenset[int]:
        """The years it speaks of: those it names, else that of its publication."""
        named = {each.year for each in self._times if each.year}
        bare = (int(year.group()) for year in _YEAR.finditer(self.text))
        return frozenset(named.union(bare)) or frozenset([self.day.year] if self.day else ())

    @cached_property
    def weekdays(self) -> frozenset[int]:
        """The weekdays it names."""
        return frozenset(each.weekday for each in self._times if each.weekday is not None)

    @cached_property
    def frame(self) -> frozenset[str]:
        """The stems of the words that say what it is about: not its numbers, dates or small words."""
        return frozenset(_KIN.get(word.stem, word.stem) for word in self._telling)

    @cached_property
    def names(self) -> frozenset[str]:
        """The stems of its names, as capitals tell; its first word is one where it is one elsewhere."""
        known = _capitals(self.around)
        return frozenset(
            word.stem for word in self._telling if word.capital and (not word.opens or word.stem in known)
        )

    @cached_property
    def known(self) -> frozenset[str]:
        """All words of the sentence, its title and its passage."""
        return self.frame | read(self.around).stems

    @cached_property
    def denied(self) -> bool:
        """Whether it denies something."""
        return any(denies(word.fold, self.reading.language) for word in self.reading.words)

    @cached_property
    def guarded(self) -> bool:
        """Whether it says less than that something is so."""
        hedged = any(guards(word.fold, self.reading.language) for word in self.reading.words)
        return hedged or bool(_TO_BE.search(self.text))

    def counts(self, figure: Figure) -> frozenset[str]:
        """What a number of this sentence measures or counts: its unit, or the words right after it."""
        if figure.unit:
            return frozenset([f"unit {figure.unit}"])
        found: list[str] = []
        for word in self.reading.words:
            if word.start >= figure.end:
                if word not in self._telling or len(found) == _COUNTED:
                    break
                found.append(_KIN.get(word.stem, word.stem))
        return frozenset(found)

    def ties(self, figure: Figure) -> frozenset[str]:
        """The words that say what is the matter with a number: those near it, in its clause."""
        return self._near(figure.start, figure.end)

    @cached_property
    def when(self) -> frozenset[str]:
        """The words that say what is the matter with its first date."""
        return self._near(self.dates[0].start, self.dates[0].end) if self.dates else frozenset()

    @cached_property
    def given(self) -> tuple[tuple[str, str, frozenset[str]], ...]:
        """Names where only one can stand: what ties them there, how they are written, and their stems."""
        words, found = self.reading.words, []
        for at, word in enumerate(words):
            tie = _tie(word, self.frame)
            end = at + 1
            while end < len(words) and (words[end].capital or (end == at + 1 and words[end].fold == "the")):
                end += 1
            named = [each for each in words[at + 1 : end] if each.capital]
            if tie and named:
                written = self.text[named[0].start : named[-1].end]
                found.append((tie, written, frozenset(each.stem for each in named)))
        return tuple(found)

    def _near(self, start: int, end: int) -> frozenset[str]:
        before = [word for word in self._telling if word.end <= start][-_BEFORE:]
        after = [word for word in self._telling if word.start >= end][: _COUNTED + _AFTER]
        breaks = [match.start() for match in _BREAK.finditer(self.text)]
        first = max((at for at in breaks if at < start), default=0)
        last = min((at for at in breaks if at >= end), default=len(self.text))
        near = (word for word in (*before, *after) if first <= word.start < last and word.stem not in _LOOSE)
        return frozenset(_KIN.get(word.stem, word.stem) for word in near)

    @cached_property
    def _telling(self) -> tuple[Word, ...]:
        telling = set(question_terms(self.text))
        numbers = [(each.start, each.end) for each in figures(self.reading)]
        values = [*numbers, *((each.start, each.end) for each in self._times)]
        return tuple(
            word
            for word in self.reading.words
            if not telling.isdisjoint(terms(word.text))
            and not (unit_of(word.fold) and any(0 <= word.start - end <= 2 for _, end in numbers))
            and not denies(word.fold, self.reading.language)
            and not any(start <= word.start < end for start, end in values)
        )

    def _measures(self, figure: Figure) -> bool:
        if not any(char.isdigit() for char in figure.text) and figure.text.casefold().endswith("s"):
            return False
        if any(each.start < figure.end and figure.start < each.end for each in self._times):
            return False
        before = [word for word in self.reading.words if word.end <= figure.start][-1:]
        label = any(word.capital and not word.opens for word in before)
        return bool(figure.unit) or not (label or _YEAR.fullmatch(figure.text))

    @cached_property
    def _times(self) -> tuple[When, ...]:
        return dates(self.reading)


def _tie(word: Word, frame: frozenset[str]) -> str:
    """What a word ties the name behind it to, or ""."""
    if word.fold in _IS:
        return "is"
    if word.fold == "by" and frame & _BY:
        return "by"
    return "in" if word.fold in ("in", "at") and frame & _IN else ""


@lru_cache(maxsize=256)
def _capitals(text: str) -> frozenset[str]:
    """The stems of the words that have a capital where no sentence begins."""
    return frozenset(word.stem for word in read(text).words if word.capital and not word.opens)
