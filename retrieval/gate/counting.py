"""Says where a number of a statement counts or measures what another number does. Knows nothing of names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

from retrieval.gate.alignment import Item, alike
from retrieval.gate.markers import listed
from retrieval.gate.scopes import carries

JOINING = listed("and or with but versus vs und et y e и و 和")
_REACH = 4  # words on either side that say what a number counts
_RIVAL = 0.6  # how much more another number's company must agree than the number's own
_DIRECTIONS = listed("from to by since until till before after")
STOP = Item(".", "word", ".", ".", 0, 0)


def directions(said: Sequence[Item], told: Sequence[Item]) -> tuple[list[str], set[str]]:
    """Numbers that a statement goes from where its evidence goes to them, and those that agree in it."""
    turned_round, agreeing = [], set()
    for at, item in enumerate(said):
        if item.kind not in ("number", "year", "date"):
            continue
        mine = _direction(said, at)
        theirs = {_direction(told, k) for k, other in enumerate(told) if alike(item, other)}
        if mine in theirs and mine:
            agreeing.add(item.text)
        elif mine and theirs and "" not in theirs:
            turned_round.append(f"{mine} {item.text}")
    return turned_round, agreeing


def _direction(line: Sequence[Item], at: int) -> str:
    before = line[at - 1].fold if at else ""
    return before if before in _DIRECTIONS else ""


def mispaired(said: Sequence[Item], told: Sequence[Item]) -> Iterator[str]:
    """Numbers given to a name that another belongs to: "4 in Europe and 9 in Asia" is not 4 in Asia."""
    partners = _partners(told)
    mine = [item for item in said if item.kind == "name"]
    numbers = [item for item in said if item.kind == "number"]
    for number in numbers:
        own = [name for other, name in partners if alike(number, other)]
        if not own or any(alike(name, each) for name in own for each in mine):
            continue
        for other, name in partners:
            taken = any(alike(name, each) for each in mine)
            if taken and not alike(number, other) and not any(alike(other, each) for each in numbers):
                yield f"{number.text} for {other.text}"


def scores(said: Sequence[Item], told: Sequence[Item]) -> Iterator[str]:
    """Scores turned round: "3-1" and "1-3"."""
    pairs = [(a, b) for a, b in pairwise(told) if a.kind == b.kind == "number"]
    for first, last in pairwise(said):
        if first.kind != "number" or last.kind != "number" or alike(first, last):
            continue
        same = any(alike(first, a) and alike(last, b) for a, b in pairs)
        if not same and any(alike(first, b) and alike(last, a) for a, b in pairs):
            yield f"{first.text}-{last.text}"


def _partners(line: Sequence[Item]) -> list[tuple[Item, Item]]:
    """Each number with the name that stands close behind it, before another number."""
    found = []
    for at, item in enumerate(line):
        if item.kind == "number":
            for other in line[at + 1 : at + 4]:
                if other.kind == "number" or other is STOP:
                    break
                if other.kind == "name":
                    found.append((item, other))
                    break
    return found


def ordinal(item: Item) -> bool:
    return bool(item.figure and item.figure.ordinal)


def miscounted(said: Sequence[Item], told: Sequence[Item], settled: Set[str]) -> Iterator[str]:
    """Numbers whose company in the statement is another number's company in the evidence."""
    for at, item in enumerate(said):
        score = any(0 <= k < len(said) and said[k].kind == "number" for k in (at - 1, at + 1))
        if item.kind != "number" or item.text in settled or score:
            continue
        company = _company(said, at)
        own, others, rival = 0.0, 0.0, ""
        for index, other in enumerate(told):
            if other.kind != "number":
                continue
            shared = _shared(company, _company(told, index))
            if alike(item, other):
                own = max(own, shared)
            elif shared > others and ordinal(item) == ordinal(other):
                others, rival = shared, other.text
        if own < 1.0 and others >= max(1.0, own + _RIVAL):
            yield f"{item.text} for {rival}"


def _company(line: Sequence[Item], at: int) -> dict[str, float]:
    """The words of meaning around a number, up to the next number, the nearer the heavier."""
    found: dict[str, float] = {}
    for step in (-1, 1):
        weight = 1.0
        for index in range(at + step, at + step * (_REACH + 1), step):
            if weight <= 0 or not 0 <= index < len(line):
                break
            item = line[index]
            if item.kind == "number" or item is STOP:
                break
            if (item.kind == "word" and carries(item.fold)) or (
                item.kind == "name" and len(item.tokens) == 1
            ):
                found[item.key] = max(found.get(item.key, 0.0), weight)
                weight -= 0.3
            elif item.fold in JOINING:
                weight -= 0.4
    return found


def _shared(first: dict[str, float], second: dict[str, float]) -> float:
    return sum(min(weight, second[key]) for key, weight in first.items() if key in second)
