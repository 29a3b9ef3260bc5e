"""Editions on their way: nobody waits for what is being written, nor for a chat that has to wait."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bot_stories import ANN, BOB, RunningBot, wait_for
from botapi import BotApi, Person, flood

from bot.handlers import delivering, sending
from bot.render import plain_parts
from bot.render.packing import packed
from retrieval.briefing import Briefing, Footer, Profile


class SlowBriefings:
    """A quiet edition that takes seconds to write."""

    def __init__(self, library: object) -> None:
        pass

    async def brief(self, profile: Profile, *_: object, today: Any, **__: object) -> Briefing:
        await asyncio.sleep(2)
        return Briefing("Briefing", today, None, profile, (), Footer(0, 0, 0, 0, 0, 0), "Nothing new.")

    async def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.briefing.Briefings", SlowBriefings)
    monkeypatch.setattr(delivering, "TICK", 0.05)
    monkeypatch.setattr(sending, "PACE", 0.01)


def asked(bot: RunningBot, query: str, *values: object) -> list[tuple[Any, ...]]:
    with sqlite3.connect(bot.config.folder / "footnote.db", timeout=10) as connection:
        found = connection.execute(query, values).fetchall()
    connection.close()
    return found


def subscribes(api: BotApi, bot: RunningBot, who: Person) -> None:
    who.says("/subscribe")
    who.taps(who.hears(), "07:00")
    one = "SELECT 1 FROM subscribers WHERE reader = ?"
    wait_for(lambda: asked(bot, one, who.id))


def is_due(bot: RunningBot, reader: int, at: datetime, *texts: str) -> None:
    """The ledger says so: an edition with these messages, or one that is yet to be written."""
    asked(
        bot,
        "INSERT INTO deliveries (reader, day, at, made, state) VALUES (?, ?, ?, ?, ?)",
        *(reader, at.date().isoformat(), at.isoformat(), at.isoformat(), "leased" if texts else "due"),
    )
    for number, text in enumerate(texts):
        asked(
            bot,
            "INSERT INTO delivery_parts SELECT id, ?, 'waiting', '[]', ? FROM deliveries WHERE reader = ?",
            *(number, packed(plain_parts(text)[0]), reader),
        )
    asked(bot, "UPDATE deliveries SET state = 'sending' WHERE reader = ? AND state = 'leased'", reader)


def test_an_edition_goes_at_its_moment_though_another_takes_long_to_write(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person
) -> None:
    subscribes(api, bot, ann)
    subscribes(api, bot, bob)
    now = datetime.now(UTC)
    is_due(bot, BOB, now - timedelta(minutes=1))
    is_due(bot, ANN, now + timedelta(seconds=0.7), "Ann's edition", "and its end")
    began = time.monotonic()
    assert ann.hears().text == "Ann's edition"
    assert 0.3 < time.monotonic() - began < 1.8
    assert ann.hears().text == "and its end"
    assert asked(bot, "SELECT state FROM deliveries WHERE reader = ?", BOB) == [("leased",)]
    assert "Nothing new." in bob.hears().text


def test_a_chat_that_has_to_wait_holds_up_nobody_and_nothing_of_it_is_in_doubt(
    api: BotApi, bot: RunningBot, ann: Person, bob: Person
) -> None:
    subscribes(api, bot, ann)
    subscribes(api, bot, bob)
    api.breaks("sendMessage", flood(2), chat=ann)
    now = datetime.now(UTC)
    is_due(bot, ANN, now - timedelta(minutes=2), "Ann's edition")
    part = "SELECT p.state FROM delivery_parts p JOIN deliveries d ON d.id = p.delivery WHERE d.reader = ?"
    (refused,) = wait_for(lambda: [call for call in api.calls("sendMessage") if call.status == 429])
    is_due(bot, BOB, now - timedelta(minutes=1), "Bob's edition")
    assert bob.hears().text == "Bob's edition"
    assert asked(bot, part, ANN) == [("waiting",)]  # a crash now would cost nothing
    assert ann.hears(timeout=10).text == "Ann's edition"
    ann.hears_nothing(0.3)
    again = [call.at for call in api.calls("sendMessage") if call.params["chat_id"] == ANN][-1]
    assert again - refused.at >= 2
