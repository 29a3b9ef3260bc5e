"""Footnote beside LlamaIndex's hybrid, plain BM25 and plain Chroma: how well and how quickly each finds.

One run, one corpus, one embedding model, each system in processes of its own: one that fills it and a
fresh one that opens what was filled and searches it.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.data import NEWS
from benchmarks.measured import WORK, child, machine
from benchmarks.systems import NAMES


def measure(data: Path, passages: int, place: Path) -> dict[str, Any]:
    """Fill and search every system on one data set, of its first ``passages`` passages (0: all)."""
    shutil.rmtree(place, ignore_errors=True)
    where = machine()
    systems = {}
    for name in NAMES:
        arguments = (name, place / name, data, passages)
        filled = child("benchmarks.worker", "fill", *arguments)
        print(f"{name}: {filled['passages']} passages in {filled['fill_s']} s", flush=True)
        systems[name] = {"fill": filled, "search": child("benchmarks.worker", "search", *arguments)}
    return {"machine": where, "data": data.name, "limit": passages, "systems": systems}


def main() -> None:
    """Run it, keep the result and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=NEWS, help="corpus.jsonl and queries*.jsonl")
    parser.add_argument("--passages", type=int, default=0, help="use the first N passages only")
    given = parser.parse_args()
    name = f"quality-{given.passages}" if given.passages else "quality"
    report.keep(name, measure(given.folder.resolve(), given.passages, WORK / name))


if __name__ == "__main__":
    main()
