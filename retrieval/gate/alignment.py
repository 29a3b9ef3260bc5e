"""Lays a statement beside a sentence of its evidence, word by word, each name, number and date as one.

Knows nothing of what the differences mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rapidfuzz.distance import Indel, Levenshtein

from retrieval.gate.dates import When, dates
from retrieval.gate.days import agree, given
from retrieval.gate.figures import Figure, figures
from retrieval.gate.mentions import mentions, same_name
from retrieval.gate.quantities import rounds
from retrieval.gate.scopes import carries
from retrieval.gate.words import Reading

_BEFORE_YEAR = re.compile(
    r"\b(?:in|since|from|to|until|till|by|of|and|through|before|after|during|early|late)\s+\Z"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One word of a text, or one name, number or date of it as a whole."""

    key: str
    kind: str  # "name", "number", "year", "date", or "word"
    fold: str
    text: str
    start: int
    end: int
    tokens: tuple[str, ...] = ()
    figure: Figure | None = None
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of the statement (``said``) that stands for a stretch of the sentence (``told``).

    One of them may be empty: words added, or left out. ``firm`` is true where the words on both sides of the
    change agree, or one side is the end of both texts.
    """

    said: tuple[int, ...]
    told: tuple[int, ...]
    firm: bool


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two texts side by side: the places that agree, alone and as pairs, and the changes between them."""

    said: tuple[Item, ...]
    told: tuple[Item, ...]
    equal: frozenset[int]
    pairs: tuple[tuple[int, int], ...]
    changes: tuple[Change, ...]


@lru_cache(maxsize=4_096)
def items(reading: Reading) -> tuple[Item, ...]:
    """The words of a text in order, with each name, number and date as one."""
    kept: list[Item] = []
    for each in (*_dated(reading), *_counted(reading), *_named(reading)):
        if not any(each.start < other.end and other.start < each.end for other in kept):
            kept.append(each)
    words = [
        Item(word.stem, "word", word.fold, word.text, word.start, word.end)
        for word in reading.words
        if not any(other.start < word.end and word.start < other.end for other in kept)
    ]
    return tuple(sorted([*kept, *words], key=lambda item: item.start))


def _dated(reading: Reading) -> Iterator[Item]:
    for when in dates(reading):
        yield Item(when.text.casefold(), "date", "", when.text, when.start, when.end, when=when)


def _counted(reading: Reading) -> Iterator[Item]:
    for figure in figures(reading):
        kind = "year" if _is_year(figure, reading.text) else "number"
        key, end = f"#{min(figure.values)}", max(figure.end, figure.reach)
        yield Item(key, kind, "", figure.text, figure.start, end, figure=figure)


def _named(reading: Reading) -> Iterator[Item]:
    for name in mentions(reading):
        yield Item(name.text.casefold(), "name", "", name.text, name.start, name.end, name.tokens)


def _is_year(figure: Figure, text: str) -> bool:
    dated = figure.text.isdigit() and len(figure.text) == 4 and 1_500 <= int(figure.text) <= 2_100
    return dated and not figure.unit and bool(_BEFORE_YEAR.search(text[: figure.start]))


def alike(first: Item, second: Item) -> bool:
    """Whether two items are one name, number, date or word."""
    if first.kind != second.kind:
        return False
    if first.kind == "name":
        return same_name(first.tokens, second.tokens)
    if first.figure and second.figure:
        return first.figure.same(second.figure) or rounds(first.figure, second.figure)
    if first.when and second.when:
        return agree(first.when, second.when)
    return first.key == second.key


@lru_cache(maxsize=256)
def align(statement: Reading, sentence: Reading, *, exchange: bool = True) -> Alignment:
    """The statement beside one sentence.

    With ``exchange`` one word may stand for another, which finds names that changed places; without, as
    much as possible agrees, which finds words left out of a sentence that was joined to another.
    """
    said, told = items(statement), items(sentence)
    known = [item for item in told if item.kind != "word"]
    keys = [next((k.key for k in known if item.kind != "word" and alike(item, k)), item.key) for item in said]
    equal: set[int] = set()
    raw: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    pairs: set[tuple[int, int]] = {(-1, -1), (len(said), len(told))}
    way = Levenshtein if exchange else Indel
    for step in way.opcodes(keys, [item.key for item in told]):
        mine = tuple(range(step.src_start, step.src_end))
        theirs = tuple(range(step.dest_start, step.dest_end))
        if step.tag == "equal":
            equal.update(mine)
            pairs.update(zip(mine, theirs, strict=True))
        elif raw and _touches(raw[-1], mine, theirs):
            raw[-1] = (raw[-1][0] + mine, raw[-1][1] + theirs)
        else:
            raw.append((mine, theirs))
    changes = tuple(Change(mine, theirs, _firm(mine, theirs, pairs)) for mine, theirs in raw)
    agreeing = tuple(sorted((i, j) for i, j in pairs if i in equal))
    return Alignment(said, told, frozenset(equal), agreeing, changes)


def _touches(
    last: tuple[tuple[int, ...], tuple[int, ...]], mine: tuple[int, ...], theirs: tuple[int, ...]
) -> bool:
    """Whether a step goes on where the last ended, so that both are one change."""
    here = not mine or not last[0] or mine[0] == last[0][-1] + 1
    return here and (not theirs or not last[1] or theirs[0] == last[1][-1] + 1)


def _firm(mine: tuple[int, ...], theirs: tuple[int, ...], pairs: set[tuple[int, int]]) -> bool:
    if mine and theirs:
        return {(mine[0] - 1, theirs[0] - 1), (mine[-1] + 1, theirs[-1] + 1)} <= pairs
    if mine:
        beside = dict(pairs)
        left, right = beside.get(mine[0] - 1), beside.get(mine[-1] + 1)
    else:
        beside = {told: said for said, told in pairs}
        left, right = beside.get(theirs[0] - 1), beside.get(theirs[-1] + 1)
    return left is not None and right == left + 1


def carrying(alignment: Alignment) -> int:
    """How many words of meaning agree."""
    return sum(alignment.said[i].kind != "word" or carries(alignment.said[i].fold) for i in alignment.equal)


def retold(statement: Reading, told: Sequence[Reading], published: Sequence[date]) -> str:
    """The statement with its names, numbers and dates written as the evidence writes them.

    Words are compared as they are written, and "2 October" is not "Oct. 2" to them, nor the "Tuesday" of a
    document published that week.
    """
    known = [(item, reading) for reading in told for item in items(reading) if item.kind != "word"]
    text, last = "", 0
    for item in items(statement):
        same = next((each for each in known if item.kind != "word" and _same(item, each[0], published)), None)
        if same:
            text += statement.text[last : item.start] + same[1].text[same[0].start : same[0].end]
            last = item.end
    return text + statement.text[last:]


def _same(item: Item, other: Item, published: Sequence[date]) -> bool:
    if item.when and other.when:
        return given(item.when, [other.when], published)
    return alike(item, other)
