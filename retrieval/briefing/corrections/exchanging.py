"""Says which value stands for another in two sentences, and whether it was mended or only moved on.

Knows nothing of documents beyond the two sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retrieval.briefing.corrections.came import Correction, Telling
from retrieval.briefing.corrections.mistaken import VALUES, instead, mounts, rises, same_value, wrong_values
from retrieval.briefing.sentences import Said, looks_ahead
from retrieval.gate.alignment import Item, align, alike, items
from retrieval.gate.figures import Figure
from retrieval.gate.polarity import opposed
from retrieval.gate.words import stem
from retrieval.writing.differing import compatible
from retrieval.writing.values import Told

_SAME = 0.7  # share of two sentences' words that agree, from which one is the other mended
_LITTLE = 1.15  # times as many: what rose so little from one report to the next went on


def exchanged(telling: Telling, line: Said, *, noted: bool) -> tuple[str, str] | None:
    """The values that differ in what is otherwise one sentence; a toll that rose only where it is noted."""
    laid = align(telling.told.reading, line.told.reading)
    if len(laid.equal) < _SAME * max(len(laid.said), len(laid.told)):
        return None
    if telling.told.denied != line.told.denied:  # what was not so may have come to be
        return None if telling.told.denied and not noted else yes_or_no(telling.told)
    for change in laid.changes:
        mine, theirs = [laid.said[i] for i in change.said], [laid.told[j] for j in change.told]
        for one, other in _pairs(mine, theirs):
            if _differ(one, other) and (noted or not _moved_on(telling, one, other, line)):
                return one.text, other.text
    return None


def mending(telling: Telling, line: Said) -> Correction | None:
    """What a sentence gives in place of a value that the quote gives and that it says is wrong."""
    mine = [each for each in items(telling.told.reading) if each.kind in VALUES]
    for wrong, firm in wrong_values(line.told):
        one = next((each for each in mine if same_value(each, wrong)), None)
        right = instead(line.told, wrong, telling.told) if one else None
        if one is None or right is None:
            continue
        risen = bool(one.figure and right.figure and rises(one.figure, right.figure))
        if firm or not (risen or _moved_on(telling, one, right, line) or looks_ahead(telling.quote.text)):
            return Correction(telling.quote, line.quote, one.text, right.text)
    return None


def one_value_apart(telling: Telling, line: Said) -> bool:
    """Whether two sentences differ in one number that measures the same, or in one date, and no other."""
    mine = [each for each in items(telling.told.reading) if each.kind in VALUES and each.kind != "name"]
    theirs = [each for each in items(line.told.reading) if each.kind in VALUES and each.kind != "name"]
    gone = [each for each in mine if not any(same_value(each, one) for one in theirs)]
    new = [each for each in theirs if not any(same_value(each, one) for one in mine)]
    if len(gone) != 1 or len(new) != 1:
        return False
    one, other = gone[0].figure, new[0].figure
    if not (one and other):
        return gone[0].kind == new[0].kind
    counted, too = telling.told.counts(one), line.told.counts(other)
    return bool(counted & too) or not (counted or too)


def went_on(telling: Telling, one: Figure, other: Figure, line: Said) -> bool:
    """Whether a number is a count that went on, or can be true beside the other."""
    elsewhere = line.document.number != telling.quote.document.number
    first, last = min(one.values), min(other.values)
    little = first < last <= max(first + 1, _LITTLE * first)  # another win, a birthday, three counties more
    return mounts(line.told, one, other) or (elsewhere and (little or compatible(one, other)))


def yes_or_no(told: Told) -> tuple[str, str]:
    return ("no", "yes") if told.denied else ("yes", "no")


def _differ(one: Item, other: Item) -> bool:
    """Whether one value stands for another of its kind, or a word for its opposite."""
    if one.figure and other.figure:
        return not same_value(one, other)
    if one.kind != other.kind or alike(one, other):
        return False
    if one.kind == "word":
        return opposed(stem(one.fold), stem(other.fold))
    if one.kind == "name":  # "the US" and "the United States" are written otherwise, and no two names
        first, second = ("".join(token[0] for token in each.tokens) for each in (one, other))
        short = not {first, second}.isdisjoint(one.tokens + other.tokens)
        same_length = len(one.tokens) == len(other.tokens)
        return not short and (same_length or set(one.tokens).isdisjoint(other.tokens))
    return True


def _pairs(mine: Sequence[Item], theirs: Sequence[Item]) -> Iterator[tuple[Item, Item]]:
    """What stands for what in a change: of each kind the only one, of words any."""
    for one in mine:
        kin = [each for each in theirs if _kind(each) == _kind(one)]
        if one.kind == "word" or len(kin) == 1 == sum(_kind(each) == _kind(one) for each in mine):
            yield from ((one, other) for other in kin)


def _kind(item: Item) -> str:
    return "number" if item.figure else item.kind


def _moved_on(telling: Telling, one: Item, other: Item, line: Said) -> bool:
    """Whether a value changed with time: a count went on, or a report speaks of another day of the week."""
    if one.figure and other.figure:
        return went_on(telling, one.figure, other.figure, line)
    if one.when and other.when:
        return not (one.when.month and other.when.month) or looks_ahead(telling.quote.text)
    return one.kind == "word"
