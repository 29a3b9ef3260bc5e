"""From an edition to a link that opens in a browser, and to the end of it: the real `footnote run`."""

from __future__ import annotations

import re
import socket
from urllib.request import urlopen

import feedparser
import pytest
from botapi import BotApi, Message
from footnote_process import WAIT, asks, labels
from test_journey_briefings import ANNA, Morning, edition, subscribes

PUBLIC = "https://news.example.org/footnote"


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def address_in(message: Message) -> str:
    """The public address that a message gives, as it is found behind the proxy."""
    found = re.search(re.escape(PUBLIC) + r"(/[sf]/[A-Za-z0-9_-]{22}(?:\.xml)?)", message.text)
    assert found
    return found[1]


@pytest.mark.slow
def test_an_edition_is_shared_read_elsewhere_and_taken_back(tmp_path, bot_api: BotApi) -> None:
    port = free_port()
    morning = Morning(tmp_path, bot_api)
    anna = bot_api.person(ANNA, "Anna")

    def opens(path: str) -> bytes:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=WAIT) as answer:
            return bytes(answer.read())

    with morning.runs(PUBLIC_URL=PUBLIC, LISTEN_ADDRESS=f"127.0.0.1:{port}") as bot:
        subscribes(bot_api, anna)
        morning.reaches(7)
        head = edition(anna)[0]
        anna.taps(head, "Share this edition")
        offer = anna.hears(timeout=WAIT)
        anna.taps(offer, "By a link")
        bot_api.eventually(lambda: "/s/" in offer.text, timeout=WAIT)
        path = address_in(offer)
        assert b"Sources" in opens(path)
        assert opens(f"{path}.png").startswith(b"\x89PNG")
        anna.taps(head, "Share this edition")
        offer = anna.hears(timeout=WAIT)
        anna.taps(offer, "My editions as a feed")
        bot_api.eventually(lambda: "Make one" in labels(offer), timeout=WAIT)
        anna.taps(offer, "Make one")
        bot_api.eventually(lambda: "/f/" in offer.text, timeout=WAIT)
        feed = feedparser.parse(opens(address_in(offer)))
        assert not feed.bozo
        assert len(feed.entries) == 1
        assert "Traceback" not in bot.log
    with morning.runs(PUBLIC_URL=PUBLIC, LISTEN_ADDRESS=f"127.0.0.1:{port}") as bot:
        listed = asks(anna, "/shares")
        assert len(re.findall(re.escape(PUBLIC), listed.text)) == 2
        assert b"Sources" in opens(path)
        while listed.buttons and "Take back 1" in labels(listed):
            before = listed.text
            anna.taps(listed, "Take back 1")
            bot_api.eventually(lambda: listed.text != before, timeout=WAIT)  # noqa: B023
        with pytest.raises(OSError, match="404"):
            opens(path)
        assert "Traceback" not in bot.log
