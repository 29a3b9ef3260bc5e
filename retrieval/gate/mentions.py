"""Reads the proper names of a text, as capitals tell. Knows nothing of evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.gate.dates import dates
from retrieval.gate.markers import listed
from retrieval.gate.openers import COMMON
from retrieval.gate.places import country
from retrieval.gate.spelling import INSIDE, akin, initials
from retrieval.gate.words import Reading, Word, irregular_past

_TITLES = listed(
    """mr mrs ms miss messrs dr prof professor sir madam dame lady lord st saint herr frau monsieur
    madame mme mlle m senor senora sr sra signor signora don dona pan pani г господин"""
)
ROLES = listed(
    """president minister prime secretary senator representative governor mayor judge king queen prince
    general sen rep gov gen north south east west new united states university department county city
    park court state"""
)
_GLUE = re.compile(r"(?:\s|-|–|\.\s|/|’|'|\s?&\s?){1,2}\Z")
_COMMON_ENDINGS = re.compile(
    r"(?:ing|ed|ly|tions?|ments?|ness|ity|ities|ists?|ism|ors|ers|ives?|ances?|ences?|ies)\Z"
)
_NEVER = listed(
    """i he she it they we you his her their its the a an this that these those in on at of for to from
    by with as about and or but if when while after before since however there here mr mrs ms"""
)
# Every German noun has a capital, so that the word before one looks like its first name.
_NEVER_GERMAN = listed(
    """der die das den dem des ein eine einen einem einer eines kein keine keinen keiner im am zum zur beim
    vom in an auf bei mit nach von vor aus für über unter durch gegen seit laut wegen trotz zwischen während
    und oder aber als wenn wie auch noch nur nun er sie es wir ihr sein seine seinen seiner ihre ihren ihrer
    dieser diese dieses diesem diesen jeder jede jedes alle allen einige viele mehrere beide rund etwa mehr
    million millionen milliarde milliarden billionen tausend prozent uhr euro dollar"""
)
_FINITE = listed(
    """is was has had will would can could may might must should did does do are were be who also then now
    later never not beat hit cut put set let quit shut split spread cost hurt read bet"""
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A proper name where it stands: its words' folded forms, titles left out."""

    text: str
    start: int
    end: int
    tokens: tuple[str, ...]


def mentions(reading: Reading) -> tuple[Mention, ...]:
    """The proper names of a text, in order, as capitals tell."""
    return _mentions(reading)


@lru_cache(maxsize=4_096)
def _mentions(reading: Reading) -> tuple[Mention, ...]:
    dated = [(when.start, when.end) for when in dates(reading)]
    found: list[Mention] = []
    run: list[Word] = []
    shouted = _shouted(reading)
    for word in reading.words:
        joined = run and _GLUE.match(reading.text[run[-1].end : word.start])
        name = _named(word, reading, shouted) and not any(s < word.end and word.start < e for s, e in dated)
        if name and (not run or joined):
            run.append(word)
            continue
        german = reading.language == "de" and word.fold in _NEVER_GERMAN
        inside = (
            word.fold in INSIDE
            and not german
            and (word.fold != "the" or (run[-1:] and run[-1].fold in ("of", "for")))
        )
        if run and joined and inside and not word.capital:
            run.append(word)
            continue
        found.extend(_mention(run, reading))
        run = [word] if name else []
    found.extend(_mention(run, reading))
    return tuple(found)


def _named(word: Word, reading: Reading, shouted: bool) -> bool:
    bare = word.fold.partition("'")[0]
    if not word.capital or len(word.text) == 1 or bare in _NEVER:
        return False
    if reading.language == "de" and bare in _NEVER_GERMAN:
        return False
    return not ((word.opens or shouted) and (word.stem in COMMON or bare in COMMON))


def _shouted(reading: Reading) -> bool:
    """Whether a text is set in capitals throughout, as headlines are."""
    long = [word for word in reading.words if len(word.text) > 3]
    return len(long) > 5 and sum(word.capital for word in long) > 0.9 * len(long)


def _mention(run: list[Word], reading: Reading) -> Iterable[Mention]:
    while run and run[-1].fold in INSIDE and not run[-1].capital:
        run = run[:-1]
    named = [word for word in run if word.fold not in _TITLES and (word.capital or word.fold not in INSIDE)]
    if not named:
        return
    weak = len(named) == 1 and run[0].opens and run[0] is named[0] and not marked(named[0].text)
    alone = len(named) == 1 and not marked(named[0].text)
    if (weak and _common(named[0], reading)) or (
        alone and reading.language == "de" and not country(named[0].fold)
    ):
        return  # every German noun has a capital
    text = reading.text[run[0].start : run[-1].end]
    yield Mention(text, run[0].start, run[-1].end, tuple(word.fold for word in named))


def marked(text: str) -> bool:
    """Whether more than its first letter is a capital: NATO, McDonald."""
    return any(char.isupper() for char in text[1:])


def _common(word: Word, reading: Reading) -> bool:
    """Whether the first word of a sentence is likely no name.

    A name there has a verb behind it ("Macron said"); other words mostly have a noun ("Regular exercise")
    or an
        ending that names have not. Outside English its capital says nothing at all.
    """
    if country(word.fold):
        return False
    if reading.language not in ("en", "") or _COMMON_ENDINGS.search(word.fold):
        return True
    if re.search(r"['’]s?$", word.text):
        return False
    at = reading.words.index(word)
    following = reading.words[at + 1 : at + 3]
    return not following or not _verb(following[0], following[1] if len(following) > 1 else None)


def _verb(word: Word, after: Word | None) -> bool:
    if (
        word.fold in _FINITE
        or (word.fold.endswith("ed") and not word.fold.endswith("eed"))
        or irregular_past(word.fold)
    ):
        return True
    if word.fold == "and":
        return after is not None and after.capital
    behind = after is not None and (after.fold in _FINITE or after.fold.endswith("ed"))
    return word.fold.endswith("s") and not word.fold.endswith(("ss", "us", "is")) and not behind


def same_name(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two names can mean the same: a word in common, one country, or the one's initials."""
    if first == second:
        return True
    code = country(" ".join(first))
    if code and code == country(" ".join(second)):
        return True
    if any(
        len(initials(one)) > 1 and initials(one) in other for one, other in ((first, second), (second, first))
    ):
        return True
    mine, theirs = ([token for token in name if token not in ROLES] or [*name] for name in (first, second))
    if {*mine} <= {*theirs} or {*theirs} <= {*mine}:
        return True
    if mine[-1] != theirs[-1] and not (mine[-1][:2] == theirs[-1][:2] and akin(mine[-1], theirs[-1])):
        return False
    return min(len(mine), len(theirs)) == 1 or mine[0][0] == theirs[0][0]
