"""Lets the bot deliver a day's editions, kills it in the middle, and compares every chat with the ledger.

Knows nothing of what a process takes of the machine: whoever wants to know watches it meanwhile.
"""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.subscribed.judge import Entry, judge, rates, shown
from retrieval.measures import percentile

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 3 * 3600.0  # seconds for the whole day
_UNDER_WAY = (
    "SELECT d.reader FROM delivery_parts p JOIN deliveries d ON d.id = p.delivery WHERE p.state = 'sending'"
)
_LEDGER = """SELECT reader, min(state) AS state, count(DISTINCT id) AS editions,
    (SELECT count(*) FROM delivery_parts p
        WHERE p.delivery = d.id AND p.number >= 0 AND p.state = 'sent') AS sent,
    (SELECT count(*) FROM delivery_parts p
        WHERE p.delivery = d.id AND p.state = 'uncertain') AS uncertain
    FROM deliveries d GROUP BY reader"""
_OF_ONE_MESSAGE = """SELECT at, ended FROM deliveries d WHERE state = 'sent'
    AND (SELECT count(*) FROM delivery_parts p WHERE p.delivery = d.id) = 1"""

Watch = Callable[[int], object]
"""Told the number of the bot's process, several times a second."""


class _Bot:
    """The bot's process, which can be started more than once."""

    def __init__(self, folder: Path, people: int, addresses: Sequence[str]) -> None:
        command = [sys.executable, "-m", "benchmarks.subscribed.bot", str(folder), str(people)]
        self._command = [*command, *addresses]
        self._log = folder / "log"
        self.start()

    def start(self) -> None:
        """Start it, for the first time or again."""
        with self._log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(self._command, cwd=ROOT, stderr=log, stdout=log)

    def killed_while(self, folder: Path) -> bool:
        """End it without warning, if a message is under way."""
        self.process.send_signal(signal.SIGSTOP)
        under_way = bool(_asked(folder, _UNDER_WAY))
        if under_way:
            self.kill()
        else:
            self.process.send_signal(signal.SIGCONT)
        return under_way

    def kill(self) -> None:
        """End it without warning."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def _doubles(people: int, record: Path) -> Iterator[list[str]]:
    """Where a Telegram that knows so many people is, and a model; they write their record at the end."""
    command = [sys.executable, "-m", "benchmarks.subscribed.telegram", str(people), str(record)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    try:
        yield process.stdout.readline().split()
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def deliver(
    folder: Path, people: int, watch: Watch = lambda _pid: None, *, model: bool = True
) -> dict[str, Any]:
    """One day for so many people; what was measured and what is wrong. A ``model`` writes the stories."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    filling = [sys.executable, "-m", "benchmarks.subscribed.bot", str(folder), str(people)]
    subprocess.run(filling, cwd=ROOT, check=True)
    began = time.monotonic()
    with _doubles(people, folder / "record.json") as addresses:
        bot = _Bot(folder, people, addresses if model else addresses[:1])
        try:
            cut = _through_the_day(bot, folder, people, watch)
        finally:
            bot.kill()
    took = time.monotonic() - began
    return {"people": people, "s": round(took)} | _measured(folder, cut)


def _through_the_day(bot: _Bot, folder: Path, people: int, watch: Watch) -> Mapping[int, int]:
    """Kill the bot once half of the editions are sent, and wait for the end of the day.

    Returns how many parts to each reader were under way when it was killed.
    """
    cut: Mapping[int, int] | None = None
    deadline = time.monotonic() + _PATIENCE
    while bot.process.poll() is None and time.monotonic() < deadline:
        watch(bot.process.pid)
        time.sleep(0.3)
        if cut is None and _ended(folder) >= people / 2 and bot.killed_while(folder):
            cut = Counter(reader for (reader,) in _asked(folder, _UNDER_WAY))
            bot.start()
    assert bot.process.poll() == 0, f"the bot did not come through the day: see {folder / 'log'}"
    return cut or {}


def _asked(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "footnote.sqlite", timeout=30)) as connection:
        return connection.execute(query).fetchall()


def _ended(folder: Path) -> int:
    try:
        found = _asked(folder, "SELECT count(*) FROM deliveries WHERE state IN ('sent', 'uncertain')")
    except sqlite3.OperationalError:
        return 0  # there is no ledger yet
    return int(found[0][0])


def _measured(folder: Path, cut: Mapping[int, int]) -> dict[str, Any]:
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    chats = {int(chat): told for chat, told in record["chats"].items()}
    faults = {int(chat): what for chat, what in record["faults"].items()}
    calls = [(at, chat, status) for at, chat, status, _ in record["calls"]]
    samples = (line.split() for line in _lines(folder / "backlog"))
    backlog = [(float(at), int(due)) for at, due in samples]
    composed = [float(line) for line in _lines(folder / "composed")]
    ledger = {
        reader: Entry(state, sent, uncertain, editions)
        for reader, state, editions, sent, uncertain in _asked(folder, _LEDGER)
    }
    return {
        "messages": sum(map(len, chats.values())),
        "faults": dict(Counter(faults.values())),
        "cut": sum(cut.values()),
        "asked_of_the_model": record["asked"],
        "composed": len(composed),
        "composing_s": round(sum(composed), 1),
        **rates(calls, backlog),
        **_lateness(folder),
        **shown(judge(ledger, chats, faults, cut)),
    }


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def _lateness(folder: Path) -> dict[str, float]:
    """How long after its moment an edition of one message had arrived."""
    late = [
        (datetime.fromisoformat(ended) - datetime.fromisoformat(at)).total_seconds()
        for at, ended in _asked(folder, _OF_ONE_MESSAGE)
    ]
    return {f"late_p{share}_s": round(percentile(late, share), 1) for share in (50, 95)} if late else {}
