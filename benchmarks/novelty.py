"""Whether what is new in a further report of an article is found, and nothing else.

    python benchmarks/novelty.py [FILE] [--tune] [--show]

Articles of `stories.jsonl`, each told again in ways that add nothing and with one fact planted. What decides
what is new was set on one half of the articles; the other is reported.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.data import NEWS
from benchmarks.edited import Labelled, halves
from benchmarks.measured import machine
from benchmarks.planted import KINDS, Report, planted, retold
from retrieval.briefing.novelty import Added, Known, additions, moves
from retrieval.briefing.splitting import everything, sayings
from retrieval.passages import split
from retrieval.types import SHARED, Document, Draft, Passage

STORIES = NEWS.parent / "stories.jsonl"
_SEED = 11
_TAKEN = 120  # articles of a half
_SHORTEST, _LONGEST = 1_500, 9_000  # characters of an article
_WHOLE = 0.6  # of a planted sentence's words, that one reported as new must have


def taken(articles: Sequence[Labelled], most: int = _TAKEN) -> list[Draft]:
    """Articles of a usual length, drawn by chance."""
    fit = [each.draft for each in articles if _SHORTEST <= len(each.draft.text) <= _LONGEST]
    return random.Random(_SEED).sample(fit, min(most, len(fit)))


def judged(articles: Iterable[Draft], *, show: bool = False) -> dict[str, Any]:
    """Of each way to tell an article again, how many reports count as developments, and how many should."""
    chance = random.Random(_SEED)
    found: dict[str, dict[str, list[int]]] = {"retold": defaultdict(list), "planted": defaultdict(list)}
    took: list[float] = []
    for draft in articles:
        known = Known(everything(*_as_held(1, draft)))
        for each in retold(draft, chance):
            started = time.perf_counter()
            added = _added(each, known)
            took.append(time.perf_counter() - started)
            found["retold"][each.way].append(moves(added))
            if show and moves(added):
                for one in added:
                    print(f"FALSE {each.way} {one.kinds}: {one.said.text}")
        for each in planted(draft, chance):
            added = _added(each, known)
            new = moves(added) and any(_is(one, each.fact) for one in added)
            found["planted"][f"{each.way} {each.kind}"].append(new)
            if show and not new:
                print(f"MISSED {each.way} {each.kind}: {each.fact}")
    return {
        kind: {name: {"made": len(each), "new": sum(each)} for name, each in ways.items()}
        for kind, ways in found.items()
    } | {"ms": round(1000 * sum(took) / max(1, len(took)), 1)}


def _added(each: Report, known: Known) -> list[Added]:
    return additions(sayings(*_as_held(2, each.draft)), known)


def _is(added: Added, fact: str) -> bool:
    """Whether what is reported as new is the planted sentence, perhaps with one before it."""
    mine, words = set(fact.split()), set(added.said.text.split())
    return len(mine & words) >= _WHOLE * len(mine)


def _as_held(number: int, draft: Draft) -> tuple[list[Document], dict[int, list[Passage]]]:
    published = draft.published or datetime(2025, 1, 1, tzinfo=UTC)
    document = Document(
        number, str(number), SHARED, draft.title, draft.source, draft.publisher, published=published
    )
    text = draft.text
    held = [
        Passage(at, document, each.start, each.end, text[each.start : each.end])
        for at, each in enumerate(split(text))
    ]
    return [document], {number: held}


def _share(rows: Iterable[dict[str, int]]) -> float:
    listed = list(rows)
    return sum(row["new"] for row in listed) / max(1, sum(row["made"] for row in listed))


def tables(result: dict[str, Any]) -> list[str]:
    """The result as Markdown."""
    found = result["reported"]
    rows = [[f"planted: {name}", *_row(each)] for name, each in sorted(found["planted"].items(), key=_order)]
    rows.append(["**planted facts, all** (bar 0.95)", "", f"**{_share(found['planted'].values()):.3f}**"])
    rows += [[f"nothing new: {name}", *_row(each)] for name, each in found["retold"].items()]
    rows.append(["**nothing new, all** (bar 0.02)", "", f"**{_share(found['retold'].values()):.3f}**"])
    return [
        report.table(["", "reports", "reported as new"], rows),
        f"Reading one report against the article takes {found['ms']} ms.",
    ]


def _order(item: tuple[str, Any]) -> tuple[str, int]:
    way, _, kind = item[0].partition(" ")
    return way, KINDS.index(kind)


def _row(each: dict[str, int]) -> list[Any]:
    return [each["made"], f"{each['new'] / max(1, each['made']):.3f}"]


def main() -> None:
    """Make the reports and print which were found to be new."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=STORIES, help="stories.jsonl")
    parser.add_argument("--tune", action="store_true", help="judge the half for tuning, and keep nothing")
    parser.add_argument("--show", action="store_true", help="print what was missed and what was no news")
    parser.add_argument("--articles", type=int, default=_TAKEN, help="of the half")
    given = parser.parse_args()
    tuned, reported = halves(given.file)
    if given.tune:
        found = judged(taken(tuned, given.articles), show=given.show)
        print("\n".join(tables({"reported": found})))
        return
    where = machine()
    result = {"machine": where, "reported": judged(taken(reported, given.articles), show=given.show)}
    report.keep("novelty", result | {"tables": tables(result)})


if __name__ == "__main__":
    main()
