"""Says which small words a statement adds, drops or exchanges where it otherwise repeats its evidence.

A single "not", "may" or "all" turns a sentence round, in any language; where the words on both sides
agree, it
was added, dropped or exchanged. Knows nothing of what sentences mean beyond that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from retrieval.gate.alignment import Alignment, Item, align, carrying, items
from retrieval.gate.evidence import Evidence
from retrieval.gate.markers import denies, direction, guards, listed
from retrieval.gate.polarity import opposed
from retrieval.gate.scopes import SOFT, carries
from retrieval.gate.speakers import is_speaker
from retrieval.gate.types import Reason
from retrieval.gate.wording import Fault
from retrieval.gate.words import Reading, folded, stem

_FEW = 4  # words; a longer change is another way to say something
_ENOUGH = 3  # words of meaning that must agree before single words are compared
_SHARED = (
    0.4  # and the share that they must be of the statement's, or of the sentence's and half as many again
)
_UNCASED = listed("zh ja ko th fa ar he hi")
_INTENDING = listed(
    """plan plans planned planning expected expects aims aimed intends intended hopes hoped set due
    likely scheduled"""
)
_ALLEGING = listed("""accused suspected believed thought said alleged reported rumoured charged""")
# How much of a whole is meant; a statement must not claim more or less of it.
_SHARES = {
    "all": "all", "every": "all", "each": "all", "always": "all", "everyone": "all", "entire": "all",
    "most": "most", "majority": "most", "mostly": "most", "usually": "most",
    "some": "some", "several": "some", "certain": "some", "sometimes": "some", "many": "many",
    "often": "many", "few": "few", "rarely": "few", "seldom": "few", "none": "none", "no": "none",
    "never": "none", "only": "only",
}  # fmt: skip


def change_faults(statement: Reading, evidence: Evidence) -> list[Fault]:
    """What small words the statement changes in a sentence of its evidence."""
    found: list[Fault] = []
    for reading in evidence.core:
        language = reading.language or statement.language or "en"
        for exchange in (True, False):
            laid = align(statement, reading, exchange=exchange)
            least = min(_meaning(laid.said), 1.5 * _meaning(laid.told))
            if carrying(laid) >= max(_ENOUGH, _SHARED * least):
                found += _of(laid, language, evidence)
    found += [(Reason.MODALITY, word) for word in _whole(statement, evidence)]
    return list(dict.fromkeys(found))


def _whole(statement: Reading, evidence: Evidence) -> Iterator[str]:
    """An "all" of which the evidence only has so many: "19 of whom", "two of the eight"."""
    told = {word.fold for reading in evidence.core for word in reading.words}
    counted = any(
        a.kind == "number" and b.fold == "of"
        for reading in evidence.core
        for a, b in pairwise(items(reading))
    )
    if counted and not any(_SHARES.get(fold) in ("all", "none") for fold in told):
        yield from (word.text for word in statement.words if word.fold in ("all", "every", "each"))


def _meaning(listed: Sequence[Item]) -> int:
    return sum(item.kind != "word" or carries(item.fold) for item in listed)


def _of(laid: Alignment, language: str, evidence: Evidence) -> Iterator[Fault]:
    moved = _moved(laid, language)
    for change in laid.changes:
        mine = [laid.said[i] for i in change.said]
        theirs = [laid.told[j] for j in change.told]
        if max(len(mine), len(theirs)) > _FEW or not change.firm:
            continue
        reason = _reason(mine, theirs, language, moved)
        if reason is None and language in _UNCASED and mine and theirs and not _known(mine, evidence):
            reason = Reason.NAME
        if reason:
            yield reason, " ".join(item.text for item in mine or theirs)


def _reason(mine: Sequence[Item], theirs: Sequence[Item], language: str, moved: bool) -> Reason | None:
    """What is wrong where these words of the statement stand for those of its evidence."""
    small = _small(mine, language) and _small(theirs, language)
    if small and not moved and _denied(mine, language) != _denied(theirs, language):
        return Reason.NEGATION
    if any(_turned(a, b, language) for a in mine for b in theirs):
        return Reason.NEGATION
    if (small or _verbs(mine, theirs)) and _hedged(mine, language) != _hedged(theirs, language):
        return Reason.MODALITY
    share, told = _share(mine), _share(theirs)
    if (share and told and share != told) or (
        share == "all" and any(item.kind == "number" for item in theirs)
    ):
        return Reason.MODALITY
    spoken = any(is_speaker(item.key) for item in mine) and any(item.kind == "name" for item in theirs)
    return Reason.ATTRIBUTION if spoken else None


def _turned(first: Item, second: Item, language: str) -> bool:
    """Whether two words are opposites, or one is the other denied by a prefix, as Persian verbs are."""
    if language == "fa" and (f"ن{first.fold}" == second.fold or first.fold == f"ن{second.fold}"):
        return True
    ways = {direction(folded(each.text), language) for each in (first, second)}
    return ways == {"up", "down"} or opposed(_stem(first), _stem(second))


def _small(listed: Sequence[Item], language: str) -> bool:
    """Whether a change holds at most one word of meaning beside its denials and hedges."""
    return sum(_means(item, language) for item in listed) <= 1 and not any(
        item.fold == "only" for item in listed
    )


def _means(item: Item, language: str) -> bool:
    small = denies(item.fold, language) or guards(item.fold, language) or item.key in SOFT
    return item.kind != "word" or (
        carries(item.fold) and not small and item.fold not in _INTENDING | _ALLEGING
    )


def _verbs(mine: Sequence[Item], theirs: Sequence[Item]) -> bool:
    """Whether one verb stands for another: "launched" for "plans to open"."""
    return sum(_means(item, "en") for item in mine) == 1 == sum(_means(item, "en") for item in theirs)


def _stem(item: Item) -> str:
    return stem(folded(item.text))


def _moved(laid: Alignment, language: str) -> bool:
    """Whether a denial was only moved or put otherwise: dropped in one place, added in another."""
    added = dropped = 0
    for change in laid.changes:
        added += sum(denies(laid.said[i].fold, language) for i in change.said)
        dropped += sum(denies(laid.told[j].fold, language) for j in change.told)
    return added > 0 and dropped > 0 and added == dropped


def _denied(listed: Sequence[Item], language: str) -> bool:
    english = language == "en"
    return any(
        denies(item.fold, language) or (english and (item.key in SOFT or item.fold == "off"))
        for item in listed
    )


def _hedged(listed: Sequence[Item], language: str) -> bool:
    intends = any(
        (a.fold in _INTENDING and b.fold == "to") or (a.fold in _ALLEGING and b.fold in ("of", "to"))
        for a, b in pairwise(listed)
    )
    return intends or any(item.kind == "word" and guards(item.fold, language) for item in listed)


def _share(listed: Sequence[Item]) -> str:
    return next((_SHARES[item.fold] for item in listed if item.fold in _SHARES), "")


def _known(listed: Sequence[Item], evidence: Evidence) -> bool:
    """Whether the evidence has these words near the quotes."""
    window = evidence.window
    return all(item.text in window for item in listed)
