"""How well documents are grouped into stories as they come, and how many a second.

The weights of `retrieval/stories/weights.json` and the bounds of `grouping.py` were set on one half of the
stories; the other half is reported, alone and within all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.data import NEWS
from benchmarks.measured import WORK, machine
from benchmarks.storied import fill, judge, place, read
from bot import logs
from retrieval.embeddings import LocalMiniLM

STORIES = NEWS.parent / "stories.jsonl"


async def measured(file: Path) -> dict[str, Any]:
    """The figures of each way to look at the data, with the documents grouped a second."""
    model = LocalMiniLM()
    half, everything = read(file, half=1), read(file)
    found: dict[str, Any] = {}
    for name, articles in (("half", half), ("all", everything)):
        folder = WORK / f"stories-{name}"
        folder.mkdir(parents=True, exist_ok=True)
        async with fill(articles, folder, model) as engine:
            started = time.perf_counter()
            placed = await place(articles, engine, model)
            rate = round(len(articles) / (time.perf_counter() - started), 1)
        found[name] = judge(articles, placed) | {"per_second": rate}
        if articles is everything:
            found["half within all"] = judge(half, placed) | {"per_second": rate}
    return found


def tables(found: dict[str, Any]) -> list[str]:
    """The result as Markdown."""
    shown = {
        "half": "the half that nothing was set on, alone",
        "half within all": "the same half, grouped together with the other",
        "all": "both halves",
    }
    kinds = [f"{name}_{kind}" for name in ("b_cubed", "pairwise") for kind in ("precision", "recall", "f1")]
    rows = [
        [
            title,
            found[name]["articles"],
            found[name]["labelled"],
            found[name]["stories"],
            *(f"{found[name][kind]:.3f}" for kind in kinds),
            found[name]["per_second"],
        ]
        for name, title in shown.items()
    ]
    head = [
        "",
        "documents",
        "labelled stories",
        "stories found",
        "B-cubed precision",
        "recall",
        "F1 (bar 0.90)",
    ]
    return [report.table([*head, "pairwise precision", "recall", "F1 (bar 0.80)", "documents/s"], rows)]


def main() -> None:
    """Group the stories and print how well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=STORIES, help="stories.jsonl")
    given = parser.parse_args()
    logs.configure(quiet=True)
    where = machine()
    found = asyncio.run(measured(given.file))
    report.keep("stories", {"machine": where, "stories": found, "tables": tables(found)})


if __name__ == "__main__":
    main()
