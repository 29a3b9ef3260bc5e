"""Start to first answer: the real command in the terminal, with an empty library and with a filled one.

Knows nothing of what happens inside. Prints JSON: seconds and MiB, each the median of several runs.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "Does the treaty oblige Russia to defend Iran?\n"
RUNS = 7


def once(folder: Path) -> tuple[float, float]:
    """Seconds until the command has answered and ended, and its largest resident size in MiB."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TELEGRAM_BOT_TOKEN": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(QUESTION)
    process.stdin.close()
    said = process.stdout.read()
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said
    assert "[1]" in said, said
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    empty, filled = [], []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            empty.append(once(Path(folder)))
            filled.append(once(Path(folder)))
    print(
        json.dumps(
            {
                "first start, sample library loaded and indexed": median(empty),
                "later starts": median(filled),
                "runs": RUNS,
            },
            indent=2,
        )
    )


def median(runs: list[tuple[float, float]]) -> dict[str, float]:
    """The medians of seconds and MiB."""
    seconds, mebibytes = zip(*runs, strict=True)
    return {"seconds": round(statistics.median(seconds), 2), "peak_mib": round(statistics.median(mebibytes))}


if __name__ == "__main__":
    main()
