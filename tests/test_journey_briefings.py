"""From two taps to the edition of each morning: the real `footnote run`, a strict Bot API and a clock."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from string import Template
from xml.sax.saxutils import escape

import pytest
from botapi import BotApi, Message, Person, hang
from footnote_process import WAIT, Footnote, asks, footnote, labels
from web import Web

ANNA, BEN = 4301, 4302

# the bot's clock stands as many seconds ahead as a file says; what is due is looked for all the time
CLOCKED = """
import datetime, pathlib
import bot.service, bot.handlers.correcting, bot.handlers.delivering
import retrieval.following.following, retrieval.following.schedule, retrieval.library

class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        ahead = float(pathlib.Path("ahead").read_text())
        return datetime.datetime.now(tz) + datetime.timedelta(seconds=ahead)

for module in (bot.service, retrieval.following.following, retrieval.library):
    module.datetime = Clock
bot.handlers.delivering.TICK = bot.handlers.correcting.TICK = 0.1
retrieval.following.following.TICK = 0.3
retrieval.following.schedule.MOST = datetime.timedelta(hours=3)
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
        now = self.now()
        then = now.replace(hour=hour, minute=0, second=20)
        self.passes((then if then > now else then + timedelta(days=1)) - now)

    def now(self) -> datetime:
        """What the bot's clock says."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

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


@pytest.mark.slow
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
        anna.taps(story, "Timeline")
        while not (drawn := anna.hears(timeout=WAIT)).file:
            assert labels(drawn)[-1] == "⋯"  # the end of the full story
        assert drawn.file.content.startswith(b"\x89PNG")
        assert "2 October 2025" in drawn.text
        anna.taps(story, "⋯")
        bot_api.eventually(lambda: "Follow" in labels(story), timeout=WAIT)
        anna.taps(story, "Follow")
        bot_api.eventually(lambda: "✓ Following" in labels(story), timeout=WAIT)
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


EMPLOYS = "A fire destroyed the main hall of the Brackwater paper mill, which employs 340 people, on Monday."
RIGHT = EMPLOYS.replace("340", "430")
FIRE = (
    EMPLOYS,
    "Nobody was injured in the fire at the Brackwater mill, said fire chief Ada Venn.",
    "The fire began in a store of waste paper, according to the county fire service.",
    "The mill makes paper for school books in the whole of the Sorrel valley. Production at the Brackwater "
    "mill has stopped because the fire cut its power lines.",
    "A smaller fire damaged the main hall of the Brackwater paper mill on $first. "
    "The Brackwater paper mill signed an agreement with the county fire service on $second.",
)
CAUSE = (
    "Investigators blame a faulty sorting machine for the fire that destroyed the main hall of the "
    "Brackwater paper mill on Monday.",
    "The sorting machine had failed two inspections, said county inspector Milo Tarn.",
    "The damage to the Brackwater mill is put at 26 million crowns.",
    "Nobody was injured in the fire at the mill, said fire chief Ada Venn.",
)
CHESS = (
    "The chess club of Hollin won the northern cup for the third time on Monday.",
    "The captain of the Hollin chess club, Perpetua Lamb, won all seven of her games in the northern cup.",
    "The Hollin chess club has 46 members, who meet in the old customs house of Hollin.",
)
NOTE = "Correction: An earlier version of this article misstated how many people the mill employs."


class Gazette:
    """A feed of whole articles, which the test writes and mends."""

    def __init__(self, web: Web, morning: Morning) -> None:
        self.address = f"{web.url}/gazette.xml"
        self._web, self._morning = web, morning
        self._items: dict[str, tuple[str, tuple[str, ...], datetime]] = {}

    def prints(self, key: str, title: str, paragraphs: tuple[str, ...]) -> None:
        """Publish an article, or another version of one; ``$first`` and ``$second`` are days before it."""
        _, _, when = self._items.get(key, (title, paragraphs, self._morning.now() - timedelta(minutes=5)))
        days = {"first": written(when - timedelta(20)), "second": written(when - timedelta(9))}
        paragraphs = tuple(Template(each).substitute(days) for each in paragraphs)
        self._items[key] = title, paragraphs, when
        items = "".join(
            f"<item><title>{escape(title)}</title><link>{self._web.url}/{key}</link><guid>{key}</guid>"
            f"<description>{escape(''.join(f'<p>{each}</p>' for each in text))}</description>"
            f"<pubDate>{format_datetime(when)}</pubDate></item>"
            for key, (title, text, when) in self._items.items()
        )
        feed = (
            "<?xml version='1.0'?><rss version='2.0'><channel><title>Sorrel Gazette</title>"
            f"<link>{self._web.url}/</link><language>en</language>{items}</channel></rss>"
        )
        self._web.serves("/gazette.xml", feed, content_type="text/xml")


def written(when: datetime) -> str:
    """A day as articles write it."""
    return f"{when.day} {when:%B} {when.year}"


def shows(api: BotApi, who: Person, story: Message, button: str) -> None:
    """Open the rest of a story's buttons and tap one."""
    if button not in labels(story):
        who.taps(story, "⋯")
        api.eventually(lambda: button in labels(story), timeout=WAIT, what=button)
    who.taps(story, button)


def test_the_whole_journey_from_three_taps_to_a_correction(tmp_path, bot_api: BotApi) -> None:
    morning = Morning(tmp_path, bot_api)
    with Web() as web, morning.runs(FETCH_ALLOW_PRIVATE_HOSTS="127.0.0.1") as bot:
        anna = bot_api.person(ANNA, "Anna")
        gazette = Gazette(web, morning)
        gazette.prints("fire", "Fire destroys the main hall of the Brackwater paper mill", FIRE)
        gazette.prints("cup", "Hollin wins the northern chess cup", CHESS)
        followed = asks(anna, gazette.address)
        bot_api.eventually(lambda: followed.text.startswith("Now following"), timeout=WAIT)

        subscribes(bot_api, anna)
        morning.reaches(7)
        told = edition(anna)
        fire = next(each for each in told if each.text.startswith("Fire destroys the main hall"))
        cup = next(each for each in told if each.text.startswith("Hollin wins"))
        assert EMPLOYS in fire.text

        anna.taps(fire, "Full story")
        whole = anna.hears(timeout=WAIT)
        assert "340 people" in whole.text
        assert "A smaller fire damaged the main hall" in whole.text

        shows(bot_api, anna, fire, "Timeline")
        picture = anna.hears(timeout=WAIT)
        assert picture.file
        assert picture.file.content.startswith(b"\x89PNG")
        assert "A smaller fire damaged the main hall" in picture.text

        anna.replies(fire, "How many people is that?", quote="employs 340 people")
        assert any("340 people" in each.text for each in hears_until(anna, lambda text: "[1]" in text))

        shows(bot_api, anna, fire, "Follow")
        bot_api.eventually(lambda: "✓ Following" in labels(fire), timeout=WAIT, what="it is followed")
        gazette.prints("cause", "Faulty machine blamed for the fire at the Brackwater mill", CAUSE)
        morning.passes(timedelta(hours=20))
        held = (
            "SELECT count(*) FROM documents JOIN story_documents ON number = document "
            "WHERE url LIKE '%/cause'"
        )
        bot_api.eventually(lambda: morning.asked(held) == [1], timeout=WAIT, what="it is read")
        morning.reaches(7)
        second = " ".join(each.text for each in edition(anna))
        assert "26 million crowns" in second
        assert "340 people" not in second
        assert "Hollin" not in second

        shows(bot_api, anna, fire, "Share")
        page = anna.hears(timeout=WAIT)
        assert page.file
        assert EMPLOYS in page.file.content.decode()

        shows(bot_api, anna, cup, "Mute")
        bot_api.eventually(lambda: "✓ Muted" in labels(cup), timeout=WAIT, what="it is muted")
        morning.passes(timedelta(hours=6))
        gazette.prints(
            "cup", "Hollin wins the northern chess cup", (*CHESS[:2], CHESS[2].replace("46", "64"))
        )
        mended = tuple(each.replace(EMPLOYS, RIGHT) for each in FIRE)
        gazette.prints("fire", "Fire destroys the main hall of the Brackwater paper mill", (*mended, NOTE))
        correction = anna.hears(timeout=WAIT)
        assert correction.text.startswith("Correction · Fire destroys the main hall")
        assert f"“{EMPLOYS}”\u00a0[1]" in correction.text
        assert "The same article now says:" in correction.text
        assert RIGHT in correction.text
        anna.opens(correction, 1)
        assert EMPLOYS in anna.hears(timeout=WAIT).text  # what was said then can still be seen
        anna.replies(correction, "How many people does the mill employ?")
        assert any("430 people" in each.text for each in hears_until(anna, lambda text: "[1]" in text))
        anna.hears_nothing(1)
        morning.passes(timedelta(days=1))
        third = " ".join(each.text for each in edition(anna))
        assert "430" not in third
        assert morning.asked("SELECT state FROM corrections") == ["sent"]
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
