"""Refreshing many feeds from a loopback server with delays and validators: a first time, and again.

Each feed is at a host of its own, whose items carry their whole text; between the two refreshes one site in
33 publishes an item. Processor time is that of Footnote and its parser process; the embedding model is left
out of it, as is the server.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks import report
from benchmarks.measured import ROOT, WORK, child, machine

_RUNS = ((1_000, 20), (6_000, 3))  # feeds and the items of each


def measure(runs: tuple[tuple[int, int], ...]) -> dict[str, Any]:
    """The figures of each run."""
    where = machine()
    found = []
    for feeds, items in runs:
        with _publisher(feeds, items) as port:
            folder = WORK / "refreshing" / str(feeds)
            said = child("benchmarks.refresher", port, feeds, items, folder)
        found.append({"feeds": feeds, "items": items} | said)
        print(found[-1], flush=True)
    return {"machine": where, "runs": found}


@contextmanager
def _publisher(feeds: int, items: int) -> Iterator[int]:
    """The port of a server that plays the sites, ended with the block."""
    command = [sys.executable, "-m", "benchmarks.publisher", str(feeds), str(items)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, help="only this many, for a quick look")
    parser.add_argument("--items", type=int, default=20, help="items of each feed, with --feeds")
    arguments = parser.parse_args()
    runs = ((arguments.feeds, arguments.items),) if arguments.feeds else _RUNS
    result = measure(runs)
    if not arguments.feeds:
        report.keep("refreshing", result)
