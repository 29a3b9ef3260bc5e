"""Delivers a day's editions to many subscribers through a Telegram that fails as Telegram does.

The bot runs as a process of its own, on a clock that leaps over idle time; Telegram is the tests' strict
double in another one, which refuses, hangs, cuts off and fails for a share of the chats. In the middle the
bot is killed without warning and started again. Afterwards every chat is compared with the ledger.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

import psutil

from benchmarks import report
from benchmarks.measured import WORK, folder_mb, machine
from benchmarks.subscribed.day import deliver

_PEOPLE = 10_000


class _Taken:
    """What the bot's processes take of the machine, one after the other."""

    def __init__(self) -> None:
        self._cpu: dict[int, float] = {}
        self.peak_mb = 0.0

    @property
    def cpu(self) -> float:
        """Seconds of processor time."""
        return sum(self._cpu.values())

    def look(self, pid: int) -> None:
        """Measure a process, if it still runs."""
        try:
            process = psutil.Process(pid)
            used = process.cpu_times()
            self._cpu[pid] = used.user + used.system
            self.peak_mb = max(self.peak_mb, process.memory_info().rss / 1e6)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return


def measure(people: int, *, model: bool = True) -> dict[str, Any]:
    """The figures of one day."""
    folder, taken = WORK / "delivering", _Taken()
    found = deliver(folder, people, taken.look, model=model)
    return found | {
        "cpu_s": round(taken.cpu, 1),
        "cpu_ms_a_message": round(1000 * taken.cpu / found["messages"], 1),
        "peak_mb": round(taken.peak_mb),
        "disk_mb": folder_mb(folder),
    }


def tables(result: Mapping[str, Any]) -> list[str]:
    """The result as tables."""
    rows = [[name, json.dumps(value) if isinstance(value, dict) else value] for name, value in result.items()]
    return [report.table(["", "measured"], rows)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=_PEOPLE, help="fewer, for a quick look")
    parser.add_argument("--without-model", action="store_true", help="stories in the sources' own sentences")
    arguments = parser.parse_args()
    where = machine()
    found = measure(arguments.people, model=not arguments.without_model)
    print(json.dumps(found, indent=1))
    if arguments.people == _PEOPLE:
        report.keep("delivering", {"machine": where, "figures": found, "tables": tables(found)})
