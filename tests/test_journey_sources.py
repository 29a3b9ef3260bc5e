"""From an address to a cited answer: the real `footnote run` before a strict Bot API and a web of its own."""

from __future__ import annotations

import io
import re
import time
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

import pytest
from botapi import BotApi, Message, Person, origins
from footnote_process import WAIT, asks, footnote, labels
from web import Web

ANNA, BEN, EVE = 4201, 4202, 4203

# what is due is looked at several times a second, and what fails is tried again as soon
SOON = """
from datetime import timedelta
import retrieval.following.following, retrieval.following.schedule
retrieval.following.following.TICK = 0.3
retrieval.following.schedule.LEAST = timedelta(seconds=0.2)
"""

CRANE = "The new crane for the northern quay was delivered on Friday and weighs 412 tonnes."
SEAL = "A ringed seal was seen in the lock at Sellhaven, where none had been since 1987."
PLANS = "The Selwick library will open its reading room on Sundays from January."
FILLING = (
    "The harbour board met in the old customs house to hear what its engineers had found out. "
    "Nobody had expected the matter to be settled before the spring, least of all the crews. "
    "Several members asked for figures, which will be given at the next meeting in two weeks. "
) * 3


def article(title: str, said: str) -> str:
    """A page with an article on it, and what stands around one."""
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav>"
        f"<article><h1>{title}</h1><p>{FILLING}</p><p>{said}</p><p>{FILLING}</p></article></body></html>"
    )


def rss(web: Web, title: str, *items: tuple[str, str]) -> str:
    """A feed whose items only begin what their pages say."""
    now = datetime.now(UTC)
    entries = "".join(
        f"<item><title>{escape(name)}</title><link>{web.url}/{place}</link><guid>{place}</guid>"
        f"<description>{escape(name)} …</description>"
        f"<pubDate>{format_datetime(now - timedelta(hours=at + 1))}</pubDate></item>"
        for at, (name, place) in enumerate(items)
    )
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>{escape(title)}</title>"
        f"<link>{web.url}/</link><language>en</language>{entries}</channel></rss>"
    )


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def harbour(web: Web) -> Web:
    """A site with two feeds and the articles of one of them."""
    web.page(
        "/",
        "<!doctype html><html><head><title>Harbour Herald</title>"
        "<link rel=alternate type=application/rss+xml title='All news' href=/all.xml>"
        "<link rel=alternate type=application/rss+xml title='Sport' href=/sport.xml>"
        f"</head><body><p>{FILLING}</p></body></html>",
    )
    web.page("/crane", article("Crane delivered", CRANE))
    web.page("/seal", article("Seal in the lock", SEAL))
    web.serves("/all.xml", rss(web, "Harbour Herald", ("Crane delivered", "crane")), content_type="text/xml")
    web.serves("/sport.xml", rss(web, "Herald Sport"), content_type="text/xml")
    return web


def running(tmp_path, api: BotApi, web: Web, *people: int):
    """The bot, in a hurry."""
    return footnote(
        tmp_path,
        api,
        prelude=SOON,
        TELEGRAM_ALLOWED_USERS=",".join(map(str, people)),
        FETCH_ALLOW_PRIVATE_HOSTS="127.0.0.1",
    )


def follows(api: BotApi, who: Person, address: str) -> Message:
    """Send the address of a feed, and wait until it is followed."""
    told = asks(who, address)
    api.eventually(lambda: told.text.startswith("Now following"), timeout=WAIT, what="it is followed")
    return told


def card_of(api: BotApi, who: Person, number: str = "1") -> Message:
    """The card of a source, opened from the list."""
    who.says("/sources")
    card = who.hears(timeout=WAIT)
    who.taps(card, number)
    api.eventually(lambda: "Remove" in labels(card), timeout=WAIT)
    return card


@contextmanager
def paused(api: BotApi, who: Person, number: str = "1") -> Iterator[None]:
    """A source rests while the web changes, and is looked at right after that."""
    card = card_of(api, who, number)
    who.taps(card, "Pause")
    api.eventually(lambda: "Resume" in labels(card), timeout=WAIT)
    yield
    who.taps(card, "Resume")
    api.eventually(lambda: "Resume" not in labels(card), timeout=WAIT)


def test_from_an_address_to_an_answer_that_opens_the_article_at_the_quoted_words(
    tmp_path, bot_api: BotApi, harbour: Web
) -> None:
    with running(tmp_path, bot_api, harbour, ANNA, BEN):
        anna, ben = bot_api.person(ANNA, "Anna"), bot_api.person(BEN, "Ben")
        anna.says(f"{harbour.url}/")
        offered = anna.hears(timeout=WAIT)
        bot_api.eventually(lambda: "All news" in labels(offered), timeout=WAIT, what="a choice of feeds")
        anna.taps(offered, "All news")
        bot_api.eventually(lambda: offered.text.startswith("Now following"), timeout=WAIT, what="followed")
        assert offered.text.startswith("Now following: Harbour Herald · English")
        assert f"{harbour.url}/crane" in offered.link_targets()
        assert "I look again in about" in offered.text

        answer = asks(anna, "How much does the new crane weigh?")
        assert "412 tonnes" in answer.text
        assert any(url.startswith(f"{harbour.url}/crane#:~:text=") for url in answer.link_targets())
        assert "412 tonnes" not in asks(ben, "How much does the new crane weigh?").text

        unanswered = asks(anna, "Where was the ringed seal seen?")
        anna.taps(unanswered, "Tell me when a source answers this")
        anna.hears(timeout=WAIT)
        items = [("Seal in the lock", "seal"), ("Crane delivered", "crane")]
        with paused(bot_api, anna):
            harbour.serves("/all.xml", rss(harbour, "Harbour Herald", *items), content_type="text/xml")
        told = anna.hears(timeout=WAIT)
        assert "A new document answers what you asked" in told.text
        assert SEAL in told.text
        assert any(url.startswith(f"{harbour.url}/seal#:~:text=") for url in told.link_targets())
        assert "2" in re.findall(r"(\d+) this week", card_of(bot_api, anna).text)


@pytest.mark.slow
def test_a_failing_source_is_told_once_and_to_its_owner_alone(
    tmp_path, bot_api: BotApi, harbour: Web
) -> None:
    with running(tmp_path, bot_api, harbour, ANNA, BEN) as bot:
        anna, ben = bot_api.person(ANNA, "Anna"), bot_api.person(BEN, "Ben")
        asks(ben, "/help")
        follows(bot_api, anna, f"{harbour.url}/all.xml")
        with paused(bot_api, anna):
            harbour.refuses("/all.xml", 500)
        told = anna.hears(timeout=WAIT)
        assert told.text.startswith("“Harbour Herald” cannot be read")
        assert "HTTP 500" in told.text
        assert labels(told) == ["Show it", "Remove"]
        assert sum(visit.path == "/all.xml" for visit in harbour.log) > 3
        anna.taps(told, "Show it")
        bot_api.eventually(lambda: "failing since" in told.text, timeout=WAIT, what="its card says so")
        harbour.refuses("/all.xml", 410)
        anna.taps(told, "Try again")
        gone = anna.hears(timeout=WAIT)
        assert "is gone for good" in gone.text
        visits = len(harbour.log)
        anna.hears_nothing(1.5)
        ben.hears_nothing(0.1)
        assert len(harbour.log) == visits
        assert "412 tonnes" in asks(anna, "How much does the new crane weigh?").text
        assert "Traceback" not in bot.log


@pytest.mark.slow
def test_a_list_goes_in_and_comes_out_again(tmp_path, bot_api: BotApi, harbour: Web) -> None:
    opml = (
        "<?xml version='1.0'?><opml version='2.0'><head><title>Mine</title></head><body>"
        f"<outline text='Harbour' type='rss' xmlUrl='{harbour.url}/all.xml'/>"
        f"<outline text='Sport'><outline text='Scores' xmlUrl='{harbour.url}/sport.xml'/></outline>"
        "<outline text='Nothing' type='rss' xmlUrl='ftp://x'/></body></opml>"
    )
    with running(tmp_path, bot_api, harbour, ANNA, BEN):
        anna, ben = bot_api.person(ANNA, "Anna"), bot_api.person(BEN, "Ben")
        anna.uploads(opml.encode(), name="subscriptions.opml")
        report = anna.hears(timeout=WAIT)
        assert "I follow 2 sources now" in report.text
        assert "1 entry could not be taken" in report.text
        anna.uploads(opml.encode(), name="subscriptions.opml")
        assert "You followed 2 already." in anna.hears(timeout=WAIT).text
        card = card_of(bot_api, anna)
        bot_api.eventually(
            lambda: "412 tonnes" in asks(anna, "How much does the new crane weigh?").text, WAIT
        )
        assert card.text.startswith("Harbour")
        anna.says("/export")
        sent = anna.hears(timeout=WAIT)
        assert sent.file
        with zipfile.ZipFile(io.BytesIO(sent.file.content)) as packed:
            listed = packed.read("sources.opml")
        addresses = {each.get("xmlUrl") for each in ET.fromstring(listed).iter("outline")}
        assert {f"{harbour.url}/all.xml", f"{harbour.url}/sport.xml"} <= addresses
        ben.uploads(listed, name="from-anna.opml")
        assert "I follow 2 sources now" in ben.hears(timeout=WAIT).text


def test_a_forwarded_post_is_cited_with_its_link(tmp_path, bot_api: BotApi, web: Web) -> None:
    with running(tmp_path, bot_api, web, ANNA, BEN):
        anna, ben, eve = (
            bot_api.person(id, name) for id, name in ((ANNA, "Anna"), (BEN, "Ben"), (EVE, "Eve"))
        )
        anna.forwards(f"Sundays at last\n\n{PLANS}", origins.channel("Selwick today", "selwick_today", 77))
        assert "from Selwick today, 3 June 2026" in anna.hears(timeout=WAIT).text
        answer = asks(anna, "When will the Selwick library open its reading room on Sundays?")
        assert PLANS in answer.text
        assert "Selwick today · 3 June 2026" in answer.text
        assert "https://t.me/selwick_today/77" in answer.link_targets()
        assert PLANS not in asks(ben, "When will the Selwick library open its reading room?").text
        eve.forwards(PLANS, origins.channel())
        assert eve.hears(timeout=WAIT).text == "I only answer the people I was set up for."
        for data in ("cy:1", "o:1:0", "pk:1", "g!:0", "l:1"):
            tap = eve.forges(data, bot_api.sent(eve)[0])
            bot_api.eventually(lambda tap=tap: tap.answered, timeout=WAIT)
            assert not (tap.answer or {}).get("text")
        assert web.log == []


@pytest.mark.slow
def test_what_is_followed_outlives_the_process(tmp_path, bot_api: BotApi, harbour: Web) -> None:
    with running(tmp_path, bot_api, harbour, ANNA) as bot:
        anna = bot_api.person(ANNA, "Anna")
        follows(bot_api, anna, f"{harbour.url}/all.xml")
        bot.process.kill()
        bot.ended()
    with running(tmp_path, bot_api, harbour, ANNA):
        assert "Harbour Herald" in asks(anna, "/sources").text
        hostile = "</title><b>\u202e@all" + "A" * 10_000
        harbour.serves("/odd.xml", rss(harbour, hostile, (hostile, "seal")), content_type="text/xml")
        told = follows(bot_api, anna, f"{harbour.url}/odd.xml")
        assert len(told.text) < 1_000
        assert "\u202e" not in told.text
        assert {entity["type"] for entity in told.entities} <= {"bold", "text_link"}


@pytest.mark.slow
def test_others_are_answered_while_a_page_takes_its_time(tmp_path, bot_api: BotApi, web: Web) -> None:
    with running(tmp_path, bot_api, web, ANNA, BEN):
        anna, ben = bot_api.person(ANNA, "Anna"), bot_api.person(BEN, "Ben")
        web.floods("/endless")
        web.hangs("/never")
        anna.says(f"{web.url}/never {web.url}/endless")
        shown = anna.hears(timeout=WAIT)
        assert shown.text.startswith("Looking at")
        begun = time.monotonic()
        assert "487 million" in asks(ben, "How much will the Veldmouth flood barrier cost?").text
        assert time.monotonic() - begun < 10
        for told in (shown, anna.hears(timeout=2 * WAIT)):
            bot_api.eventually(lambda told=told: told.text.startswith("“http"), timeout=2 * WAIT)
            assert told.text.endswith(".")
