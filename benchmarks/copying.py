"""Saves labelled articles and judges which of them were taken for copies and updates. Measures no times."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.edited import EDITS, NATURAL, UPDATED, Labelled, reused
from retrieval import database, documents, saving
from retrieval.copies import schema as copies
from retrieval.types import SHARED

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SEED = 7


@dataclass(frozen=True, slots=True)
class Placed:
    """An article with the number of the document it became and the group that stands in."""

    article: Labelled
    number: int
    group: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """How many pairs were linked, and how many of these should not have been."""

    linked: int
    wrong: int

    @property
    def precision(self) -> float:
        """The share of linked pairs that belong together."""
        return 1 - self.wrong / max(1, self.linked)


async def place(articles: Sequence[Labelled], folder: Path) -> list[Placed]:
    """Save articles one by one in the order of their dates, and see what became of each."""
    engine = await opened(folder)
    writing = database.writing(engine)
    chance = random.Random(SEED)
    order = sorted(articles, key=lambda each: (each.draft.published or NOW, chance.random()))
    numbers = []
    for article in order:
        (saved,) = saving.save(writing, [article.draft], SHARED, NOW)
        numbers.append(saved.document.number)
    found = await database.rows(engine, "SELECT number, coalesce(copy_of, number) FROM documents")
    groups = {int(number): int(group) for number, group in found}
    writing.dispose()
    await engine.dispose()
    return [Placed(each, number, groups[number]) for each, number in zip(order, numbers, strict=True)]


def judge(placed: Sequence[Placed]) -> dict[str, Any]:
    """Precision of links and of updates, and the share of each kind that was found.

    Pairs of articles that their own publisher made out of one another count neither way.
    """
    origins = {each.article.origin: each.article for each in placed if each.article.kind == NATURAL}
    copied = _pairs(placed, "group", origins, {*EDITS, NATURAL})
    updated = _pairs(placed, "number", origins, {UPDATED, NATURAL})
    natural = {each.article.origin: each for each in placed if each.article.kind == NATURAL}
    kinds = {}
    for kind in EDITS:
        mine = [each for each in placed if each.article.kind == kind]
        linked = [each for each in mine if each.group == natural[each.article.origin].group]
        kinds[kind] = {"made": len(mine), "found": round(len(linked) / max(1, len(mine)), 4)}
    updates = [each for each in placed if each.article.kind == UPDATED]
    replaced = [each for each in updates if each.number == natural[each.article.origin].number]
    found = sum(row["found"] * row["made"] for row in kinds.values())
    return {
        "articles": len(placed),
        "copies": {
            "precision": round(copied.precision, 4),
            "recall": round(found / max(1, sum(row["made"] for row in kinds.values())), 4),
            "linked": copied.linked,
        },
        "updates": {
            "precision": round(updated.precision, 4),
            "recall": round(len(replaced) / max(1, len(updates)), 4),
            "linked": updated.linked,
        },
        "kinds": kinds,
    }


def _pairs(placed: Iterable[Placed], by: str, origins: dict[str, Labelled], kinds: set[str]) -> Pairs:
    """The pairs that share a group or a number, and those of them that are not of one origin and kind."""
    together: dict[int, list[Labelled]] = defaultdict(list)
    for each in placed:
        together[getattr(each, by)].append(each.article)
    linked = wrong = 0
    for group in together.values():
        for one, other in combinations(group, 2):
            same = one.origin == other.origin
            known = [origins[each.origin].draft for each in (one, other) if each.origin in origins]
            if not same and len(known) == 2 and reused(*known):
                continue
            linked += 1
            wrong += not (same and {one.kind, other.kind} <= kinds)
    return Pairs(linked, wrong)


async def opened(folder: Path) -> AsyncEngine:
    """A database with the tables that documents are saved in."""
    engine = database.connect(folder / "footnote.sqlite")
    await database.apply(engine, "documents", documents.SCHEMA)
    await database.apply(engine, "copies", copies.SCHEMA)
    return engine
