"""How adding, searching, memory and disk grow with the library: 1,000, 10,000 and 100,000 passages.

Texts and vectors are real as far as the corpus goes. Beyond, texts are recombined sentences of different
articles and their vectors the mean of the vectors these come from, with noise: to embed 100,000 passages
takes about an hour on two cores. Questions are always embedded by the real model.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.data import NEWS, Article, articles, stored, write_corpus
from benchmarks.measured import WORK, child, machine
from benchmarks.recombine import Source, recombined
from retrieval.passages import sentences, split

_SIZES = (1_000, 10_000, 100_000)


def measure(data: Path, sizes: Sequence[int], library: Path, place: Path) -> dict[str, Any]:
    """Grow one library from size to size; what it is made of comes from a library filled before."""
    where = machine()
    shutil.rmtree(place, ignore_errors=True)
    (place / "library").mkdir(parents=True)
    real = articles(data / "corpus.jsonl")
    supply = chain(real, recombined(list(_sources(library))))
    counts = {True: 0, False: 0}  # passages of real articles and of recombined ones
    known = {each.id for each in real}
    stages = []
    for size in sizes:
        some: list[Article] = []
        while sum(counts.values()) < size:
            some.append(next(supply))
            counts[some[-1].id in known] += len(split(some[-1].text))
        write_corpus(place / "corpus.jsonl", some)
        stages.append(_stage(data, library, place) | {"real": counts[True], "mixed": counts[False]})
        print(stages[-1], flush=True)
    return {"machine": where, "data": data.name, "stages": stages}


def _stage(data: Path, library: Path, place: Path) -> dict[str, Any]:
    added = child("benchmarks.growing", "add", place / "library", library, place / "corpus.jsonl")
    return added | child("benchmarks.growing", "search", place / "library", data)


def _sources(library: Path) -> Iterator[Source]:
    """The documents of a filled library as sources of sentences."""
    for _, passages in groupby(stored(library), key=lambda each: each.document):
        some = list(passages)
        said = [each.text[span.start : span.end] for each in some for span in sentences(each.text)]
        yield Source(some[0].title, some[0].url, some[0].published, tuple(said))


def _library(data: Path, given: Path | None) -> Path:
    """The library whose vectors are used: the one given, or the one `quality.py` filled, or a new one."""
    library = given or WORK / "quality" / "footnote"
    if not (library / "footnote.sqlite").exists():
        print(f"Filling {library} first, with real vectors.", flush=True)
        child("benchmarks.worker", "fill", "footnote", library, data, 0)
    return library


def main() -> None:
    """Run it, keep the result and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=NEWS, help="corpus.jsonl and queries*.jsonl")
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES, help="passages, growing")
    parser.add_argument("--library", type=Path, help="a library filled with the same corpus")
    given = parser.parse_args()
    data = given.folder.resolve()
    library = _library(data, given.library)
    report.keep("growth", measure(data, given.sizes, library, WORK / "growth"))


if __name__ == "__main__":
    main()
