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
_ASKED = {"story": "to write stories", "yours": "on what touches a kind of reader"}


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


def tables(found: Mapping[str, Any]) -> list[str]:
    """What was found, beside what is asked for."""
    ended = ", ".join(f"{count:,} {state}" for state, count in sorted(found["ended"].items()))
    wrong = ", ".join(f"{what}: {count}" for what, count in found["wrong"].items())
    faults = ", ".join(f"{count} {what.rstrip('?')}" for what, count in sorted(found["faults"].items()))
    asked = ", ".join(
        f"{count} {_ASKED[what]}" for what, count in sorted(found["asked_of_the_model"].items())
    )
    rows = [
        ["readers, each with an edition due at seven", found["people"], "10,000"],
        ["how their editions ended", ended, "each once"],
        [
            "chats that are not as the ledger says, or got something twice or not",
            wrong or "none",
            "none",
        ],
        ["chats in which something went wrong", faults, None],
        ["messages under way when the bot was killed", found["cut"], None],
        ["messages", found["messages"], None],
        [
            f"a second, in the {found['with_backlog_s']} s in which 60 editions or more were late",
            found["sustained_a_second"],
            "≥ 25",
        ],
        ["the most that came in any second", found["most_in_a_second"], "≤ 30"],
        ["messages that were more than the 30th in a second", found["beyond_the_limit"], "0"],
        ["the shortest time between two in a chat, s", found["shortest_in_a_chat_s"], "≥ 1"],
        ["editions of one message after their moment, median, s", found["late_p50_s"], None],
        ["95th percentile, s", found["late_p95_s"], None],
        ["briefings composed", found["composed"], None],
        ["time for each, ms", round(1000 * found["composing_s"] / max(1, found["composed"])), None],
        ["requests to the model", asked or "none", "by stories, not readers"],
        ["processor time of the bot, s", found["cpu_s"], None],
        ["of which for each message, all in all, ms", found["cpu_ms_a_message"], None],
        ["peak memory of the bot, MB", found["peak_mb"], None],
        ["database and index after the day, MB", found["disk_mb"], None],
    ]
    return [report.table(["", "measured", "bar"], rows)]


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
