"""Says which names of a statement its evidence does not mention. Knows nothing of numbers or dates.

Scripts without capitals mark no names; of those only countries are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from retrieval.gate.markers import listed
from retrieval.gate.mentions import ROLES, Mention, marked, mentions
from retrieval.gate.places import countries, country
from retrieval.gate.spelling import INSIDE, akin, initials, skeleton
from retrieval.gate.units import unit_of
from retrieval.gate.words import Reading, Word, stem

_CODE = re.compile(
    r"(?<![\w.\-])(?:(?=[A-Za-z\-/.]*\d)[A-Za-z]+(?:[\-/.]?[A-Za-z0-9]+)*\d\w*"
    r"|\d+[A-Za-z]{1,4}|\d+(?:\.\d+){2,})(?![\w])"
)
_NO_CODE = re.compile(r"\d+(?:st|nd|rd|th|s|k|m|mn|bn|b|tn|t|am|pm|er|e)\Z", re.IGNORECASE)
_EAST = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UNCASED = listed("zh ja ko th fa ar he hi")


class Told:
    """The names that evidence mentions, in every form in which a statement may repeat them."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self.readings = tuple(readings)
        words = [word for reading in self.readings for word in reading.words]
        self.folds = frozenset(word.fold for word in words)
        self.stems = frozenset(word.stem for word in words)
        self.capitals = frozenset(word.fold for word in words if word.text.isupper())
        self.lower = frozenset(word.fold for word in words if not word.capital)
        self.runs = tuple(mention.tokens for reading in self.readings for mention in mentions(reading))
        self.neighbours = _neighbours(self.readings)
        self.initials = frozenset((*map(initials, self.runs), *_initials(words)))
        self.countries = frozenset(self._countries())
        self.flat = _flat(" ".join(reading.text for reading in self.readings))
        self.skeletons = {skeleton(word.stem) for word in words if word.capital or not word.fold.isascii()}
        self.skeletons |= {skeleton(word.fold) for word in words if word.capital or not word.fold.isascii()}
        self.ascii = all(fold.isascii() for fold in self.folds)
        self.eastern = bool(_EAST.search("".join(reading.text for reading in self.readings)))

    def _countries(self) -> Iterable[str]:
        for reading in self.readings:
            yield from countries_of(reading)

    def has(self, token: str) -> bool:
        """Whether a name's word is mentioned, as it is, as a people's name, as initials or transliterated."""
        if (
            token in self.folds
            or token.removesuffix("s") in self.initials
            or (country(token) or "-") in self.countries
        ):
            return True
        if any(akin(token, fold) for fold in self.folds if fold[:2] == token[:2]):
            return True
        if token.isascii() and self.ascii:
            return False
        return not {skeleton(token), skeleton(stem(token))}.isdisjoint(self.skeletons)


def _initials(words: Sequence[Word]) -> Iterable[str]:
    """The initials of two to five words in a row, the first or the last of them with a capital."""
    first = [initials((word.fold,)) for word in words]
    for size in (2, 3, 4, 5):
        for at in range(len(words) - size + 1):
            if words[at].capital or words[at + size - 1].capital:
                yield "".join(first[at : at + size])


def missing(statement: Reading, told: Told) -> list[str]:
    """The names of a statement that the evidence does not mention, as the statement writes them."""
    absent = [each.text for each in mentions(statement) if not _mentioned(each, statement, told)]
    absent += [code for code in _codes(statement.text) if _flat(code) not in told.flat]
    if statement.language in _UNCASED:
        unknown = set(countries_of(statement)) - told.countries
        absent += [name for name, code in _country_names(statement) if code in unknown]
    return list(dict.fromkeys(absent))


def _mentioned(mention: Mention, statement: Reading, told: Told) -> bool:
    whole = " ".join(mention.tokens)
    short = initials(mention.tokens)
    if (country(whole) or "-") in told.countries or (len(short) > 1 and short in told.capitals):
        return True
    tokens = _without_countries(mention.tokens, told)
    if statement.language == "de" and not marked(mention.text.split()[-1]):
        tokens = tokens[-1:]
    if told.eastern and not _EAST.search(mention.text) and not any(told.has(token) for token in tokens):
        return not country(whole)
    return all(told.has(token) for token in tokens) and _together(tokens, told)


def _without_countries(tokens: tuple[str, ...], told: Told) -> tuple[str, ...]:
    """The words of a name less a country that the evidence names in another form ("United States Senate")."""
    for size in (3, 2):
        code = country(" ".join(tokens[:size]))
        if len(tokens) > size and code in told.countries:
            return tokens[size:]
    return tokens


def _together(tokens: Sequence[str], told: Told) -> bool:
    """Whether the words of a name stand together in the evidence, not one here and another there."""
    if len(tokens) < 2:
        return True
    names = [token for token in tokens if token not in INSIDE]
    return all(_beside(a, b, told) for a, b in pairwise(names))


def _beside(first: str, second: str, told: Told) -> bool:
    """Whether two words of a name follow each other in the evidence, or the first is a title or country."""
    if first in told.lower or first in ROLES or len(first) < 3 or country(first) or country(second):
        return True
    return any(
        (a, b) in told.neighbours for a in (first, first + "s") for b in (second, second.removesuffix("s"))
    )


def countries_of(reading: Reading) -> list[str]:
    """The codes of the countries a text names."""
    return [code for _, code in _country_names(reading)]


@lru_cache(maxsize=4_096)
def _country_names(reading: Reading) -> tuple[tuple[str, str], ...]:
    folds = [word.fold for word in reading.words]
    found = []
    for size in (1, 2, 3):
        for at in range(len(folds) - size + 1):
            name = " ".join(folds[at : at + size])
            code = country(name)
            if code and (reading.words[at].capital or reading.language in _UNCASED):
                found.append((reading.text[reading.words[at].start : reading.words[at + size - 1].end], code))
    if reading.language in ("zh", "ja"):
        found += [
            (name, code) for name, code in countries().items() if len(name) > 1 and name in reading.text
        ]
    return tuple(found)


def _codes(text: str) -> list[str]:
    """Names that are part letters, part digits: COVID-19, F-16, 4.8.3."""
    found = []
    for match in _CODE.finditer(text):
        code = match.group()
        letters = re.sub(r"[\d.\-/]", "", code)
        if not _NO_CODE.search(code) and not (code[0].isdigit() and unit_of(letters.lower())):
            found.append(code)
    return found


def _neighbours(readings: Iterable[Reading]) -> frozenset[tuple[str, str]]:
    """The pairs of words that stand within three words of each other, in order."""
    found: set[tuple[str, str]] = set()
    for reading in readings:
        folds = [word.fold for word in reading.words]
        for step in (1, 2, 3):
            found.update(zip(folds, folds[step:], strict=False))
    return frozenset(found)


def _flat(text: str) -> str:
    return re.sub(r"[\s\-–‑]", "", text.casefold())
