"""How well copies and updates of articles are told from other articles, and what looking for them costs.

The settings of `retrieval/copies/alike.py` were chosen on one half of the stories; the other is reported.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from benchmarks import report
from benchmarks.copying import NOW, SEED, judge, opened, place
from benchmarks.data import NEWS
from benchmarks.edited import Labelled, halves, labelled
from benchmarks.measured import machine
from retrieval import database, saving
from retrieval.measures import percentile
from retrieval.types import SHARED

STORIES = NEWS.parent / "stories.jsonl"
_MANY = 100_000  # documents that one is looked for among
_PRINTS = 73  # prints that an article of a thousand words leaves
_ROUND = 5_000  # documents whose prints are stored at once
_TIMED = 200


async def cost(articles: Sequence[Labelled], folder: Path) -> dict[str, float]:
    """What saving one article takes in an empty library and beside the prints of many, in milliseconds.

    The many are prints alone, drawn by chance: what looking for copies reads grows with nothing else.
    """
    engine = await opened(folder)
    writing = database.writing(engine)
    chance = random.Random(SEED)
    some = chance.sample(list(articles), 2 * _TIMED)
    empty = [_timed(writing, each) for each in some[:_TIMED]]
    before = await _size(engine)
    for first in range(0, _MANY, _ROUND):
        drawn = sorted(chance.getrandbits(63) for _ in range(_ROUND * _PRINTS))
        rows = [{"print": each, "document": -1 - first - at % _ROUND} for at, each in enumerate(drawn)]
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO prints VALUES (:print, :document)"), rows)
    disk = await _size(engine) - before
    full = [_timed(writing, each) for each in some[_TIMED:]]
    writing.dispose()
    await engine.dispose()
    return {
        "empty_p50_ms": round(percentile(empty, 50), 1),
        "full_p50_ms": round(percentile(full, 50), 1),
        "full_p95_ms": round(percentile(full, 95), 1),
        "disk_mb": round(disk / 1e6, 1),
    }


def _timed(engine: Engine, article: Labelled) -> float:
    started = time.perf_counter()
    saving.save(engine, [article.draft], SHARED, NOW)
    return (time.perf_counter() - started) * 1000


async def _size(engine: Any) -> int:
    query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    return int((await database.rows(engine, query))[0][0])


def tables(result: dict[str, Any]) -> list[str]:
    """The result as Markdown."""
    judged, took = result["reported"], result["cost"]
    rows = [[kind, row["made"], f"{row['found']:.3f}"] for kind, row in judged["kinds"].items()]
    bars = [
        [name, f"{judged[name]['precision']:.4f}", f"{judged[name]['recall']:.4f}", judged[name]["linked"]]
        for name in ("copies", "updates")
    ]
    return [
        f"{judged['articles']:,} texts of the half that nothing was tuned on.",
        report.table(["", "precision (bar 0.99)", "recall (bar 0.9)", "pairs linked"], bars),
        report.table(["edited", "made", "found"], rows),
        f"Saving an article, without indexing it: {took['empty_p50_ms']} ms (median) in an empty library, "
        f"{took['full_p50_ms']} ms (p95 {took['full_p95_ms']}) beside {_MANY:,} documents, whose prints take "
        f"{took['disk_mb']:,} MB of disk.",
    ]


def main() -> None:
    """Make the set, save it and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=STORIES, help="stories.jsonl")
    parser.add_argument("--tune", action="store_true", help="judge the half for tuning, and keep nothing")
    given = parser.parse_args()
    tuned, reported = halves(given.file)
    with tempfile.TemporaryDirectory() as aside, tempfile.TemporaryDirectory() as other:
        if given.tune:
            print(judge(asyncio.run(place(labelled(tuned, SEED), Path(aside)))))
            return
        where = machine()
        judged = judge(asyncio.run(place(labelled(reported, SEED), Path(aside))))
        result = {"reported": judged, "cost": asyncio.run(cost(reported, Path(other))), "machine": where}
    report.keep("copies", result | {"tables": tables(result)})


if __name__ == "__main__":
    main()
