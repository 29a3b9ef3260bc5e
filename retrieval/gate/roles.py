"""Says where a name, number or date of a statement stands in the place of another of its evidence.

Everything a statement names may stand in its evidence, and yet "A sued B" is not "B sued A", nor "5
killed, 12
hurt" "12 killed, 5 hurt". A name or number that faces another, between words that agree, has taken its place.
Knows nothing of grammar beyond that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from retrieval.gate.alignment import Alignment, Item, align, alike, carrying, items
from retrieval.gate.counting import JOINING, STOP, directions, miscounted, mispaired, ordinal, scores
from retrieval.gate.evidence import Evidence
from retrieval.gate.markers import listed
from retrieval.gate.scopes import carries
from retrieval.gate.types import Reason
from retrieval.gate.voice import POSSESSIVE, confirmed, dispossessed, turned
from retrieval.gate.wording import Fault
from retrieval.gate.words import Reading

_VOICE = listed("by was were is are been being from to of")
_WHOLE = 0.6  # share of a sentence's words of meaning that the statement must repeat to retell it whole
_PERSON = frozenset(["he", "she", "his", "her", "him"])


def role_faults(statement: Reading, evidence: Evidence) -> list[Fault]:
    """The names, numbers and dates that stand in another's place."""
    said = items(statement)
    if all(item.kind == "word" for item in said):
        return []
    found = [f"{who.text}, {whom.text}" for who, _, whom in turned(statement, evidence.core)]
    found += dispossessed(statement, evidence.core)
    settled = {item.text for who, _, whom in confirmed(statement, evidence.core) for item in (who, whom)}
    told = [item for reading in evidence.core for item in (*items(reading), STOP)]
    turned_round, agreeing = directions(said, told)
    found += turned_round
    settled |= agreeing
    for reading in evidence.core:
        laid = align(statement, reading)
        whole = carrying(laid) >= _WHOLE * sum(map(_tells, laid.told))
        others = (
            []
            if whole
            else [each for other in evidence.core if other is not reading for each in items(other)]
        )
        found += _displaced(laid, others, settled)
        found += _owners(laid)
        found += _pronouns(laid, statement, reading, evidence)
    found += miscounted(said, told, settled)
    found += mispaired(said, told)
    found += scores(said, told)
    return [(Reason.ROLES, each) for each in dict.fromkeys(found)]


def _displaced(laid: Alignment, others: Sequence[Item], settled: Set[str]) -> Iterator[str]:
    """Items that face another of their kind, with words that agree on both sides.

    Not those that ``others`` say too, nor those whose part is ``settled`` by who does what to whom.
    """
    said, told = laid.said, laid.told
    pairs = [
        (i, j)
        for change in laid.changes
        for i, j in _facing(change.said, change.told, said, told)
        if said[i].text not in settled
        and not alike(said[i], told[j])
        and not any(alike(said[i], other) for other in others)
    ]
    for i, j in pairs:
        other = next((k for k, item in enumerate(told) if alike(said[i], item)), None)
        kept = any(alike(item, told[j]) for item in said)
        if other is not None and kept and _listed(told, other, j):
            continue
        exchanged = any(a != i and alike(said[a], told[j]) and alike(said[i], told[b]) for a, b in pairs)
        if _flanked(i, laid) or (exchanged and not _revoiced(said, told)):
            yield f"{said[i].text} for {told[j].text}"


def _pronouns(laid: Alignment, statement: Reading, sentence: Reading, evidence: Evidence) -> Iterator[str]:
    """Names that stand for a pronoun they cannot mean: no person, or named only after it."""
    for change in laid.changes:
        pronoun = next((laid.told[j] for j in change.told if laid.told[j].fold in _PERSON), None)
        names = [i for i in change.said if laid.said[i].kind == "name"]
        if pronoun is None or len(names) != 1 or any(laid.told[j].kind == "name" for j in change.told):
            continue
        at, name = names[0], laid.said[names[0]]
        thing = at > 0 and laid.said[at - 1].fold == "the" and at - 1 in change.said
        if thing or not _named_before(name, pronoun, sentence, evidence):
            yield f"{name.text} for {pronoun.text}"


def _named_before(name: Item, pronoun: Item, sentence: Reading, evidence: Evidence) -> bool:
    """Whether the evidence names somebody before the pronoun, in its sentence, an earlier one or a title."""
    at = evidence.around.index(sentence)
    earlier = (*evidence.around[:at], *evidence.titles)
    known = [each for reading in earlier for each in items(reading)]
    known += [each for each in items(sentence) if each.start < pronoun.start]
    return any(each.kind == "name" and alike(name, each) for each in known)


def _facing(
    mine: Sequence[int], theirs: Sequence[int], said: Sequence[Item], told: Sequence[Item]
) -> Iterator[tuple[int, int]]:
    """The names, numbers and dates of a change, each with its counterpart: in order, kind by kind."""
    for kinds in (("name",), ("number",), ("year", "date")):
        ours = [i for i in mine if said[i].kind in kinds]
        faced = zip(ours, [j for j in theirs if told[j].kind in kinds], strict=False)
        yield from ((i, j) for i, j in faced if ordinal(said[i]) == ordinal(told[j]))


def _owners(laid: Alignment) -> Iterator[str]:
    """Owners that the statement puts for what they own: "the minister" for "the minister's brother"."""
    for i, j in laid.pairs:
        mine, theirs = laid.said[i], laid.told[j]
        lost = POSSESSIVE.search(theirs.text) and not POSSESSIVE.search(mine.text)
        owned = laid.told[j + 1 : j + 2]
        if lost and owned and owned[0].kind == "word" and all(item.key != owned[0].key for item in laid.said):
            yield f"{mine.text} for {theirs.text} {owned[0].text}"


def _flanked(at: int, laid: Alignment) -> bool:
    """Whether the words beside an item agree: on both sides, or several of meaning on one."""
    left, right = _agreeing(at, -1, laid), _agreeing(at, 1, laid)
    if left and right:
        return any(map(_tells, (*left, *right)))
    ends = at in (0, len(laid.said) - 1)
    return any(len(run) >= (3 if ends else 4) and sum(map(_tells, run)) >= 2 for run in (left, right))


def _agreeing(at: int, step: int, laid: Alignment) -> list[Item]:
    """The run of words beside an item that agree, at most eight."""
    run: list[Item] = []
    for k in range(at + step, at + 9 * step, step):
        if k not in laid.equal:
            break
        run.append(laid.said[k])
    return run


def _tells(item: Item) -> bool:
    return item.kind != "word" or carries(item.fold)


def _revoiced(said: Sequence[Item], told: Sequence[Item]) -> bool:
    """Whether words were added or left out that turn a sentence round: "sued" and "was sued by"."""
    return bool(({item.fold for item in said} ^ {item.fold for item in told}) & _VOICE)


def _listed(told: Sequence[Item], first: int, second: int) -> bool:
    """Whether only "and" and other members of a list stand between two items: their order says nothing."""
    between = told[min(first, second) + 1 : max(first, second)]
    return all(item.kind != "word" or item.fold in JOINING for item in between)
