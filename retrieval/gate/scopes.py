"""Marks the words of an English text that are denied, hedged or planned. Knows nothing of evidence.

Without a parser: a denial or a hedge bears on the next word that carries meaning, within its clause, as in
NegEx (Chapman et al. 2001) with scopes as short as news sentences allow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from retrieval.gate.markers import denies, listed
from retrieval.gate.words import Reading, stems_of

_FUNCTION = listed(
    """a an the this that these those of in on at to for from by with as be am is are was were been being
    have has had do does did will would shall should can could may might must ever yet even any also
    still only just very much more most so it he she they we i you his her their its our my your him
    them us there which who whom whose what when where how why if than then and or but about into over
    after before under between against through during one else all both each other such own same too
    already again longer whether while since until up out off down now soon later well instead fact
    there not no never neither nor cannot without within among per s t"""
)
_NO_ADVERB = listed(
    """family supply reply apply rely ally rally italy july fly assembly anomaly monopoly early daily
    weekly monthly"""
)
_LIGHT = stems_of(
    """have get make take seem want plan expect able allow intend likely give begin start continue need
    try appear look expected willing ready agree enough going"""
)
_EXEMPT = listed("""only just least merely simply doubt less matter wonder sooner necessarily mention""")
SOFT = stems_of(
    """fail refuse decline deny reject unable lack avoid prevent stop cease halt block dismiss dispute
    unlikely absence refrain neglect abandon oppose doubt impossible incapable failure refusal denial
    refute rebuff"""
)
_WIDE = stems_of("deny dispute dismiss reject refute doubt denial unlikely")
_MAYBE = listed("may might could possibly perhaps maybe potentially conceivably")
_WOULD = frozenset(["would"])
_WILL = frozenset(["will", "shall", "won't", "'ll"])
_ALLEGED = listed(
    """allegedly reportedly apparently supposedly purportedly ostensibly seemingly alleged suspected"""
)
_LIKELY = frozenset(["likely", "probably", "presumably"])
_TO_PLAN = stems_of(
    """plan aim intend hope set due schedule propose seek want vow pledge promise threaten prepare poised
    going offer agree bid decide aspire"""
)
_TO_LIKELY = stems_of("expect likely predict forecast project anticipate bound")
_TO_ALLEGED = stems_of("""believe think say allege appear seem claim report understand rumour suspect""")
_OF_ALLEGED = stems_of("accuse suspect suspicion accusation allegation")
_IF = frozenset(["if", "unless", "whether"])


@dataclass(frozen=True, slots=True)
class Marked:
    """One word that carries meaning, and what bears on it.

    ``denied`` is "hard" (not, never, no), "soft" (failed to, denied) or ""; ``beside`` is the stem of the
    word that the same denial bears on too ("no new taxes"), or ""; ``under`` says that some denial stands
    before it in its clause. ``hedges`` are kinds of less than a fact: maybe, likely, plan, will, would,
    alleged, if.
    """

    stem: str
    at: int
    denied: str
    beside: str
    under: bool
    hedges: frozenset[str]


@lru_cache(maxsize=4_096)
def marked(reading: Reading) -> tuple[Marked, ...]:
    """The words of a text that carry meaning, each with what bears on it."""
    denied: dict[int, str] = {}
    beside: dict[int, str] = {}
    hedges: dict[int, set[str]] = {}
    for at in range(len(reading.words)):
        reached = list(_denied(reading, at))
        for index, kind in reached:
            denied[index] = "hard" if "hard" in (kind, denied.get(index)) else kind
            if kind == "hard" and len(reached) > 1:
                beside[index] = reading.words[sum(each for each, _ in reached) - index].stem
        for index, kind in _hedged(reading, at):
            hedges.setdefault(index, set()).add(kind)
    denying = [at for at in range(len(reading.words)) if _denying(reading, at)]
    return tuple(
        Marked(
            word.stem,
            at,
            denied.get(at, ""),
            beside.get(at, ""),
            any(each < at and reading.words[each].clause == word.clause for each in denying),
            frozenset(hedges.get(at, ())),
        )
        for at, word in enumerate(reading.words)
        if carries(word.fold)
    )


def _denying(reading: Reading, at: int) -> bool:
    """Whether a word denies, softly or not; the "No." before a number does not."""
    word, after = reading.words[at], reading.words[at + 1 : at + 2]
    numbered = word.fold == "no" and after and after[0].fold.isdigit()
    return (denies(word.fold) or word.stem in SOFT) and not numbered


@lru_cache(maxsize=65_536)
def carries(fold: str) -> bool:
    """Whether an English word carries meaning of its own."""
    return fold not in _FUNCTION and not _adverb(fold) and not fold.endswith("n't")


def _adverb(fold: str) -> bool:
    return fold.endswith("ly") and len(fold) > 4 and fold not in _NO_ADVERB


def _following(reading: Reading, at: int, reach: int = 6) -> Iterator[int]:
    """The words of meaning behind a word, within its clause."""
    clause = reading.words[at].clause
    for index in range(at + 1, min(at + 1 + reach, len(reading.words))):
        if reading.words[index].clause != clause:
            return
        if carries(reading.words[index].fold):
            yield index


def _denied(reading: Reading, at: int) -> Iterator[tuple[int, str]]:
    word = reading.words[at]
    if not (denies(word.fold) or word.stem in SOFT):
        return
    following = list(_following(reading, at))
    after = reading.words[at + 1].fold if at + 1 < len(reading.words) else ""
    if denies(word.fold):
        compound = reading.text[word.end : word.end + 1] == "-"
        if following and not (after in _EXEMPT or after.isdigit() or compound):
            yield from ((index, "hard") for index in _reached(reading, following, word.fold, after))
    else:
        for index in following[: 4 if word.stem in _WIDE else 2]:
            yield index, "soft"
        if word.stem in _WIDE and after == "that":
            for index in list(_following(reading, at + 1))[:3]:
                yield index, "soft"


def _reached(reading: Reading, following: list[int], denial: str, after: str) -> list[int]:
    """What a denial bears on: the next word, and one more in "no new taxes" or "not want to leave"."""
    light = reading.words[following[0]].stem in _LIGHT
    noun = denial in ("no", "without") or after in ("a", "an", "the", "any")
    joined = len(following) > 1 and following[1] == following[0] + 1
    return following[:2] if light or (noun and joined) else following[:1]


def _hedged(reading: Reading, at: int) -> Iterator[tuple[int, str]]:
    words = reading.words
    word = words[at]
    kind = _modal(word.fold, word.capital and not word.opens)
    if kind:
        following = list(_following(reading, at))
        yield from ((index, kind) for index in _bearing(reading, following, 2 if kind == "alleged" else 1))
        return
    if word.fold in _IF:
        yield from ((index, "if") for index in list(_following(reading, at))[:4])
        return
    after = words[at + 1].fold if at + 1 < len(words) else ""
    if after == "to" and at + 2 < len(words):
        kind = _before_to(word.stem)
        behind = list(_following(reading, at + 1))
        if kind and behind:
            yield from ((index, kind) for index in _bearing(reading, behind, 1))
    elif word.stem in _OF_ALLEGED and after in ("of", "that"):
        yield from ((index, "alleged") for index in list(_following(reading, at + 1))[:2])


def _modal(fold: str, name: bool) -> str:
    if name:
        return ""
    kinds = (
        ("maybe", _MAYBE),
        ("would", _WOULD),
        ("will", _WILL),
        ("alleged", _ALLEGED),
        ("likely", _LIKELY),
    )
    return next((kind for kind, words in kinds if fold in words), "")


def _before_to(word: str) -> str:
    kinds = (("plan", _TO_PLAN), ("likely", _TO_LIKELY), ("alleged", _TO_ALLEGED))
    return next((kind for kind, words in kinds if word in words), "")


def _bearing(reading: Reading, following: list[int], most: int) -> list[int]:
    """The words a hedge bears on: the next, and one more where that is light ("may have to leave")."""
    if following and reading.words[following[0]].stem in _LIGHT:
        most += 1
    return following[:most]
