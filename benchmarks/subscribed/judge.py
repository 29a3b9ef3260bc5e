"""Compares what arrived in the chats with what the ledger says. Knows nothing of how either came about."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

_HEAD, _NOTE = "Your briefing ·", "I cannot tell whether"
_ACCEPTED = 200
_BACKLOG = 60  # editions that are due: as many as are sent side by side
_LIMIT = 30  # messages a second
_GAP = 2.0  # seconds between two samples, beyond which nobody was there


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger says of a reader's edition: its state, how many parts are sent, and how many may be."""

    state: str
    sent: int
    uncertain: int
    editions: int = 1


@dataclass
class Verdict:
    """What is wrong, by kind, with the readers concerned; and how the editions ended."""

    wrong: dict[str, list[int]] = field(default_factory=dict)
    ended: Counter[str] = field(default_factory=Counter)

    def add(self, what: str, reader: int) -> None:
        """Note something wrong."""
        self.wrong.setdefault(what, []).append(reader)


def judge(
    ledger: Mapping[int, Entry],
    chats: Mapping[int, Sequence[str]],
    faults: Mapping[int, str],
    cut: Mapping[int, int],
) -> Verdict:
    """Compare what the ledger says of each reader with the messages of their chat.

    ``faults`` names what happened to a chat, with a ``?`` where nobody could tell whether the message
    arrived; ``cut`` counts the parts that were under way when the process was killed.
    """
    verdict = Verdict()
    for reader, told in chats.items():
        entry = ledger.get(reader, Entry("none", 0, 0, 0))
        verdict.ended[entry.state] += 1
        for what in _wrong(entry, told, faults.get(reader, ""), cut.get(reader, 0)):
            verdict.add(what, reader)
    return verdict


def _wrong(entry: Entry, told: Sequence[str], fault: str, cut: int) -> list[str]:
    notes = [each for each in told if each.startswith(_NOTE)]
    parts = [each for each in told if not each.startswith(_NOTE)]
    found = []
    if entry.editions != 1:
        found.append("editions that are not one")
    if entry.state not in ("sent", "uncertain", "skipped"):
        found.append("not ended")
    if len(set(parts)) < len(parts) or sum(each.startswith(_HEAD) for each in parts) > 1:
        found.append("twice")
    if not entry.sent <= len(parts) <= entry.sent + entry.uncertain:
        found.append("other messages than the ledger says")
    if parts and not parts[0].startswith(_HEAD) and not entry.uncertain:
        found.append("out of order")
    doubts = int(fault.endswith("?")) + cut
    # what was cut may be the very message whose answer did not come
    if not (cut or doubts) <= entry.uncertain <= doubts or (doubts and not entry.uncertain):
        found.append("uncertain elsewhere than where it was")
    if (entry.state == "uncertain") != bool(entry.uncertain):
        found.append("uncertain in one place alone")
    if len(notes) != int(bool(entry.uncertain)):
        found.append("not said honestly")
    if (entry.state == "skipped") != (fault == "blocked"):
        found.append("left out")
    return found


def rates(
    calls: Sequence[tuple[float, int, int]], backlog: Sequence[tuple[float, int]]
) -> dict[str, float | None]:
    """How fast messages came, of which each is its time, its chat and its HTTP status.

    The most that came in any second and how many of them were beyond Telegram's limit, the shortest time
    between two in a chat, and the rate that was sustained: while, by the samples of ``backlog``, more
    editions were due than are sent side by side.
    """
    times = sorted(at for at, _, status in calls if status == _ACCEPTED)
    seconds, messages = 0.0, 0
    for (since, due), (until, still) in pairwise(backlog):
        if min(due, still) >= _BACKLOG and until - since < _GAP:
            seconds += until - since
            messages += bisect_right(times, until) - bisect_right(times, since)
    in_a_second = [at - bisect_right(times, t - 1.0) for at, t in enumerate(times, 1)]
    return {
        "most_in_a_second": max(in_a_second, default=0),
        "beyond_the_limit": sum(count > _LIMIT for count in in_a_second),
        "shortest_in_a_chat_s": round(min(_apart(calls), default=0.0), 3),
        "with_backlog_s": round(seconds),
        "sustained_a_second": round(messages / seconds, 1) if seconds else None,
    }


def _apart(calls: Sequence[tuple[float, int, int]]) -> list[float]:
    """The times between two messages of a chat, whatever became of them."""
    last: dict[int, float] = {}
    found = []
    for at, chat, _ in sorted(calls):
        if chat in last:
            found.append(at - last[chat])
        last[chat] = at
    return found


def shown(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON: how many of each kind, and some of them."""
    return {
        "ended": dict(verdict.ended),
        "wrong": {what: len(readers) for what, readers in verdict.wrong.items()},
        "some": {what: readers[:5] for what, readers in verdict.wrong.items()},
    }
