"""Plays Telegram and a language model: `python -m benchmarks.subscribed.telegram PEOPLE RECORD`.

Both are the tests' strict doubles. Faults are planned for a share of the chats; the model says what it finds
in its excerpts. The line that is printed holds their addresses; when its input closes it writes what happened
as JSON and ends. Times are those of the machine's monotonic clock. Knows nothing of the bot.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.subscribed.people import FIRST

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests"))

from botapi import BotApi, blocked, drop, flood, hang, outage
from botapi.faults import Fault, Schedule
from botapi.records import Call
from modelserver import ModelServer, Request
from writers import excerpts_in

# The share of the chats to which each happens once; what may have arrived is marked.
_PLANNED: tuple[tuple[str, float, Fault], ...] = (
    ("flood", 0.02, flood(2)),
    ("flood, long", 0.002, flood(30)),
    ("blocked", 0.01, blocked()),
    ("failed", 0.01, outage(502)),
    ("hang?", 0.005, hang(delivered=True)),
    ("cut?", 0.005, drop(delivered=True)),
    ("cut before?", 0.003, drop(delivered=False)),
    ("gateway?", 0.002, outage(504, delivered=True)),
)


class Plan(Schedule):
    """At most one fault to a chat, at the message of a number; ``happened`` tells which did."""

    def __init__(self, people: int) -> None:
        super().__init__()
        self.happened: dict[int, str] = {}
        self._chance = random.Random(66)
        self._waiting = {chat: self._draw() for chat in range(FIRST, FIRST + people)}
        self._sent: Counter[int] = Counter()

    def _draw(self) -> tuple[int, str, Fault] | None:
        drawn = self._chance.random()
        for name, share, fault in _PLANNED:
            if drawn < share:
                return self._chance.choice((1, 1, 2)), name, fault
            drawn -= share
        return None

    def take(self, method: str, chat_id: object) -> Fault | None:
        """The fault for this call, used up by it."""
        if method != "sendMessage" or not isinstance(chat_id, int):
            return super().take(method, chat_id)
        self._sent[chat_id] += 1
        planned = self._waiting.get(chat_id)
        if planned is None or planned[0] != self._sent[chat_id]:
            return super().take(method, chat_id)
        self.happened[chat_id] = planned[1]
        return planned[2]


class _Brief(list[Call]):
    """The double's log without what the messages say."""

    def append(self, call: Call) -> None:
        """Keep a call's chat alone of what it was told."""
        super().append(replace(call, params={"chat_id": call.params.get("chat_id")}))


def _written(request: Request) -> Any:
    """The first sentence of some excerpts, as what there is to say of a story, or to a reader."""
    shown = excerpts_in(request)
    said = [(id, text.partition("\n")[0]) for id, text in shown.items()][:2]
    parts = ["bullet"]
    if request.schema and request.name == "yours":
        parts = request.schema["properties"]["statements"]["items"]["properties"]["part"]["enum"]
    statements: list[dict[str, Any]] = [
        {"part": parts[0], "quotes": [{"excerpt": id, "quote": words}], "sentence": words}
        for id, words in said
    ]
    if request.name == "story":
        statements = [each | {"question": ""} for each in statements]
    return {"statements": statements}


def _record(api: BotApi, plan: Plan, model: ModelServer) -> Mapping[str, Any]:
    calls = [
        (call.at, call.params["chat_id"], call.status, call.description)
        for call in api.log
        if call.method == "sendMessage"
    ]
    chats = {
        chat.id: [message.text for message in chat.messages.values() if message.from_bot]
        for chat in api.world.chats.values()
    }
    asked = Counter(request.name for request in model.requests)
    return {"calls": calls, "chats": chats, "faults": plan.happened, "asked": asked}


def main(people: int, record: Path) -> None:
    """Serve until the input closes."""
    plan = Plan(people)
    api = BotApi(faults=plan)
    api.world.log = _Brief()
    with api, ModelServer(_written) as model:
        for number in range(FIRST, FIRST + people):
            api.person(number, f"P{number}").chat.standing = "member"
        print(api.url, model.url, model.key, flush=True)
        sys.stdin.read()
        record.write_text(json.dumps(_record(api, plan, model)), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
