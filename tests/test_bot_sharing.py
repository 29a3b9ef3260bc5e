"""Sharing in Telegram: as a file, by a link that can be taken back, in a feed for oneself."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import feedparser
import pytest
from bot_stories import ANN, BOB, INVALID, RunningBot, labels, toast, wait_for
from botapi import BotApi, Message, Person, drop
from fake_library import FakeLibrary
from test_bot_briefings import HARBOUR as HARBOUR_TOLD
from test_bot_briefings import LIBRARY as LIBRARY_TOLD
from test_bot_briefings import FakeBriefings, due, fake, ledger, piece, subscribed

from retrieval.briefing import Event, Piece
from retrieval.types import Statement

__all__ = ["fake"]  # a fixture

PUBLIC = "https://news.example.org/footnote"
NOTES = "My own notes"


def shown(told: Piece) -> Piece:
    """A story with something around each quote, as a page shows it."""
    return replace(told, around={each.number: ("Before.", "Behind.") for each in told.citations})


HARBOUR, LIBRARY = shown(HARBOUR_TOLD), shown(LIBRARY_TOLD)
DATED = replace(
    HARBOUR,
    timeline=(Event(date(2025, 9, 1), HARBOUR.bullets[1]), Event(date(2025, 10, 2), HARBOUR.bullets[0])),
    why_you=Statement("You ship from there as a forwarder.", (5,)),
    reason="On “secret plans”",
)


@pytest.fixture(autouse=True)
def stories(fake: type[FakeBriefings], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two stories are new."""
    monkeypatch.setattr(fake, "pieces", (HARBOUR, LIBRARY))


@pytest.fixture
def library(library: FakeLibrary) -> FakeLibrary:
    """A library that holds what the stories quote, and Ann's own notes as the last of it."""
    for at in range(2, 6):
        library.put(f"Source {at}", f"What source {at} says.")
    library.put(NOTES, "What source 6 says.", owner=f"person:{ANN}")
    return library


def quoting_notes(told: Piece, number: int = 6) -> Piece:
    """A story whose first source is Ann's own."""
    first = told.citations[0]
    document = replace(first.document, number=number, owner=f"person:{ANN}", title=NOTES)
    own = replace(first, quote=replace(first.quote, document=document, text="What only Ann knows."))
    return replace(told, citations=(own, *told.citations[1:]))


class Web:
    """The web as it reaches a bot that links can be opened of."""

    def __init__(self, bot: RunningBot) -> None:
        self.port = int(wait_for(lambda: bot.events("pages.open"))[0]["port"])

    def asks(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """What a client gets: the status, the headers and the body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return (
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                answer.read(),
            )
        finally:
            connection.close()

    def reads(self, address: str) -> str:
        """The page at a public address."""
        status, _, body = self.asks(address.removeprefix("https://news.example.org"))
        assert status == 200
        return body.decode()

    def status(self, address: str) -> int:
        """What becomes of asking for a public address."""
        return self.asks(address.removeprefix("https://news.example.org"))[0]


@pytest.fixture
def linked(api: BotApi, tmp_path: Path, library: FakeLibrary) -> Iterator[RunningBot]:
    """A bot that the web reaches."""
    bot = RunningBot(api, tmp_path, library, ANN, BOB)
    bot.config = replace(bot.config, public_url=PUBLIC, listen=("127.0.0.1", 0))
    with bot:
        Web(bot)
        yield bot


def edition(bot: RunningBot, who: Person) -> list[Message]:
    """An edition as it arrives: its head, and its two stories."""
    subscribed(who)
    due(bot, who.id)
    return [who.hears() for _ in range(3)]


def story(message: Message) -> str:
    """The number under which the story of a message is kept."""
    data = [button.data for row in message.buttons for button in row]
    return next(each.partition(":")[2] for each in data if each.startswith("bs:"))


def link_in(message: Message) -> str:
    """The address that a message gives."""
    found = re.search(r"https://news\.example\.org/footnote/[sf]/[A-Za-z0-9_-]{22}(?:\.xml)?", message.text)
    assert found
    return found[0]


def makes_link(who: Person, api: BotApi, shared: Message) -> str:
    """Share what an edition's first message tells of by a link."""
    who.taps(shared, "Share this edition")
    offer = who.hears()
    who.taps(offer, "By a link")
    api.eventually(lambda: "/s/" in offer.text)
    return link_in(offer)


def offered(who: Person, told: Message) -> Message:
    """What is offered to whoever wants to share the story of a message."""
    if "Share" not in labels(told):
        who.taps(told, "⋯")
        wait_for(lambda: "Share" in labels(told))
    who.taps(told, "Share")
    return who.hears()


def test_without_an_address_stories_go_as_files_and_nothing_listens(
    api: BotApi, bot: RunningBot, ann: Person, fake: type[FakeBriefings], library: FakeLibrary
) -> None:
    fake.pieces = (DATED, quoting_notes(LIBRARY))
    head, first, second = edition(bot, ann)
    sent = offered(ann, first)
    assert sent.file
    assert sent.file.name == "the-harbour-closes.html"
    assert sent.text == "“The harbour closes” as a page that opens in any browser, also without a network."
    html = sent.file.content.decode()
    assert "What source 2 says." in html
    assert "secret plans" not in html
    assert "forwarder" not in html
    assert "2 publishers" not in html  # the story has one alone
    ann.taps(head, "Share this edition")
    whole = ann.hears()
    assert whole.file
    assert re.fullmatch(r"briefing-\d{4}-\d\d-\d\d\.html", whole.file.name)
    assert f"It quotes your own documents: “{NOTES}”." in whole.text
    assert "The library opens" in whole.file.content.decode()
    assert (
        toast(api, ann.forges(f"hsl:{story(second)}", second)) == "Links cannot be opened here at the moment."
    )
    assert toast(api, ann.forges("ha!", second)) == "Links cannot be opened here at the moment."
    ann.says("/shares")
    assert "Links are not set up here" in ann.hears().text
    assert not bot.events("pages.open")
    assert ledger(bot, "SELECT count(*) FROM shares") == [0]


def test_a_file_that_may_not_have_arrived_is_sent_again_only_when_asked(
    api: BotApi, bot: RunningBot, ann: Person
) -> None:
    head, *_ = edition(bot, ann)
    api.breaks("sendDocument", drop(delivered=True), chat=ann)
    ann.taps(head, "Share this edition")
    first, asked = ann.hears(), ann.hears()
    assert first.file
    ann.taps(asked, "Send it again")
    again = ann.hears()
    assert again.file
    assert again.file.content == first.file.content


def test_a_link_opens_anywhere_until_it_is_taken_back(
    api: BotApi, linked: RunningBot, ann: Person, bob: Person, fake: type[FakeBriefings]
) -> None:
    fake.pieces = (DATED, LIBRARY)
    web = Web(linked)
    head, first, _ = edition(linked, ann)
    offer = offered(ann, first)
    assert labels(offer) == ["As a page (file)", "By a link"]
    ann.taps(offer, "By a link")
    api.eventually(lambda: "/s/" in offer.text)
    address = link_in(offer)
    html = web.reads(address)
    assert "What source 2 says." in html
    assert "secret plans" not in html
    assert "forwarder" not in html
    assert f'<meta property="og:url" content="{address}">' in html
    assert f'<meta property="og:image" content="{address}.png">' in html
    assert '<meta property="og:title" content="The harbour closes">' in html
    status, headers, picture = web.asks(f"{address.removeprefix('https://news.example.org')}.png")
    assert (status, headers["content-type"], picture[:4]) == (200, "image/png", b"\x89PNG")
    whole = makes_link(ann, api, head)
    assert "The library opens" in web.reads(whole)
    again = offered(ann, first)
    ann.taps(again, "By a link")
    api.eventually(lambda: "/s/" in again.text)
    assert link_in(again) == address  # a story has one link

    number = ledger(linked, "SELECT min(id) FROM shares")[0]
    bob.says("/help")
    theirs = bob.hears()
    assert toast(api, bob.forges(f"hd:{number}", theirs)) == INVALID
    assert toast(api, bob.forges(f"he:{ledger(linked, 'SELECT id FROM kept_editions')[0]}", theirs)) == (
        "That is not kept any more."
    )
    ann.taps(offer, "Take it back")
    api.eventually(lambda: "opens nothing any more" in offer.text)
    assert web.status(address) == 404
    assert web.status(f"{address}.png") == 404
    assert web.status(whole) == 200
    ann.says("/shares")
    listed = ann.hears()
    assert listed.links
    ann.taps(listed, "Take back 1")
    api.eventually(lambda: "You share nothing" in listed.text)
    assert web.status(whole) == 404
    assert ledger(linked, "SELECT count(*) FROM share_documents") == [0]


def test_links_of_somebody_who_was_shut_out_open_no_more(
    api: BotApi, tmp_path: Path, library: FakeLibrary
) -> None:
    def reached(*allowed: int) -> RunningBot:
        bot = RunningBot(api, tmp_path, library, *allowed)
        bot.config = replace(bot.config, public_url=PUBLIC, listen=("127.0.0.1", 0))
        return bot

    ann = api.person(ANN, "Ann")
    with reached(ANN, BOB) as bot:
        head, *_ = edition(bot, ann)
        address = makes_link(ann, api, head)
        assert Web(bot).status(address) == 200
    with reached(BOB) as bot:
        assert Web(bot).status(address) == 404
    with RunningBot(api, tmp_path, library, ANN):
        ann.says("/shares")
        listed = ann.hears()
        assert "Links cannot be opened here at the moment." in listed.text
        assert "/s/" not in listed.text
        ann.taps(listed, "Take back 1")
        api.eventually(lambda: "Links are not set up here" in listed.text)


def test_what_quotes_own_documents_is_asked_about_and_ends_with_them(
    api: BotApi, linked: RunningBot, ann: Person, fake: type[FakeBriefings], library: FakeLibrary
) -> None:
    fake.pieces = (quoting_notes(HARBOUR), LIBRARY)
    web = Web(linked)
    _, first, second = edition(linked, ann)
    asked = offered(ann, first)
    ann.taps(asked, "By a link")
    api.eventually(lambda: "Shall I make the link?" in asked.text)
    assert f"quotes your own documents: “{NOTES}”. Anyone with the link can read" in asked.text
    assert ledger(linked, "SELECT count(*) FROM shares") == [0]
    ann.taps(asked, "No")
    api.eventually(lambda: asked.text == "Then not.")
    asked = offered(ann, first)
    ann.taps(asked, "By a link")
    api.eventually(lambda: "Shall I make the link?" in asked.text)
    ann.taps(asked, "Make the link")
    api.eventually(lambda: "/s/" in asked.text)
    address = link_in(asked)
    assert "What only Ann knows." in web.reads(address)
    offer = offered(ann, second)
    ann.taps(offer, "By a link")
    api.eventually(lambda: "/s/" in offer.text)
    other = link_in(offer)
    ann.forges("x!:6", asked)
    api.eventually(lambda: "Forgotten" in asked.text)
    assert ledger(linked, "SELECT count(*) FROM shares WHERE content LIKE '%only Ann knows%'") == [0]
    assert web.status(address) == 404
    assert web.status(other) == 200
    del library.texts[2]  # by whatever way
    assert web.status(other) == 404
    assert ledger(linked, "SELECT count(*) FROM shares") == [0]


def test_editions_come_as_a_feed_that_readers_understand(
    api: BotApi, linked: RunningBot, ann: Person, fake: type[FakeBriefings]
) -> None:
    hostile = shown(piece(3, "</title><script>x</script> & \x0b\ufffe", "It <b>says</b> so & more."))
    fake.pieces = (hostile, LIBRARY)
    web = Web(linked)
    head, *_ = edition(linked, ann)
    ann.taps(head, "Share this edition")
    offer = ann.hears()
    ann.taps(offer, "My editions as a feed")
    api.eventually(lambda: "Anyone who has the address" in offer.text)
    assert ledger(linked, "SELECT count(*) FROM shares") == [0]
    ann.taps(offer, "Make one")
    api.eventually(lambda: "/f/" in offer.text)
    address = link_in(offer)
    ann.says("/briefing")  # is not an edition that came
    for _ in range(3):
        ann.hears()
    read = feedparser.parse(web.reads(address))
    assert not read.bozo
    assert read.feed.title == "Your briefings"
    assert {link.rel: link.href for link in read.feed.links} == {"self": address}
    (entry,) = read.entries
    assert entry.title.startswith("Your briefing · ")
    assert "The library opens" in entry.summary
    assert "It &lt;b&gt;says&lt;/b&gt; so &amp; more. <a" in entry.content[0].value
    assert 'href="https://source.test/1#:~:text=says"' in entry.content[0].value
    assert "The library opens" in web.reads(entry.link)
    assert web.status(entry.link[:-1]) == 404
    assert web.status(address.replace("/f/", "/s/").removesuffix(".xml")) == 404
    page = makes_link(ann, api, head)
    assert web.status(page.replace("/s/", "/f/") + ".xml") == 404
    ann.says("/shares")
    listed = ann.hears()
    assert listed.text.index("2. Your briefings") > listed.text.index("1. Briefing")
    ann.taps(listed, "Take back 2")
    api.eventually(lambda: "My editions as a feed" in labels(listed))
    assert web.status(address) == 404
    assert web.status(entry.link) == 404
    assert web.status(page) == 200


def test_a_thousand_requests_and_hostile_ones_do_not_disturb_the_bot(
    api: BotApi, linked: RunningBot, ann: Person
) -> None:
    web = Web(linked)
    head, *_ = edition(linked, ann)
    path = makes_link(ann, api, head).removeprefix("https://news.example.org")
    idle = [socket.create_connection(("127.0.0.1", web.port)) for _ in range(60)]  # never say what they want
    for raw in (b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", web.port), timeout=10) as client:
            client.sendall(raw)
            assert client.recv(1000) == b""
    for wrong in (
        "/",
        "/footnote",
        "/footnote/s/",
        f"{path}x",
        "/s/../footnote.db",
        "/s/%2e%2e%2f",
        path[:-1],
    ):
        assert web.asks(wrong)[0] == 404
    assert {web.asks(f"/s/{'A' * 22}?{at}")[0] for at in range(500)} == {404}
    assert {web.asks(path)[0] for _ in range(500)} == {200}
    assert web.asks(path, "POST")[0] == 405
    status, headers, _ = web.asks(path.removeprefix("/footnote"))
    assert status == 200
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert headers["cache-control"] == "private, no-cache"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "server" not in headers
    status, _, body = web.asks(path, **{"If-None-Match": headers["etag"]})
    assert (status, body) == (304, b"")
    status, asked, body = web.asks(path, "HEAD")
    assert (status, body, asked["content-length"]) == (200, b"", headers["content-length"])
    assert web.asks("/footnote/health")[2].startswith(b'{"status": "ok", "version": "')
    ann.says("/help")
    assert "/shares" in ann.hears().text
    for client in idle:
        client.close()


def test_where_nothing_can_listen_the_bot_says_so_and_goes_on(
    api: BotApi, tmp_path: Path, library: FakeLibrary
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        bot = RunningBot(api, tmp_path, library, ANN)
        bot.config = replace(bot.config, public_url=PUBLIC, listen=("127.0.0.1", port))
        with bot:
            ann = api.person(ANN, "Ann")
            head, *_ = edition(bot, ann)
            (said,) = wait_for(lambda: bot.events("pages.closed"))
            assert f"127.0.0.1:{port}" in said["reason"]
            assert "LISTEN_ADDRESS" in said["reason"]
            ann.taps(head, "Share this edition")
            assert ann.hears().file


def test_a_group_shares_what_everybody_reads_and_has_no_feed(
    api: BotApi, linked: RunningBot, ann: Person, bob: Person
) -> None:
    group = api.group("Team", admins=(ann,))
    ann.says(f"/subscribe@{api.username}", group)
    ann.taps(ann.hears(chat=group), "07:00")
    (reader,) = wait_for(lambda: ledger(linked, "SELECT reader FROM subscribers"))
    due(linked, reader)
    heard = [bob.hears(chat=group) for _ in range(4)]
    head = next(message for message in heard if "Share this edition" in labels(message))
    bob.taps(head, "Share this edition")
    offer = wait_for(lambda: next((each for each in api.sent(group) if "By a link" in labels(each)), None))
    assert labels(offer) == ["As a page (file)", "By a link"]
    bob.taps(offer, "By a link")
    api.eventually(lambda: "/s/" in offer.text)
    address = link_in(offer)
    assert "The library opens" in Web(linked).reads(address)
    assert toast(api, ann.taps(offer, "Take it back")) == INVALID  # it is Bob's
    bob.says(f"/shares@{api.username}", group)
    api.eventually(lambda: "your links are shown there" in api.sent(group)[-1].text)
    bob.says("/shares")
    assert address in bob.hears().text


def test_whoever_takes_all_they_stored_away_takes_their_links(
    api: BotApi, linked: RunningBot, ann: Person
) -> None:
    web = Web(linked)
    head, *_ = edition(linked, ann)
    address = makes_link(ann, api, head)
    assert web.status(address) == 200
    ann.says("/deleteme")
    asked = ann.hears()
    ann.taps(asked, labels(asked)[0])
    api.eventually(lambda: web.status(address) == 404)
    for table in ("shares", "share_documents", "kept_editions"):
        assert ledger(linked, f"SELECT count(*) FROM {table}") == [0]
