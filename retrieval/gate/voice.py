"""Says who does what to whom where a sentence names both. Knows nothing of other grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from retrieval.gate.alignment import Item, alike, items
from retrieval.gate.markers import listed
from retrieval.gate.scopes import carries
from retrieval.gate.words import Reading, stem, stems_of

POSSESSIVE = re.compile(r"['’]s?\Z")
_BE = listed("was were is are been being be got")
_NEAR = 4  # words that may stand between a verb and the names beside it
# Verbs whose two sides may change places: A met B, B met A.
_MUTUAL = stems_of(
    """meet marry divorce talk speak negotiate merge border clash face play debate fight discuss share
    draw tie agree cooperate equal resemble follow and between with versus"""
)

# Verbs that say the same, and those that say it from the other side: A beat B, B lost to A.
_SAME = {
    stem(a): stem(b)
    for a, b in (("win", "beat"), ("defeat", "beat"), ("acquire", "buy"), ("purchase", "buy"))
}
_INVERSE = {
    stem(a): stem(b) for a, b in (("lose", "beat"), ("sell", "buy"), ("lend", "borrow"), ("teach", "learn"))
}

Deed = tuple[Item, str, Item]  # who, the stem of what is done, to whom


@lru_cache(maxsize=4_096)
def deeds(reading: Reading) -> tuple[Deed, ...]:
    """Who does what to whom in a text, as word order and "was … by" tell."""
    return tuple(_deeds(items(reading)))


def _deeds(line: Sequence[Item]) -> Iterator[Deed]:
    for at, item in enumerate(line):
        if item.kind != "word" or not carries(item.fold):
            continue
        first = _name(line, range(at - 1, max(-1, at - 2 - _NEAR), -1))
        last = _name(line, range(at + 1, min(len(line), at + 2 + _NEAR)))
        if first is None or last is None:
            continue
        before = {each.fold for each in line[max(0, at - 3) : at]}
        behind = [each.fold for each in line[at + 1 : at + 2 + _NEAR]]
        passive = "by" in behind[: behind.index("") + 1 if "" in behind else None] and before & _BE
        if passive or not before & _BE:
            verb = _SAME.get(item.key, item.key)
            turned_round = bool(passive) != (verb in _INVERSE)
            who, whom = (last, first) if turned_round else (first, last)
            yield who, _INVERSE.get(verb, verb), whom


def owned(reading: Reading) -> list[tuple[Item, str]]:
    """What belongs to whom: "Hungary's parliament"."""
    line = items(reading)
    return [
        (item, after.key)
        for item, after in pairwise(line)
        if item.kind == "name" and POSSESSIVE.search(item.text) and after.kind == "word"
    ]


def dispossessed(said: Reading, told: Sequence[Reading]) -> list[str]:
    """What a text gives to one name and another to another."""
    known = [each for reading in told for each in owned(reading)]
    found = []
    for name, what in owned(said):
        owners = [other for other, thing in known if thing == what]
        if owners and not any(alike(name, other) for other in owners) and not _beside(name, what, told):
            found.append(f"{name.text} for {owners[0].text}")
    return found


def _beside(name: Item, what: str, told: Sequence[Reading]) -> bool:
    """Whether a text has name and thing close together in other words: "the president of Iran"."""
    for reading in told:
        line = items(reading)
        for at, item in enumerate(line):
            near = line[max(0, at - 3) : at + 4]
            if item.kind == "name" and alike(name, item) and any(each.key == what for each in near):
                return True
    return False


def _name(listed: Sequence[Item], places: range) -> Item | None:
    return next((listed[place] for place in places if listed[place].kind == "name"), None)


def turned(said: Reading, told: Sequence[Reading]) -> list[Deed]:
    """The deeds of a text that another tells the other way round."""
    return [
        deed
        for deed in deeds(said)
        if deed[1] not in _MUTUAL and _told(deed, told, turned=True) and not _told(deed, told)
    ]


def confirmed(said: Reading, told: Sequence[Reading]) -> list[Deed]:
    """The deeds of a text that another tells as well, in whatever order of words."""
    return [
        deed
        for deed in deeds(said)
        if _told(deed, told) or (deed[1] in _MUTUAL and _told(deed, told, turned=True))
    ]


def _told(deed: Deed, told: Sequence[Reading], *, turned: bool = False) -> bool:
    who, what, whom = deed
    for reading in told:
        for other in deeds(reading):
            first, last = (other[2], other[0]) if turned else (other[0], other[2])
            if other[1] == what and alike(who, first) and alike(whom, last):
                return True
    return False
