"""From two taps to the edition of each morning: the real `footnote run`, a strict Bot API and a clock."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botapi import BotApi, Message, Person, hang
from footnote_process import WAIT, Footnote, asks, footnote, labels

ANNA, BEN = 4301, 4302

# the bot's clock stands as many seconds ahead as a file says; what is due is looked for all the time
CLOCKED = """
import datetime, pathlib
import bot.service, bot.handlers.delivering

class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        ahead = float(pathlib.Path("ahead").read_text())
        return datetime.datetime.now(tz) + datetime.timedelta(seconds=ahead)

bot.service.datetime = Clock
bot.handlers.delivering.TICK = 0.1
"""


class Morning:
    """A bot whose clock the test moves."""

    def __init__(self, folder: Path, api: BotApi) -> None:
        self.folder = folder
        self.api = api
        self._ahead = 0.0
        self.passes(timedelta())

    def passes(self, time: timedelta) -> None:
        """Let time pass."""
        self._ahead += time.total_seconds()
        (self.folder / "ahead.new").write_text(str(self._ahead))
        (self.folder / "ahead.new").rename(self.folder / "ahead")

    def reaches(self, hour: int) -> None:
        """Let it become this hour (UTC), and so much more that everybody's edition is due."""
        now = datetime.now(UTC) + timedelta(seconds=self._ahead)
        then = now.replace(hour=hour, minute=0, second=20)
        self.passes((then if then > now else then + timedelta(days=1)) - now)

    def runs(self, **settings: str):
        """The bot's process."""
        settings |= {"TELEGRAM_ALLOWED_USERS": f"{ANNA},{BEN}", "TZ": "UTC"}
        return footnote(self.folder, self.api, prelude=CLOCKED, **settings)

    def asked(self, query: str) -> list[object]:
        """The first column of what the bot's database holds."""
        (path,) = self.folder.rglob("footnote.sqlite")
        with sqlite3.connect(path, timeout=20) as connection:
            found = [row[0] for row in connection.execute(query)]
        connection.close()
        return found


def subscribes(api: BotApi, who: Person, time: str = "07:00") -> Message:
    """Subscribe in two taps; the card."""
    card = asks(who, "/subscribe")
    who.taps(card, time)
    api.eventually(lambda: "Next:" in card.text, timeout=WAIT, what="subscribed")
    return card


def hears_until(who: Person, last: Callable[[str], bool]) -> list[Message]:
    """What somebody hears, up to the message that ends it."""
    heard = [who.hears(timeout=WAIT)]
    while not last(heard[-1].text):
        heard.append(who.hears(timeout=WAIT))
    return heard


def ends_edition(text: str) -> bool:
    """Whether a message closes an edition."""
    return "Articles read:" in text


def edition(who: Person) -> list[Message]:
    """The messages of an edition."""
    return hears_until(who, ends_edition)


def test_two_taps_then_the_edition_its_stories_a_reply_and_the_end(tmp_path, bot_api: BotApi) -> None:
    morning = Morning(tmp_path, bot_api)
    with morning.runs() as bot:
        anna = bot_api.person(ANNA, "Anna")
        card = subscribes(bot_api, anna)
        assert "Every day at 07:00, clocks as in UTC" in card.text
        anna.hears_nothing(0.5)
        morning.reaches(7)
        told = edition(anna)
        assert told[0].text.startswith("Your briefing · ")
        assert len(told) > 2
        story = told[1]
        assert labels(story)[0] == "Full story"
        assert story.links
        opened = anna.opens(story, 1)
        assert opened.text.startswith("/start p_")
        assert anna.hears(timeout=WAIT).text
        anna.taps(story, "Full story")
        whole = anna.hears(timeout=WAIT)
        assert whole.text.startswith(story.text.partition("\n")[0])
        assert len(whole.text) > len(story.text) / 2
        anna.replies(story, "When was this?")
        assert hears_until(anna, lambda text: "[1]" in text)

        morning.passes(timedelta(days=1))
        quiet = hears_until(anna, lambda text: text.startswith("Your briefing ·"))[-1]
        assert "Nothing new" in quiet.text
        assert ends_edition(quiet.text)

        anna.taps(card, "Pause")
        bot_api.eventually(lambda: "Paused" in card.text, timeout=WAIT)
        morning.passes(timedelta(days=2))
        anna.hears_nothing(1)
        anna.taps(card, "Resume")
        bot_api.eventually(lambda: "Next:" in card.text, timeout=WAIT)
        anna.taps(card, "Unsubscribe")
        bot_api.eventually(lambda: "Stop it" in labels(card), timeout=WAIT)
        anna.taps(card, "Stop it")
        bot_api.eventually(lambda: "erased" in card.text, timeout=WAIT)
        morning.passes(timedelta(days=1))
        anna.hears_nothing(1)
        assert morning.asked("SELECT count(*) FROM deliveries") == [0]
        assert "Traceback" not in bot.log


def killed_in_the_middle(morning: Morning, bot: Footnote) -> None:
    """End the process while a part is on its way."""
    sending = "SELECT count(*) FROM delivery_parts WHERE state = 'sending'"
    morning.api.eventually(lambda: morning.asked(sending) == [1], timeout=WAIT, what="a part is on its way")
    bot.ends(signal.SIGKILL)


@pytest.mark.slow
def test_a_killed_edition_goes_on_where_it_was_and_nothing_comes_twice(tmp_path, bot_api: BotApi) -> None:
    morning = Morning(tmp_path, bot_api)
    anna = bot_api.person(ANNA, "Anna")
    with morning.runs() as bot:
        subscribes(bot_api, anna)
        morning.reaches(7)
        head = anna.hears(timeout=WAIT)
        bot_api.breaks("sendMessage", hang(), chat=anna)  # it arrives, and nobody says so
        arrived = anna.hears(timeout=WAIT)
        killed_in_the_middle(morning, bot)
    with morning.runs() as bot:
        notice = anna.hears(timeout=WAIT)
        assert "a part of it may be missing" in notice.text
        rest = edition(anna)
        texts = [head.text, arrived.text, *(message.text for message in rest)]
        assert len(set(texts)) == len(texts)
        bot_api.eventually(lambda: morning.asked("SELECT state FROM deliveries") == ["uncertain"], WAIT)
        anna.taps(notice, "Send it again")
        assert anna.hears(timeout=WAIT).text == arrived.text
        anna.taps(notice, "Send it again")
        anna.hears_nothing(1)
        assert "Traceback" not in bot.log
    with morning.runs():
        anna.hears_nothing(2)


@pytest.mark.slow
def test_days_without_the_bot_end_in_one_edition_and_whoever_blocks_it_is_left_alone(
    tmp_path, bot_api: BotApi
) -> None:
    morning = Morning(tmp_path, bot_api)
    anna, ben = bot_api.person(ANNA, "Anna"), bot_api.person(BEN, "Ben")
    with morning.runs():
        subscribes(bot_api, anna)
        subscribes(bot_api, ben, "08:00")
        ben.blocks()
    morning.reaches(7)
    morning.passes(timedelta(days=3, hours=2))
    with morning.runs() as bot:
        told = edition(anna)
        assert told[0].text.startswith("Your briefing")
        anna.hears_nothing(1)
        assert morning.asked(f"SELECT count(*) FROM deliveries WHERE reader = {ANNA}") == [1]
        away = f"SELECT state FROM subscribers WHERE reader = {BEN}"
        bot_api.eventually(lambda: morning.asked(away) == ["away"], timeout=WAIT, what="Ben is left alone")
        ben.unblocks()
        ben.says("/start")
        assert "Good to be back" in ben.hears(timeout=WAIT).text
        morning.reaches(8)
        hears_until(ben, ends_edition)
        assert "Traceback" not in bot.log
