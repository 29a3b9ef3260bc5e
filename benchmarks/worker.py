"""Fills or searches one system in a process of its own: `python -m benchmarks.worker ACTION NAME …`.

Knows nothing of how the systems compare.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from benchmarks.data import Article, Asked, articles, questions
from benchmarks.measured import folder_mb, memory, seconds, times
from benchmarks.systems import FILLED, System, system
from retrieval.measures import Figures, figures, interval

_PASSAGES = 50  # asked of each system to rank documents by
_HITS = 10  # asked of each system when it is timed


def fill(name: str, folder: Path, corpus: Sequence[Article], asked: Sequence[Asked]) -> dict[str, Any]:
    """Fill a system from nothing, then again with nothing changed, then search it in the same process."""
    folder.mkdir(parents=True)
    made = system(name, folder)
    passages = []
    first = seconds(lambda: passages.append(made.fill(corpus)))
    characters = sum(len(each.text) for each in corpus)
    result = {
        "passages": passages[0],
        "fill_s": round(first, 2),
        "characters_per_s": round(characters / first),
        "peak_mb": memory()["peak_mb"],
    }
    if name in FILLED:
        result["refill_s"] = round(seconds(lambda: passages.append(made.fill(corpus))), 3)
        result["refill_passages"] = passages[1]
    made.open()
    took(made, asked)
    result["rss_mb"] = memory()["rss_mb"]
    made.close()
    return result | {"disk_mb": folder_mb(folder)}


def search(name: str, folder: Path, asked: Sequence[Asked]) -> dict[str, Any]:
    """Ask everything: once to warm up, once for time, once as of the day asked, once for quality."""
    made = system(name, folder)
    started = time.perf_counter()
    made.open()
    made.search("warm up", _HITS)
    opened = time.perf_counter() - started
    shuffled = random.Random(7).sample(asked, len(asked))
    dated = [each for each in shuffled if each.until]
    took(made, shuffled)
    result: dict[str, Any] = {"open_s": round(opened, 2)} | times("search", took(made, shuffled))
    result["rss_mb"] = memory()["rss_mb"]
    if dated:
        result |= times("dated", took(made, dated, dated=True))
    result["sets"] = quality(made, asked)
    made.close()
    return result


def took(made: System, asked: Sequence[Asked], *, dated: bool = False) -> list[float]:
    """The seconds that each question takes."""
    listed = []
    for each in asked:
        started = time.perf_counter()
        made.search(each.question, _HITS, each.until if dated else None)
        listed.append(time.perf_counter() - started)
    return listed


def quality(made: System, asked: Sequence[Asked]) -> dict[str, dict[str, Any]]:
    """The figures of each set of questions; a document's rank is that of its best passage."""
    scores: dict[str, list[Figures]] = {}
    for each in asked:
        ranked = list(dict.fromkeys(made.search(each.question, _PASSAGES, each.until)))
        scores.setdefault(each.set, []).append(figures(ranked, set(each.relevant)))
    return {name: summary(some) for name, some in scores.items()}


def summary(scores: Sequence[Figures]) -> dict[str, Any]:
    """The mean of each figure with its 95 % interval."""
    result: dict[str, Any] = {"questions": len(scores)}
    for field in fields(Figures):
        values = [asdict(score)[field.name] for score in scores]
        result[field.name] = round(sum(values) / len(values), 4)
        result[f"{field.name}_ci95"] = [round(bound, 4) for bound in interval(values)]
    return result


def main() -> None:
    """ACTION NAME FOLDER DATA PASSAGES RESULT."""
    action, name, folder, data, passages, out = sys.argv[1:]
    corpus = articles(Path(data) / "corpus.jsonl", int(passages))
    asked = questions(Path(data), {each.id for each in corpus})
    result = (
        fill(name, Path(folder), corpus, asked) if action == "fill" else search(name, Path(folder), asked)
    )
    Path(out).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
