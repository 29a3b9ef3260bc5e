"""Measures what the gate stops of a scripted adversary, and what it refuses of the supported.

    python benchmarks/adversary.py [FOLDER] [--seed N] [--each N] [--details FILE]

FOLDER holds news/corpus.jsonl. Proposals are made by rule from its articles: see benchmarks/adversary/.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.adversary.measure import measure, table
from retrieval.embeddings import LocalMiniLM
from retrieval.gate.support_meaning import Reader

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"


def main() -> int:
    """Run the adversary and print a table for each kind."""
    parser = argparse.ArgumentParser(description="What the gate stops of a scripted adversary.")
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, default=150, help="proposals of each kind, at most")
    parser.add_argument("--details", type=Path, help="a file for the misses, one JSON object a line")
    asked = parser.parse_args()
    corpus = asked.folder / "news" / "corpus.jsonl"
    if not corpus.exists():
        print(f"There is no {corpus}: give the folder that holds news/corpus.jsonl.", file=sys.stderr)
        return 2
    measured = measure(corpus, asked.seed, asked.each, Reader(LocalMiniLM()))
    print(table(measured))
    if asked.details:
        asked.details.write_text("".join(line + "\n" for line in measured.misses), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
