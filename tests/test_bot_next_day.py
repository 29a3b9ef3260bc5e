"""What is tapped below one day's stories is felt in the next day's edition: real library, real Bot API."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bot_stories import ANN, BOB, RunningBot, labels, toast
from botapi import BotApi, Message, Person
from fake_following import FakeFollowing
from fake_library import FakeLibrary
from libraries import MINILM
from test_brief_news import CUP, FIRST, MONDAY, SECOND, article
from test_tastes import BOAT, CLASS, FERRY, MILL, OPEN, SCHOOL, VARN, known

from bot.handlers import delivering, sending
from retrieval.library import open_library
from retrieval.types import Draft

PLANS = article(
    "plans",
    MONDAY,
    "The Sorrel council will vote this week on a new school in Eastgate, said its chairman, Piet Orme. "
    "Parents in Eastgate have asked the council for a school since 2019.\n\n"
    "The pupils of Eastgate go to school in Sorrel, 9 kilometres away, by bus.",
    "Vale Courier",
    "Sorrel council to vote on a new school in Eastgate",
)


class Mornings(RunningBot):
    """The bot over a real library, with a clock that the test turns."""

    now = datetime(2026, 11, 16, 5, tzinfo=UTC)

    async def _run(self) -> None:
        from bot.app import run_bot

        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        following: Any = FakeFollowing(FakeLibrary())
        async with open_library(self.config.folder, MINILM, clock=lambda: self.now) as library:
            self._real = library
            self._ready.set()
            await run_bot(self.config, library, following, library.engine, lambda: self.now, stop=self._stop)

    def comes(self, drafts: Sequence[Draft]) -> None:
        """Documents arrive, an hour later."""
        self.now += timedelta(hours=1)
        asyncio.run_coroutine_threadsafe(self._real.add(list(drafts)), self._loop).result(30)

    def reaches(self, day: int, hour: int) -> None:
        """It becomes this hour, and a little more."""
        self.now = datetime(2026, 11, day, hour, 0, 30, tzinfo=UTC)


@pytest.fixture
def mornings(api: BotApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mornings]:
    monkeypatch.setattr(delivering, "TICK", 0.05)
    monkeypatch.setattr(sending, "PACE", 0.01)
    with Mornings(api, tmp_path, FakeLibrary(), ANN, BOB) as bot:
        yield bot


def edition(who: Person) -> list[Message]:
    """The stories of an edition, in order."""
    heard = [who.hears(timeout=20)]
    while "Articles read:" not in heard[-1].text:
        heard.append(who.hears(timeout=20))
    return heard[1:]


def headlines(stories: Sequence[Message]) -> list[str]:
    return [known(story.text.partition("\n")[0]) for story in stories]


def thinks(api: BotApi, who: Person, story: Message, button: str) -> None:
    who.taps(story, "⋯")
    api.eventually(lambda: button in labels(story), what="the buttons are open")
    toast(api, who.taps(story, button))


def test_followed_comes_first_muted_not_at_all_and_less_of_a_kind_stands_lower(
    api: BotApi, mornings: Mornings, ann: Person, bob: Person
) -> None:
    mornings.comes([FIRST, CUP, PLANS])
    for who in (ann, bob):
        who.says("/subscribe")
        card = who.hears()
        who.forges("bt:0420:Etc/UTC", card)
        api.eventually(lambda card=card: "Next:" in card.text, what="subscribed")
    mornings.reaches(16, 7)
    first = {story.text.partition("\n")[0]: story for story in edition(ann)}
    edition(bob)
    assert len(mornings.events("briefing.made")) == 1  # equal profiles share it
    for words, button in (("school", "Follow"), ("mill", "Mute"), ("chess", "Less like this")):
        thinks(api, ann, next(story for title, story in first.items() if words in title), button)

    mornings.reaches(17, 4)
    evening = datetime(2026, 11, 16, 20, tzinfo=UTC)
    mornings.comes([replace(each, published=evening) for each in (SECOND, *OPEN, SCHOOL, FERRY)])
    mornings.reaches(17, 7)
    told = edition(ann)
    assert headlines(told) == [CLASS, BOAT, VARN]  # no MILL
    assert told[0].text.partition("\n")[2].startswith("You follow this; ")
    thinks(api, ann, told[0], "✓ Following")  # by another document of the story
    others = headlines(edition(bob))
    assert others[:2] == [VARN, MILL]
    assert sorted(others[2:]) == sorted([CLASS, BOAT])
    assert len(mornings.events("briefing.made")) == 3
