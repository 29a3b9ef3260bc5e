"""How near filling comes to what the embedding model can do, and how quick searches stay meanwhile.

The model, as its file comes, embeds the passages of some articles in every batch size and number of threads
tried; then the best of these, the model as Footnote runs it and Footnote's whole filling take turns on the
same passages.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import statistics
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.data import NEWS, Article, articles, questions, write_corpus
from benchmarks.measured import WORK, machine, seconds, times
from benchmarks.minilm import MiniLM
from bot import logs
from retrieval.corpus import read_corpus
from retrieval.cutting import embedded
from retrieval.embeddings import LocalMiniLM
from retrieval.library import Library, open_library
from retrieval.passages import split
from retrieval.types import Scope

_BATCHES = (1, 2, 4, 8, 16, 32)
_WAYS = ((1, 1), (2, 1), (1, 2), (2, 2))  # batches at once, threads of each
_TURNS = 3
_PAUSE = 0.05  # seconds between two searches while filling


def grid(texts: Sequence[str]) -> list[dict[str, Any]]:
    """The rate of the model alone for each batch size and way to use the cores."""
    rows = []
    models = {threads: MiniLM(threads) for _, threads in _WAYS}
    for (at_once, threads), batch in product(_WAYS, _BATCHES):
        took = seconds(lambda: models[threads].embed_all(texts, batch, at_once))  # noqa: B023
        rows.append(
            {
                "at_once": at_once,
                "threads": threads,
                "batch": batch,
                "passages_per_s": round(len(texts) / took, 1),
            }
        )
        print(rows[-1], flush=True)
    return rows


async def filled(place: Path, corpus: Path) -> tuple[float, float]:
    """The seconds to fill a new library with a corpus, and to do it again with nothing changed."""
    shutil.rmtree(place, ignore_errors=True)
    model = LocalMiniLM()
    model.question("loads the model")
    async with open_library(place, model) as library:
        await library.prepare()
        return await _added(library, corpus), await _added(library, corpus)


async def searches(place: Path, first: Path, second: Path, asked: Sequence[str]) -> dict[str, Any]:
    """Search a library at rest, then all the while that a second corpus is added."""
    shutil.rmtree(place, ignore_errors=True)
    async with open_library(place, LocalMiniLM()) as library:
        await library.add(read_corpus(first))
        await _asked(library, asked)
        quiet = await _asked(library, asked)
        adding = asyncio.create_task(library.add(read_corpus(second)))
        busy: list[float] = []
        while not adding.done():
            busy += await _asked(library, [asked[len(busy) % len(asked)]])
            await asyncio.sleep(_PAUSE)
        await adding
    return {"at rest": _summary(quiet), "while filling": _summary(busy)}


async def _added(library: Library, corpus: Path) -> float:
    started = time.perf_counter()
    await library.add(read_corpus(corpus))
    return time.perf_counter() - started


async def _asked(library: Library, asked: Sequence[str]) -> list[float]:
    took = []
    for question in asked:
        started = time.perf_counter()
        await library.search(question, Scope())
        took.append(time.perf_counter() - started)
    return took


def _summary(took: Sequence[float]) -> dict[str, Any]:
    return {"number": len(took)} | times("search", took) | {"longest_ms": round(max(took) * 1000, 2)}


def measure(data: Path, passages: int, place: Path) -> dict[str, Any]:
    """All of it on some articles of a data set, chosen by chance, of about ``passages`` passages."""
    where = machine()
    place.mkdir(parents=True, exist_ok=True)
    everything = articles(data / "corpus.jsonl")
    shuffled = random.Random(7).sample(everything, len(everything))
    first, rest = _some(shuffled, passages)
    second, _ = _some(rest, passages)
    files = place / "first.jsonl", place / "second.jsonl"
    write_corpus(files[0], first)
    write_corpus(files[1], second)
    texts = [embedded(each.title, each.text[s.start : s.end]) for each in first for s in split(each.text)]
    tried = grid(texts)
    best = max(tried, key=lambda row: row["passages_per_s"])
    model = MiniLM(best["threads"])
    own = LocalMiniLM()
    own.question("loads the model")
    alone, quick, ours, again = [], [], [], []
    for _ in range(_TURNS):
        quick.append(seconds(lambda: list(own.passages(texts))))
        alone.append(seconds(lambda: model.embed_all(texts, best["batch"], best["at_once"])))
        new, unchanged = asyncio.run(filled(place / "library", files[0]))
        ours.append(new)
        again.append(unchanged)
    asked = [each.question for each in questions(data, {each.id for each in everything})]
    return {
        "machine": where,
        "data": data.name,
        "passages": len(texts),
        "grid": tried,
        "best_passages_per_s": round(len(texts) / statistics.median(alone), 1),
        "footnote_passages_per_s": round(len(texts) / statistics.median(ours), 1),
        "own_passages_per_s": round(len(texts) / statistics.median(quick), 1),
        "against_file": round(statistics.median(alone) / statistics.median(ours), 3),
        "share": round(statistics.median(quick) / statistics.median(ours), 3),
        "again": round(statistics.median(ours) / statistics.median(again)),
        "searches": asyncio.run(searches(place / "library", *files, asked)),
    }


def _some(listed: Sequence[Article], passages: int) -> tuple[list[Article], list[Article]]:
    """The first articles that make enough passages, and the rest."""
    made = 0
    for number, each in enumerate(listed, start=1):
        made += len(split(each.text))
        if made >= passages:
            return list(listed[:number]), list(listed[number:])
    return list(listed), list(listed)


def main() -> None:
    """Run it, keep the result and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=NEWS, help="corpus.jsonl and queries*.jsonl")
    parser.add_argument("--passages", type=int, default=600, help="how many to embed and to fill with")
    given = parser.parse_args()
    logs.configure(quiet=True)
    report.keep("filling", measure(given.folder.resolve(), given.passages, WORK / "filling"))


if __name__ == "__main__":
    main()
