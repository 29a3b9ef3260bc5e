"""What is followed is looked at again: when, how politely, what becomes of news, moves and failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from followers import Desk, desk_at
from libraries import NOW
from web import Entry, Web, article

from retrieval.following import Notice, Refreshed, State, schedule
from retrieval.types import SHARED, Scope

FEED = "http://courier.test/feed"
SENTENCES = (
    "The tram line reached the hospital in June, four years after the first rails were laid. "
    "Trains run every six minutes from Monday, the operator said, and every twelve on Sundays. "
    "The heron sculpture by the pond was paid for by the bank, and it took two summers to cast. "
) * 3


@pytest.fixture(scope="module")
def whole_web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
async def desk(whole_web: Web, tmp_path: Path) -> AsyncIterator[Desk]:
    whole_web.forget()
    async with desk_at(whole_web, tmp_path) as desk:
        yield desk


def item(title: str, text: str = "", *, days: float = 1, summary: str = "", **about: str) -> Entry:
    """An entry with its whole text, or with a summary alone."""
    return Entry(
        title,
        url=f"http://courier.test/{title.lower().replace(' ', '-')}",
        summary=summary,
        whole=None if summary else f"<p>{title}: {text or SENTENCES}</p>",
        published=NOW - timedelta(days=days),
        **about,
    )


def publishes(desk: Desk, *entries: Entry, **headers: str) -> None:
    """The one feed of these tests holds these now."""
    desk.web.feed("/feed", "City Courier", entries, home="http://courier.test/", **headers)


# --- News ---------------------------------------------------------------------------------------------


async def test_each_item_is_added_once_and_what_is_unchanged_is_not_sent(desk: Desk) -> None:
    publishes(desk, item("One tram"), item("Two trams"))
    await desk.follows(FEED)
    desk.web.log.clear()
    found = await desk.refresh(hours=4)
    assert (found.looked_at, found.unchanged, found.failed, found.added) == (1, 1, 0, ())
    assert desk.web.log[-1].headers["if-none-match"]
    publishes(desk, item("Three trams", days=0), item("One tram"), item("Two trams"))
    found = await desk.refresh(hours=4)
    assert [document.title for document in found.added] == ["Three trams"]
    assert found.passages > 0
    assert set(await desk.texts()) == {"One tram", "Two trams", "Three trams"}


async def test_a_server_without_validators_sends_all_of_it_and_nothing_is_added_twice(desk: Desk) -> None:
    publishes(desk, item("One tram"), etag="")
    await desk.follows(FEED)
    assert (await desk.refresh(hours=4)).unchanged == 1
    assert "if-none-match" not in desk.web.log[-1].headers
    publishes(desk, item("Two trams"), item("One tram"), etag="")
    assert [document.title for document in (await desk.refresh(hours=4)).added] == ["Two trams"]


async def test_an_item_that_is_changed_replaces_its_document(desk: Desk) -> None:
    publishes(desk, item("One tram", guid="tag:1"))
    (document,) = (await desk.follows(FEED)).newest
    publishes(desk, item("One tram", SENTENCES + "It was corrected: the line opened in July.", guid="tag:1"))
    found = await desk.refresh(hours=4)
    assert [replaced.number for replaced in found.replaced] == [document.number]
    assert "opened in July" in (await desk.texts())["One tram"]


async def test_a_document_that_was_removed_does_not_come_back(desk: Desk) -> None:
    publishes(desk, item("One tram"), item("Two trams"))
    followed = await desk.follows(FEED)
    await desk.library.remove(followed.newest[0].number, SHARED)
    publishes(desk, item("Three trams"), item("One tram"), item("Two trams"))
    await desk.refresh(hours=4)
    assert set(await desk.texts()) == {"Two trams", "Three trams"}


# --- Whole articles -----------------------------------------------------------------------------------


async def test_what_carries_only_a_summary_is_read_in_full(desk: Desk) -> None:
    publishes(desk, item("Tram arrives", summary="The tram line reached the hospital in June."))
    desk.web.page(
        "/tram-arrives",
        article(
            "Tram arrives",
            "The tram line reached the hospital in June.",
            SENTENCES,
            author="Ann Weaver",
            canonical="http://courier.test/2026/tram-arrives",
        ),
    )
    (document,) = (await desk.follows(FEED)).newest
    assert "it took two summers" in (await desk.texts())["Tram arrives"]
    assert (document.url, document.author) == ("http://courier.test/2026/tram-arrives", "Ann Weaver")


async def test_what_stands_in_place_of_an_article_is_not_taken_for_it(desk: Desk) -> None:
    summary = "The tram line reached the hospital in June, at last."
    publishes(desk, item("Tram arrives", summary=summary), item("Pond freezes", summary="Herons are cold."))
    desk.web.page("/tram-arrives", article("Your privacy", "We and our 893 partners store cookies. " * 20))
    desk.web.refuses("/pond-freezes", 403)
    await desk.follows(FEED)
    assert await desk.texts() == {"Tram arrives": summary, "Pond freezes": "Herons are cold."}
    desk.web.paths()
    await desk.refresh(hours=4)
    assert desk.web.paths() == ["/feed"], "pages that will not come are not asked for again"


async def test_a_page_that_fails_for_now_is_tried_again_and_replaces_the_summary(desk: Desk) -> None:
    publishes(desk, item("Tram arrives", summary="The tram line reached the hospital in June."))
    desk.web.refuses("/tram-arrives", 503)
    followed = await desk.follows(FEED)
    assert [document.title for document in followed.newest] == ["Tram arrives"]
    desk.web.page("/tram-arrives", article("Tram arrives", SENTENCES))
    found = await desk.refresh(hours=4)
    assert [document.number for document in found.replaced] == [followed.newest[0].number]
    assert "two summers" in (await desk.texts())["Tram arrives"]
    desk.web.paths()
    assert (await desk.refresh(hours=4)).replaced == ()
    assert desk.web.paths() == ["/feed"]


async def test_a_page_that_never_comes_is_left_alone_after_three_tries(desk: Desk) -> None:
    publishes(desk, item("Tram arrives", summary="The tram line reached the hospital in June."))
    desk.web.refuses("/tram-arrives", 503)
    await desk.follows(FEED)
    for _ in range(4):
        await desk.refresh(hours=4)
    assert desk.web.paths().count("/tram-arrives") == 3


async def test_a_bare_link_is_its_page_or_nothing(desk: Desk) -> None:
    entries = [Entry("", url=f"http://courier.test/{name}") for name in ("tram", "lost", "busy")]
    publishes(desk, *entries)
    desk.web.page("/tram", article("Tram arrives", SENTENCES))
    desk.web.refuses("/busy", 503)
    await desk.follows(FEED)
    assert set(await desk.texts()) == {"Tram arrives"}
    desk.web.page("/busy", article("Pond freezes", SENTENCES[::-1]))
    await desk.refresh(hours=4)
    assert set(await desk.texts()) == {"Tram arrives", "Pond freezes"}


async def test_pages_wait_as_long_as_their_server_asks(desk: Desk) -> None:
    titles = [f"Stop number {number} opens" for number in range(5)]
    publishes(desk, *(item(title, days=day, summary=f"{title} today.") for day, title in enumerate(titles)))
    for title in titles:
        desk.web.refuses(f"/{title.lower().replace(' ', '-')}", 429, retry_after="172800")
    await desk.follows(FEED)
    assert [path for path in desk.web.paths() if path.startswith("/stop")] == ["/stop-number-0-opens"]
    assert (await desk.source()).next_look == NOW + timedelta(days=2)
    assert len(await desk.texts()) == 5


async def test_many_pages_are_read_in_turn_while_nobody_waits(desk: Desk) -> None:
    titles = [f"Stop number {number} opens" for number in range(14)]
    publishes(desk, *(item(title, days=day, summary=f"{title} today.") for day, title in enumerate(titles)))
    for title in titles:
        path = f"/{title.lower().replace(' ', '-')}"
        desk.web.page(path, article(title, f"{title} today. {SENTENCES}"))
    await desk.follows(FEED)
    whole = [title for title, text in (await desk.texts()).items() if "two summers" in text]
    assert whole == titles[:10]
    found = await desk.following.refresh()
    assert len(found.replaced) == 4, "the rest is due at once"
    assert all("two summers" in text for text in (await desk.texts()).values())
    assert (await desk.following.refresh()).looked_at == 0


# --- When ---------------------------------------------------------------------------------------------


async def test_who_publishes_often_is_looked_at_often(desk: Desk) -> None:
    publishes(desk, *(item(f"Delay number {n}", days=n / 24) for n in range(48)))
    desk.web.feed("/slow", "Old Times", [item("The fair of 2019", days=900)])
    await desk.follows(FEED)
    await desk.follows("http://courier.test/slow")
    often, seldom = await desk.source(1), await desk.source(2)
    assert often.next_look == NOW + timedelta(days=7) / 96
    assert seldom.next_look == NOW + timedelta(days=1)
    assert (often.state, seldom.state) == (State.FRESH, State.QUIET)
    desk.later(minutes=100)
    assert (await desk.following.refresh()).looked_at == 0
    desk.later(minutes=10)
    assert (await desk.following.refresh()).looked_at == 1


@pytest.mark.parametrize(
    ("this_week", "every", "minutes"),
    [
        (0, None, 24 * 60),
        (3, None, 24 * 60),
        (7, None, 12 * 60),
        (84, None, 60),
        (10_000, None, 15),
        (10_000, timedelta(minutes=8), 8),
        (10_000, timedelta(seconds=1), 5),
        (84, timedelta(hours=2), 60),
    ],
)
def test_the_rhythm_follows_the_source_within_bounds(
    this_week: int, every: timedelta | None, minutes: float
) -> None:
    assert schedule.rhythm(this_week, every) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("headers", "every", "minutes"),
    [
        ({}, None, 0),
        ({"cache-control": "public, max-age=3600"}, None, 60),
        ({"cache-control": "max-age=3600", "age": "600"}, None, 50),
        ({"cache-control": "max-age=600"}, timedelta(hours=1), 60),
        ({"cache-control": "max-age=31536000"}, None, 24 * 60),
        (
            {"date": "Sun, 22 Nov 2026 10:00:00 GMT", "expires": "Sun, 22 Nov 2026 12:00:00 GMT"},
            None,
            120,
        ),
        ({"expires": "0", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}, None, 0),
        ({"cache-control": "max-age=abc, max-age=-1", "age": "x"}, timedelta(0), 0),
    ],
)
def test_what_servers_and_feeds_ask_for_is_heard(
    headers: dict[str, str], every: timedelta | None, minutes: float
) -> None:
    assert schedule.asked_to_wait(headers, every) == timedelta(minutes=minutes)


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_no_source_is_asked_before_it_wants_to_be(chance: float) -> None:
    hour = timedelta(hours=1)
    assert schedule.next_look(NOW, hour, 2 * hour, chance) >= NOW + 2 * hour
    assert NOW + hour * 0.9 <= schedule.next_look(NOW, hour, timedelta(0), chance) <= NOW + hour


async def test_a_feed_that_says_how_long_it_holds_is_left_alone_so_long(desk: Desk) -> None:
    entries = [item(f"Delay number {n}", days=n / 24) for n in range(48)]
    desk.web.feed("/feed", "City Courier", entries, ttl=360)
    await desk.follows(FEED)
    assert (await desk.source()).next_look == NOW + timedelta(hours=6)
    desk.web.feed("/other", "Herald", entries, cache_control="max-age=14400")
    await desk.follows("http://courier.test/other")
    assert (await desk.source(2)).next_look == NOW + timedelta(hours=4)
    await desk.refresh(hours=6)
    assert (await desk.source(2)).next_look == NOW + timedelta(hours=10), "an unchanged one as well"


# --- Failures -----------------------------------------------------------------------------------------


async def test_a_failing_source_is_tried_ever_more_seldom_told_once_and_never_dropped(desk: Desk) -> None:
    publishes(desk, item("One tram"))
    await desk.follows(FEED)
    desk.web.refuses("/feed", 500)
    notices: list[Notice] = []
    gaps: list[float] = []
    for _ in range(12):
        source = await desk.source()
        assert source.next_look
        desk.now = max(desk.now, source.next_look)
        found = await desk.following.refresh()
        assert (found.looked_at, found.failed) == (1, 1)
        notices += found.notices
        source = await desk.source()
        assert source.next_look
        gaps.append((source.next_look - desk.now) / timedelta(minutes=1))
    assert gaps == [15, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440, 1440, 1440]
    (notice,) = notices
    assert (notice.kind, notice.source.owner) == ("failing", SHARED)
    assert notice.sentence.startswith("“City Courier” cannot be read")
    assert "HTTP 500" in notice.sentence
    source = await desk.source()
    assert source.state is State.FAILING
    assert source.reason
    assert source.failing_since == NOW + timedelta(days=1)
    publishes(desk, item("Two trams"), item("One tram"))
    assert [document.title for document in (await desk.refresh(days=1)).added] == ["Two trams"]
    source = await desk.source()
    assert (source.state, source.reason, source.failing_since) == (State.FRESH, None, None)
    desk.web.refuses("/feed", 404)
    told = [notice for _ in range(4) for notice in (await desk.refresh(days=1)).notices]
    assert len(told) == 1, "after it had recovered, it is told again"


async def test_a_server_that_asks_for_time_gets_it(desk: Desk) -> None:
    publishes(desk, item("One tram"))
    await desk.follows(FEED)
    desk.web.refuses("/feed", 429, retry_after="172800")
    await desk.refresh(hours=4)
    assert (await desk.source()).next_look == desk.now + timedelta(days=2)


async def test_what_is_gone_for_good_is_told_once_and_asked_no_more(desk: Desk) -> None:
    publishes(desk, item("One tram"))
    await desk.follows(FEED)
    desk.web.refuses("/feed", 410)
    (notice,) = (await desk.refresh(hours=4)).notices
    assert notice.kind == "gone"
    assert notice.source.state is State.GONE
    assert (await desk.source()).next_look is None
    assert (await desk.refresh(days=9)).looked_at == 0
    assert set(await desk.texts()) == {"One tram"}
    publishes(desk, item("One tram"))
    await desk.following.resume(1, SHARED)
    assert (await desk.following.refresh()).unchanged == 1
    assert (await desk.source()).state is State.FRESH


async def test_a_feed_that_turned_into_something_else_fails_with_the_reason(desk: Desk) -> None:
    publishes(desk, item("One tram"))
    await desk.follows(FEED)
    desk.web.page("/feed", "<html><body><p>This domain is for sale.</p></body></html>")
    assert (await desk.refresh(hours=4)).failed == 1
    source = await desk.source()
    assert source.state is State.FAILING
    assert source.reason
    assert source.reason.startswith("“http://courier.test/feed”")


async def test_one_that_fails_does_not_keep_the_others(desk: Desk) -> None:
    for host in ("courier.test", "herald.test", "new.test", "slow.test"):
        desk.web.feed(f"{host}/feed", host, [item(f"Tram of {host}", f"{host} {SENTENCES}")])
        await desk.follows(f"http://{host}/feed")
    desk.web.hangs("slow.test/feed")
    desk.web.refuses("courier.test/feed", 503)
    for host in ("herald.test", "new.test"):
        desk.web.feed(
            f"{host}/feed", host, [item(f"News of {host}", f"{host[::-1]} pond. {SENTENCES[::-1]}")]
        )
    found = await desk.refresh(hours=4)
    assert (found.looked_at, found.failed) == (4, 2)
    assert {document.title for document in found.added} == {"News of herald.test", "News of new.test"}


# --- Moves --------------------------------------------------------------------------------------------


async def test_a_source_that_moved_is_followed_there_once_the_move_has_held(desk: Desk) -> None:
    publishes(desk, item("One tram"))
    await desk.follows(FEED)
    desk.web.feed("new.test/feed", "City Courier", [item("Two trams"), item("One tram")])
    desk.web.moves("/feed", "http://new.test/feed", status=301)
    found = await desk.refresh(hours=4)
    assert [document.title for document in found.added] == ["Two trams"]
    assert (await desk.source()).url == FEED, "one answer may be a mistake"
    (notice,) = (await desk.refresh(hours=13)).notices
    assert notice.kind == "moved"
    assert (await desk.source()).url == "http://new.test/feed"
    desk.web.log.clear()
    assert (await desk.refresh(hours=4)).notices == ()
    assert [visit.host for visit in desk.web.log] == ["new.test"]


async def test_a_feed_that_says_itself_where_it_went_is_followed_there(desk: Desk) -> None:
    publishes(desk, item("One tram"))
    await desk.follows(FEED)
    said = (
        '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>'
        "<title>City Courier</title><itunes:new-feed-url>http://new.test/news</itunes:new-feed-url>"
        "<item><title>We moved</title><guid>m</guid></item></channel></rss>"
    )
    desk.web.serves("/feed", said, content_type="application/rss+xml")
    await desk.refresh(hours=4)
    assert (await desk.source()).url == FEED, "there is nothing yet"
    desk.web.feed("new.test/news", "City Courier", [item("Two trams"), item("One tram")])
    desk.web.serves("/feed", said + " ", content_type="application/rss+xml")
    (notice,) = (await desk.refresh(hours=4)).notices
    assert (notice.kind, notice.source.url) == ("moved", "http://new.test/news")
    assert [document.title for document in (await desk.refresh(hours=4)).added] == ["Two trams"]


async def test_a_detour_is_not_a_move(desk: Desk) -> None:
    publishes(desk, item("One tram"))
    await desk.follows(FEED)
    desk.web.feed("new.test/feed", "City Courier", [item("One tram")])
    desk.web.moves("/feed", "http://new.test/feed", status=302)
    for _ in range(3):
        assert (await desk.refresh(days=1)).notices == ()
    assert (await desk.source()).url == FEED
    desk.web.moves("/feed", "http://new.test/feed", status=301)
    await desk.refresh(days=1)
    publishes(desk, item("One tram"))
    await desk.refresh(days=1)
    desk.web.moves("/feed", "http://new.test/feed", status=301)
    await desk.refresh(days=1)
    assert (await desk.source()).url == FEED, "a move that was taken back begins anew"


# --- Politeness ---------------------------------------------------------------------------------------


async def test_a_host_is_asked_by_one_at_a_time_with_a_pause_and_hosts_side_by_side(
    whole_web: Web, tmp_path: Path
) -> None:
    whole_web.forget()
    clock = asyncio.get_running_loop().time
    async with desk_at(whole_web, tmp_path, pause=0.2) as desk:
        places = [f"{host}/{n}" for host in ("courier.test", "herald.test", "new.test") for n in range(3)]
        for place in places:
            whole_web.feed(place, place, [item(f"Tram of {place}", f"{place} {SENTENCES}")])
            await desk.following.follow(
                (await desk.following.look(f"http://{place}", SHARED)).offers[0], SHARED
            )
        for place in places:
            whole_web.lags(place, 0.1)
        started = clock()
        assert (await desk.refresh(hours=4)).looked_at == 9
        took = clock() - started
    assert 3 * 0.1 + 2 * 0.2 <= took < 2.5, "three of a host one after the other, three hosts at once"
    assert "Footnote/" in whole_web.log[-1].headers["user-agent"]


async def test_pages_of_one_host_come_one_at_a_time_whoever_wants_them(desk: Desk) -> None:
    for host in ("courier.test", "herald.test", "slow.test"):
        entries = [
            Entry(
                f"{host} number {n}", url=f"http://new.test/{host}/{n}", summary=f"{host} number {n} today."
            )
            for n in range(3)
        ]
        desk.web.feed(f"{host}/feed", host, [item(f"Only {host}", f"{host} {SENTENCES}")])
        await desk.follows(f"http://{host}/feed")
        desk.web.feed(f"{host}/feed", host, entries)
        for entry in entries:
            assert entry.url
            path = entry.url.removeprefix("http://new.test")
            desk.web.page(path, article(entry.title, f"{entry.summary} {host} {SENTENCES[: 99 + len(path)]}"))
            desk.web.lags(path, 0.05)
    await desk.refresh(hours=4)
    assert sum(visit.host == "new.test" for visit in desk.web.log) == 10
    assert desk.web.crowd["new.test"] == 1


# --- Running ------------------------------------------------------------------------------------------


async def test_the_runner_tells_what_came_and_what_failed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.following.following.TICK", 0.05)
    publishes(desk, item("One tram"))
    await desk.follows(FEED)
    notices: asyncio.Queue[Notice] = asyncio.Queue()
    rounds: asyncio.Queue[Refreshed] = asyncio.Queue()
    running = asyncio.create_task(desk.following.run(notices.put, rounds.put))
    publishes(desk, item("Two trams"), item("One tram"))
    desk.later(days=2)
    brought = await asyncio.wait_for(rounds.get(), 10)
    assert [document.title for document in brought.added] == ["Two trams"]
    desk.web.refuses("/feed", 410)
    desk.later(days=2)
    assert (await asyncio.wait_for(notices.get(), 10)).kind == "gone"
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert rounds.empty()


async def test_asking_twice_at_once_follows_once(desk: Desk) -> None:
    publishes(desk, item("One tram"))
    offer = (await desk.following.look(FEED, SHARED)).offers[0]
    both = await asyncio.gather(*(desk.following.follow(offer, SHARED) for _ in range(2)))
    assert sorted(followed.known for followed in both) == [False, True]
    assert len(await desk.following.sources(SHARED)) == 1


async def test_the_runner_outlives_what_it_cannot_store(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.following.following.TICK", 0.05)
    publishes(desk, item("One tram"))
    await desk.follows(FEED)
    publishes(desk, item("Two trams"), item("One tram"))
    add, failed = desk.library.add, asyncio.Event()

    async def fails(*_: object) -> None:
        monkeypatch.setattr(desk.library, "add", add)
        failed.set()
        raise OSError("the disk is full")

    monkeypatch.setattr(desk.library, "add", fails)
    rounds: asyncio.Queue[Refreshed] = asyncio.Queue()
    desk.later(days=2)
    running = asyncio.create_task(desk.following.run(rounds.put, rounds.put))  # type: ignore[arg-type]
    await asyncio.wait_for(failed.wait(), 10)
    brought = await asyncio.wait_for(rounds.get(), 10)
    assert [document.title for document in brought.added] == ["Two trams"]
    running.cancel()


async def test_a_source_that_is_dropped_while_it_is_looked_at_is_no_trouble(desk: Desk) -> None:
    publishes(desk, item("One tram"))
    await desk.follows(FEED)
    publishes(desk, item("Two trams"), item("One tram"))
    desk.web.lags("/feed", 0.3)
    desk.later(days=1)
    refreshing = asyncio.create_task(desk.following.refresh())
    await asyncio.sleep(0.1)
    await desk.following.unfollow(1, SHARED)
    assert (await refreshing).looked_at == 1
    assert await desk.following.sources(SHARED) == []


async def test_it_is_found_by_what_it_says_and_when(desk: Desk) -> None:
    moment: datetime = NOW - timedelta(days=1)
    publishes(desk, item("One tram", days=1))
    (document,) = (await desk.follows(FEED)).newest
    assert document.published == moment
    hits = await desk.library.search("tram hospital", Scope())
    assert hits[0].passage.document.number == document.number
