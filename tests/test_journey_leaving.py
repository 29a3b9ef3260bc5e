"""Who leaves leaves nothing behind: the real `footnote run`, then every table and every file it left."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from botapi import BotApi, Message, Person
from footnote_process import WAIT, asks, footnote, labels
from test_journey_briefings import edition, subscribes
from web import Web

ANNA, BEN = 730_043_019, 730_043_027
SECRET = "The heliotrope of Anna Vexler was planted beside the old customs house of Marrow."
SEEN = "A quokka was seen at the customs house of Marrow on Monday. The mayor asked for calm."
TOLD = re.compile(r"heliotrop|quokk|vexler|mongoose|730043019", re.IGNORECASE)


def rows(path: Path) -> Iterator[tuple[str, object]]:
    """Every value in every table of a database."""
    with sqlite3.connect(path) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for table in tables:
            try:
                held = connection.execute(f'SELECT * FROM "{table}"').fetchall()
            except sqlite3.DatabaseError:  # a table of an extension that is not here
                continue
            yield from ((table, value) for row in held for value in row)
    connection.close()


def names(value: object) -> bool:
    """Whether a value holds Anna's number or a word of hers."""
    said = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return TOLD.search(said) is not None


def feed(web: Web) -> str:
    """A feed with one article of Anna's own; its address."""
    item = (
        f"<item><title>A quokka in Marrow</title><link>{web.url}/1</link><description>{SEEN}</description>"
        f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate></item>"
    )
    head = f"<title>The Mongoose</title><link>{web.url}/</link><language>en</language>"
    web.serves(
        "/mongoose.xml",
        f"<?xml version='1.0'?><rss version='2.0'><channel>{head}{item}</channel></rss>",
        content_type="text/xml",
    )
    return f"{web.url}/mongoose.xml"


def stores(api: BotApi, who: Person, address: str) -> None:
    """Store something of every kind: a file, a source, a conversation, a watch, a briefing, an opinion."""
    who.uploads(SECRET.encode(), name="Vexler.txt")
    who.hears(timeout=WAIT)
    followed = asks(who, address)
    api.eventually(lambda: followed.text.startswith("Now following"), timeout=WAIT)
    assert "heliotrope" in asks(who, "What was planted beside the customs house?").text
    unknown = last(who, "Who is the captain of the quokka football club?")
    who.taps(unknown, next(each for each in labels(unknown) if "Tell me" in each))
    assert "Never mind" in labels(who.hears(timeout=WAIT))
    subscribes(api, who)
    who.says("/briefing")
    (*_, story) = [each for each in edition(who) if "⋯" in labels(each) or "Full story" in labels(each)]
    if "⋯" in labels(story):
        who.taps(story, "⋯")
        api.eventually(lambda: "Follow" in labels(story), timeout=WAIT)
        who.taps(story, "Follow")
        api.eventually(lambda: "✓ Following" in labels(story), timeout=WAIT)


def last(who: Person, question: str) -> Message:
    """The message that ends what is said to a question that cannot be answered."""
    told = asks(who, question)
    while not any("Tell me" in each for each in labels(told)):
        told = who.hears(timeout=WAIT)
    return told


@pytest.mark.slow
def test_who_leaves_leaves_no_word_and_no_number_behind(tmp_path: Path, bot_api: BotApi) -> None:
    allowed = {
        "TELEGRAM_ALLOWED_USERS": f"{BEN},{ANNA}",
        "TZ": "UTC",
        "FETCH_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
    }
    with Web() as web, footnote(tmp_path, bot_api, **allowed) as bot:
        anna, ben = bot_api.person(ANNA, "Anna"), bot_api.person(BEN, "Ben")
        address = feed(web)
        ben.uploads(b"Ben's bergamot grows in the south of Marrow.", name="bergamot.txt")
        ben.hears(timeout=WAIT)
        stores(bot_api, anna, address)
        (path,) = tmp_path.rglob("footnote.sqlite")
        before = {table for table, value in rows(path) if names(value)}
        assert before >= {
            *("documents", "passages", "sources", "exchanges", "watches", "subscribers", "grounds", "asked"),
            *("collections", "kept_stories", "kept_editions", "stories", "aliases"),
        }
        asked = asks(anna, "/deleteme")
        anna.taps(asked, "Erase it all")
        bot_api.eventually(lambda: asked.text.startswith("Erased."), timeout=WAIT)
        assert {table for table, value in rows(path) if names(value)} == set()
        assert "bergamot" in asks(ben, "What grows in the south of Marrow?").text
        assert "Traceback" not in bot.log
    left = [file for file in path.parent.rglob("*") if file.is_file() and names(file.read_bytes())]
    assert left == []
