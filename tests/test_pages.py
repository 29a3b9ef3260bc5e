"""Pages for the web: links that end, a feed that holds to its standard, and a server that nobody holds up."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from lxml import etree
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs
from test_bot_briefings import HARBOUR, LIBRARY

from bot import kept_editions, kept_stories, pages, shares
from bot.kept_editions import Edition, KeptEditions
from bot.kept_stories import KeptStories
from bot.leaving import edition_for_others, for_others, own_documents
from bot.pages import server
from bot.pages.atom import atom
from bot.render.lists import Page, paging
from bot.render.sharing import Linked, file_name, links_parts
from bot.settings import Settings, SettingsFault, host_and_port, load
from bot.shares import FEED, MOST, STORY, Share, Shares
from retrieval import database
from retrieval.briefing import Briefing, Footer, Piece, Profile
from retrieval.types import Statement

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


class Clock:
    """A clock that a test turns."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = database.connect(tmp_path / "footnote.db")
    for module in (kept_stories, kept_editions, shares):
        await database.apply(engine, module.__name__, module.SCHEMA)
    yield engine
    await engine.dispose()


def briefing(*pieces: Piece) -> Briefing:
    footer = Footer(12, 3, 9, 9, 1, 2)
    return Briefing("Briefing of 22 November 2026", NOW.date(), None, Profile("spy"), pieces, footer)


async def test_a_link_lasts_a_year_and_a_feed_until_it_is_ended(engine: AsyncEngine, clock: Clock) -> None:
    kept = Shares(engine, clock, "https://example.org")
    story, feed = await kept.story(7, 1, HARBOUR), await kept.feed(7, "Yours")
    assert story
    assert feed
    assert len(story.token) == 22  # 128 bits
    assert kept.address(story) == f"https://example.org/s/{story.token}"
    assert kept.address(feed) == f"https://example.org/f/{feed.token}.xml"
    assert await kept.content(story) == HARBOUR
    clock.now += timedelta(days=364)
    assert await kept.find(story.token) == story
    clock.now += timedelta(days=2)
    assert await kept.find(story.token) is None
    assert await kept.of(7) == [feed]
    assert await kept.find(feed.token.swapcase()) is None
    await kept.feed(8, "Theirs")
    assert await kept.content(story) is None  # it is erased, not only hidden
    await kept.forget(7)
    assert await kept.find(feed.token) is None
    assert len(await kept.of(8)) == 1


async def test_a_reader_has_only_so_many_links_and_each_thing_one(engine: AsyncEngine, clock: Clock) -> None:
    kept = Shares(engine, clock)
    made = [await kept.story(7, at, LIBRARY) for at in range(MOST)]
    assert None not in made
    assert await kept.story(7, MOST, LIBRARY) is None
    assert await kept.story(7, 0, LIBRARY) == made[0]
    assert await kept.story(8, 0, LIBRARY) is not None
    await kept.forget_documents([99, 2])
    assert await kept.of(7) == []


def test_many_links_are_listed_page_by_page() -> None:
    page = Page.of(2, 12)
    made = [Share(at, "A" * 22, 7, STORY, f"Story {at}", NOW) for at in (11, 12)]
    shown = [Linked(share, f"https://example.org/s/{share.token}") for share in made]
    (part,) = links_parts(shown, page, opened=True, buttons=paging("ho", page))
    assert part.text.startswith("What you share by links · page 2 of 2\n\n11. Story 11\na page · since")
    assert [[button.data for button in row] for row in part.buttons] == [["hx:11", "hx:12"], ["ho:1"]]


async def test_editions_are_kept_a_month_with_the_stories_that_still_are(
    engine: AsyncEngine, clock: Clock
) -> None:
    stories = KeptStories(engine, clock)
    editions = KeptEditions(engine, clock, stories)
    shared = await stories.keep("shared", HARBOUR)
    own = await stories.keep("person:7", LIBRARY)
    whole = briefing(HARBOUR, LIBRARY)
    first = await editions.keep(7, NOW.date(), whole, [shared, own], NOW)
    again = await editions.keep(7, NOW.date(), whole, [shared, own], NOW)
    asked = await editions.keep(7, NOW.date(), whole, [shared], None)
    ahead = await editions.keep(
        7, NOW.date() + timedelta(days=1), whole, [shared], NOW + timedelta(minutes=3)
    )
    assert await editions.find(first, 7) is None  # written anew
    assert await editions.find(again, 8) is None
    found = await editions.find(again, 7)
    assert found
    assert found.briefing == whole
    assert [each.number for each in await editions.newest(7, 30)] == [again]
    assert await editions.find(asked, 7)
    clock.now += timedelta(minutes=3)
    assert [each.number for each in await editions.newest(7, 30)] == [ahead, again]
    await stories.forget("person:7")
    left = (await editions.newest(7, 30))[1]
    assert left.briefing.pieces == (HARBOUR,)
    clock.now += timedelta(days=31)
    await editions.keep(8, NOW.date(), briefing(), [], clock.now)
    assert await editions.newest(7, 30) == []
    await editions.forget(8)
    assert await editions.newest(8, 30) == []


def test_what_speaks_of_the_reader_does_not_leave() -> None:
    last = HARBOUR.citations[-1].number
    said = Statement("You ship from there.", (last,))
    told = replace(
        HARBOUR, sections=(), why_you=said, why=("You follow it.",), reason="On “secret plans”", publishers=3
    )
    told = replace(
        told, notes=("An update: 1 of its 2 articles are new since your last briefing.", "Only one.")
    )
    left = for_others(told)
    assert (left.why_you, left.why) == (None, ())
    assert left.reason == "3 publishers"
    assert left.notes == ("Only one.",)
    assert last not in [citation.number for citation in left.citations]
    assert left.bullets == told.bullets
    whole = edition_for_others(briefing(told, LIBRARY))
    assert whole.profile == Profile()
    assert whole.pieces[0] == left
    assert (whole.footer.statements, whole.footer.feeds_failing) == (8, 0)
    assert own_documents(whole.pieces) == ()


@pytest.mark.parametrize(
    ("headline", "name"),
    [
        ("The harbour closes", "the-harbour-closes.html"),
        ("Москва: «да»", "moskva-da.html"),
        ("../../etc/passwd\x00", "etc-passwd.html"),
        ("…", "story.html"),
        ("CON", "story.html"),
        ("word " * 40, "word-word-word-word-word-word-word-word-word-word-word-word.html"),
        ("w" * 99, "w" * 60 + ".html"),
    ],
)
def test_files_have_names_that_every_system_takes(headline: str, name: str) -> None:
    assert file_name(replace(HARBOUR, headline=headline)) == name


def test_a_feed_holds_to_its_standard_whatever_is_told_in_it() -> None:
    hostile = replace(
        LIBRARY,
        headline="]]></title> \x00\ufffe & <b>\ud800",
        bullets=(Statement("<script>alert(1)</script> & \x1f", (1,)),),
    )
    share = Share(1, "A" * 22, 7, FEED, "Your briefings", NOW - timedelta(days=9))
    editions = [
        Edition(5, date(2026, 11, 22), NOW, briefing(hostile, HARBOUR)),
        Edition(
            4, date(2026, 11, 21), NOW - timedelta(days=1), replace(briefing(), quiet="Nothing \x0bnew.")
        ),
    ]
    address = "https://example.org/f/x.xml"
    written = atom(share, editions, address)
    assert "\ufffe" not in written.decode()
    feed = etree.fromstring(written)
    assert feed.tag == f"{ATOM}feed"
    for one in (feed, *feed.findall(f"{ATOM}entry")):  # RFC 4287, 4.1.1 and 4.1.2: exactly one of each
        for name in ("id", "title", "updated"):
            assert len(one.findall(ATOM + name)) == 1
        assert re.fullmatch("urn:uuid:[0-9a-f-]{36}", one.findtext(f"{ATOM}id"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one.findtext(f"{ATOM}updated"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Footnote"
    assert [each.attrib for each in feed.findall(f"{ATOM}link")] == [
        {"rel": "self", "type": "application/atom+xml", "href": address}
    ]
    assert feed.findtext(f"{ATOM}updated") == "2026-11-22T07:00:00Z"
    first, second = feed.findall(f"{ATOM}entry")
    content = first.find(f"{ATOM}content")
    assert content.get("type") == "html"
    assert len(content) == 0
    assert "<script" not in content.text
    assert "&lt;script&gt;" in content.text
    assert second.findtext(f"{ATOM}content") == "Nothing new."
    assert second.find(f"{ATOM}content").get("type") is None  # plain text
    moved = etree.fromstring(atom(share, editions, "https://other.example/f/x.xml"))
    assert [each.text for each in moved.iter(f"{ATOM}id")] == [each.text for each in feed.iter(f"{ATOM}id")]
    empty = etree.fromstring(atom(share, [], address))
    assert empty.findtext(f"{ATOM}updated") == "2026-11-13T07:00:00Z"


async def test_whoever_is_slow_or_one_too_many_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST", 3)
    monkeypatch.setattr(server, "LONGEST", 0.6)
    monkeypatch.setattr(server, "_SWEEP", 0.05)
    app = web.Application()

    async def large(_request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 50_000_000)

    app.router.add_get("/", large)
    opened = asyncio.Event()
    with capture_logs() as logs:
        serving = asyncio.create_task(pages.serve(app, "127.0.0.1", 0, opened=opened.set))
        await asyncio.wait_for(opened.wait(), 10)
    port = logs[0]["port"]
    mute = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")  # and never reads what comes
    refused = await asyncio.open_connection("127.0.0.1", port)
    assert await asyncio.wait_for(refused[0].read(), 5) == b""
    assert not mute[0][0].at_eof()  # those that were first are still heard
    for waiting, _ in mute:
        assert await asyncio.wait_for(waiting.read(), 5) == b""
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/") as answer:
        assert len(await answer.read()) == 50_000_000
    for _, each in (*mute, (reader, writer), refused):
        each.close()
    serving.cancel()
    await asyncio.wait({serving})
    with pytest.raises(OSError, match="Connect"):
        await asyncio.open_connection("127.0.0.1", port)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"PUBLIC_URL": "https://example.org/?q=1"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "ftp://example.org"}, "PUBLIC_URL"),
        ({"LISTEN_ADDRESS": "8480"}, "LISTEN_ADDRESS"),
        ({"LISTEN_ADDRESS": "127.0.0.1:99999"}, "LISTEN_ADDRESS"),
    ],
)
def test_addresses_that_cannot_be_are_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsFault, match=said):
        load()
    monkeypatch.setenv("PUBLIC_URL", "https://example.org/footnote/")
    monkeypatch.setenv("LISTEN_ADDRESS", "[::1]:80")
    assert host_and_port(Settings().listen_address) == ("::1", 80)
