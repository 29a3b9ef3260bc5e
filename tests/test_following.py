"""What is at an address, what becomes of it when it is followed, and what its follower can change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from followers import Desk, desk_at
from libraries import NOW
from test_extract import TWO_PAGES, pdf
from web import Entry, Web, article, certificate, front_page

from retrieval.errors import LimitReached, NotFound, Unreachable, Unreadable
from retrieval.following import Allowance, State
from retrieval.types import SHARED, Scope, person

ANN, BEN = person(1), person(2)
TRAM = (
    "The tram line reached the hospital in June, four years after the first rails were laid there. "
    "Trains run every six minutes from Monday, the operator said, and every twelve on Sundays. "
)
POND = (
    "The heron sculpture by the pond was paid for by the bank, and it took two summers to cast it. "
    "It stands on one leg, as herons do, and a plate beside it names the people who gave the money. "
)
WHOLE = f"<p>{TRAM * 5}</p><p>{POND * 5}</p>"


@pytest.fixture(scope="module")
def whole_web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    file = tmp_path_factory.mktemp("tls") / "t.me.pem"
    with pytest.MonkeyPatch.context() as patch, Web(tls=certificate(file, "t.me")) as web:
        patch.setenv("SSL_CERT_FILE", str(file))
        yield web


@pytest.fixture
async def desk(whole_web: Web, tmp_path: Path) -> AsyncIterator[Desk]:
    whole_web.forget()
    async with desk_at(whole_web, tmp_path) as desk:
        yield desk


def news(*titles: str, published: datetime | None = NOW - timedelta(days=1), **about: str) -> list[Entry]:
    """Entries with their whole text, newest first, a day between two."""
    return [
        Entry(
            title,
            url=f"http://courier.test/{title.lower().replace(' ', '-')}",
            whole=f"<p>{title}.</p>{WHOLE}",
            published=published - timedelta(days=order) if published else None,
            **about,
        )
        for order, title in enumerate(titles)
    ]


# --- Looking ------------------------------------------------------------------------------------------


async def test_a_feed_is_offered_by_its_address(desk: Desk) -> None:
    desk.web.feed("/feed", "City Courier", news("Tram arrives"))
    looked = await desk.following.look("http://courier.test/feed", ANN)
    (offer,) = looked.offers
    assert (offer.kind, offer.url, offer.title) == ("feed", "http://courier.test/feed", "City Courier")
    assert not looked.article


async def test_a_site_offers_its_feeds_and_the_page_itself(desk: Desk) -> None:
    feeds = [("/feed", "City Courier"), ("http://herald.test/sport.xml", "Sport")]
    desk.web.page("/", front_page("City Courier", feeds, TRAM))
    looked = await desk.following.look("http://courier.test", ANN)
    assert [(offer.kind, offer.url) for offer in looked.offers] == [
        ("feed", "http://courier.test/feed"),
        ("feed", "http://herald.test/sport.xml"),
        ("page", "http://courier.test/"),
    ]
    assert [offer.title for offer in looked.offers][1:] == ["Sport", "City Courier"]
    assert not looked.article, "a front page is nothing to read once"


async def test_a_site_without_feeds_offers_the_page(desk: Desk) -> None:
    desk.web.page("/notices", front_page("Notices", [], TRAM, POND))
    looked = await desk.following.look("http://courier.test/notices", ANN)
    assert [offer.kind for offer in looked.offers] == ["page"]
    assert looked.article


async def test_the_feed_that_a_site_does_not_name_is_found_where_feeds_are(desk: Desk) -> None:
    desk.web.page("/", front_page("City Courier", [], TRAM))
    desk.web.page("/feed", "<html><body><p>There is no feed here.</p></body></html>")
    desk.web.feed("/rss.xml", "All of the Courier", news("Tram arrives"))
    looked = await desk.following.look("http://courier.test", ANN)
    assert [(offer.kind, offer.title) for offer in looked.offers] == [
        ("feed", "All of the Courier"),
        ("page", "City Courier"),
    ]


async def test_a_document_is_for_reading_once(desk: Desk) -> None:
    desk.web.serves("/report", pdf(*TWO_PAGES), content_type="application/pdf")
    looked = await desk.following.look("http://courier.test/report", ANN)
    assert (looked.offers, looked.article) == ((), True)
    report = await desk.following.read_once("http://courier.test/report", ANN)
    assert [document.url for document in report.added] == ["http://courier.test/report"]


async def test_an_address_without_a_scheme_is_tried_both_ways(desk: Desk) -> None:
    desk.web.feed("/blog", "City Courier", news("Tram arrives"))
    looked = await desk.following.look("courier.test:8080/blog", ANN)
    assert looked.offers[0].url == "http://courier.test:8080/blog"


@pytest.mark.parametrize("typed", ["feed:http://courier.test/feed", "feed://courier.test:8080/feed"])
async def test_a_link_for_feed_readers_is_understood(desk: Desk, typed: str) -> None:
    desk.web.feed("/feed", "City Courier", news("Tram arrives"))
    assert (await desk.following.look(typed, ANN)).offers[0].title == "City Courier"


@pytest.mark.parametrize("typed", ["@city_courier", "t.me/city_courier", "https://t.me/s/city_courier?q=x"])
async def test_a_public_channel_is_followed_by_its_name(desk: Desk, typed: str) -> None:
    desk.web.page("t.me/s/city_courier", CHANNEL)
    looked = await desk.following.look(typed, ANN)
    (offer,) = looked.offers
    assert (offer.kind, offer.url) == ("channel", "https://t.me/s/city_courier")


@pytest.mark.parametrize("typed", ["https://t.me/+AbCdEf", "t.me/joinchat/AbCdEf", "t.me/c/1234/5"])
async def test_what_is_private_in_telegram_is_refused_in_a_sentence(desk: Desk, typed: str) -> None:
    with pytest.raises(Unreadable, match="only public channels"):
        await desk.following.look(typed, ANN)
    assert desk.web.log == []


async def test_what_is_of_no_use_is_said_in_one_sentence(desk: Desk) -> None:
    desk.web.page("/empty", "")
    desk.web.serves("/picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, content_type="image/png")
    for path in ("/empty", "/picture"):
        with pytest.raises(Unreadable, match=r"^“http://courier\.test.*\.$"):
            await desk.following.look(f"http://courier.test{path}", ANN)
    with pytest.raises(Unreachable, match="HTTP 404"):
        await desk.following.look("http://courier.test/nothing", ANN)


# --- Following ----------------------------------------------------------------------------------------


async def test_the_newest_items_are_read_before_one_is_told(desk: Desk) -> None:
    titles = [f"Day number {number} of the fair" for number in range(60)]
    desk.web.feed("/feed", "City Courier", news(*titles), home="http://courier.test/")
    followed = await desk.follows("http://courier.test/feed", ANN)
    assert not followed.known
    assert [document.title for document in followed.newest] == titles[:3]
    source = followed.source
    assert (source.title, source.home, source.language) == ("City Courier", "http://courier.test/", "en")
    assert (source.state, source.items_this_week) == (State.FRESH, 6)
    assert source.last_item == NOW - timedelta(days=1)
    assert list(await desk.texts(ANN)) == titles[:50], "an old feed's long archive is not read"
    assert not (await desk.refresh(hours=2)).added, "nor is it taken for news later"


async def test_an_item_is_cited_to_its_own_page(desk: Desk) -> None:
    entries = news("Tram arrives", author="Ann Weaver")
    desk.web.feed("/feed", "City Courier", entries)
    (document,) = (await desk.follows("http://courier.test/feed")).newest
    assert document.url == "http://courier.test/tram-arrives"
    assert (document.publisher, document.author, document.source) == (
        "courier.test",
        "Ann Weaver",
        "City Courier",
    )
    assert document.published == NOW - timedelta(days=1)
    assert document.language == "en"


async def test_following_twice_is_known(desk: Desk) -> None:
    desk.web.feed("/feed", "City Courier", news("Tram arrives"))
    desk.web.moves("/old", "http://courier.test/feed", status=301)
    first = await desk.follows("http://courier.test/feed", ANN)
    for address in ("http://courier.test/feed", "http://www.courier.test/feed/", "http://courier.test/old"):
        desk.web.feed("/feed/", "City Courier", news("Tram arrives"))
        again = await desk.follows(address, ANN)
        assert again.known, address
        assert again.source.number == first.source.number
        assert [document.title for document in again.newest] == ["Tram arrives"]
    assert not (await desk.follows("http://courier.test/feed", BEN)).known, "each person follows their own"


async def test_a_source_is_known_by_where_it_is_for_good(desk: Desk) -> None:
    desk.web.moves("/old", "http://new.test/feed", status=301)
    desk.web.moves("/today", "http://new.test/feed", status=302)
    desk.web.feed("new.test/feed", "City Courier", news("Tram arrives"))
    assert (await desk.follows("http://courier.test/old", ANN)).source.url == "http://new.test/feed"
    assert (await desk.follows("http://courier.test/today", BEN)).source.url == "http://courier.test/today"


async def test_what_cannot_be_read_is_not_followed(desk: Desk) -> None:
    desk.web.page("/", front_page("City Courier", [("/feed", "News")], TRAM))
    desk.web.page("/feed", "<html><body><p>There is no feed any more.</p></body></html>")
    offers = (await desk.following.look("http://courier.test", ANN)).offers
    with pytest.raises(Unreadable):
        await desk.following.follow(offers[0], ANN)
    assert await desk.following.sources(ANN) == []


async def test_items_without_a_page_of_their_own_stay_apart(desk: Desk) -> None:
    for number, url in enumerate(("http://courier.test/", "http://courier.test/log", None)):
        entries = [
            Entry(name, url=url, whole=f"<p>{text * 5}</p>", guid=name)
            for name, text in (("Trams go further", TRAM), ("A heron at the pond", POND))
        ]
        desk.web.feed(f"/feed{number}", "Changes", entries, home="http://courier.test/")
        await desk.follows(f"http://courier.test/feed{number}", owner := person(number))
        assert set(await desk.texts(owner)) == {"Trams go further", "A heron at the pond"}


async def test_items_on_one_page_are_told_apart_by_what_stands_after_the_hash(desk: Desk) -> None:
    entries = [
        Entry(
            f"Version {name}", url=f"http://courier.test/log#{name}", summary=f"Version {name}: better trams."
        )
        for name in "ab"
    ]
    desk.web.feed("/feed", "Changes", entries)
    desk.web.page("/log", article("The log", *(f"Version {name}: better trams. {TRAM * 3}" for name in "ab")))
    await desk.follows("http://courier.test/feed")
    assert set(await desk.texts()) == {"Version a", "Version b"}


async def test_dates_in_the_future_are_those_of_today(desk: Desk) -> None:
    desk.web.feed("/feed", "City Courier", news("Tram arrives", published=NOW + timedelta(days=400)))
    (document,) = (await desk.follows("http://courier.test/feed")).newest
    assert document.published == NOW
    assert (await desk.source()).last_item == NOW


async def test_a_channel_is_read_like_a_feed(desk: Desk) -> None:
    desk.web.page("t.me/s/city_courier", CHANNEL)
    followed = await desk.follows("@city_courier")
    assert followed.source.kind == "channel"
    assert followed.source.title == "City Courier"
    assert [document.publisher for document in followed.newest] == ["t.me/city_courier"] * 2
    assert {document.url for document in followed.newest} == {
        "https://t.me/city_courier/11",
        "https://t.me/city_courier/12",
    }


# --- Watching a page ----------------------------------------------------------------------------------


async def test_a_page_that_is_watched_is_one_document_that_changes(desk: Desk) -> None:
    desk.web.page("/notices", article("Notices", TRAM, POND))
    followed = await desk.follows("http://courier.test/notices")
    assert (followed.source.kind, followed.source.title) == ("page", "Notices")
    assert (await desk.refresh(hours=3)).unchanged == 1
    desk.web.page("/notices", article("Notices", TRAM, POND, "The fountain is dry until May, says the town."))
    found = await desk.refresh(hours=3)
    assert [document.title for document in found.replaced] == ["Notices"]
    assert "The fountain is dry" in (await desk.texts())["Notices"]
    source = await desk.source()
    assert source.last_item == desk.now
    desk.web.page("/notices", article("Notices", TRAM))
    assert len((await desk.refresh(hours=3)).replaced) == 1
    assert "heron" not in (await desk.texts())["Notices"], "what is taken off the page is gone"
    source = await desk.source()
    assert source.last_item == desk.now
    assert source.items_this_week == 2


async def test_a_page_that_wants_no_programs_is_not_watched(desk: Desk) -> None:
    desk.web.page("/notices", article("Notices", TRAM, POND))
    desk.web.robots("User-agent: *\nDisallow: /notices")
    with pytest.raises(Unreadable, match="asks programs not to read it"):
        await desk.follows("http://courier.test/notices")
    report = await desk.following.read_once("http://courier.test/notices", SHARED)
    assert report.added, "what a person asks for once is theirs to ask for"


# --- What a follower can change -----------------------------------------------------------------------


async def test_words_decide_what_is_kept(desk: Desk) -> None:
    desk.web.feed("/feed", "City Courier", news("Tram arrives"))
    number = (await desk.follows("http://courier.test/feed")).source.number
    await desk.following.set_words(number, SHARED, allow=["Tram", "  TRAM "], deny=["football", "bus stop"])
    source = await desk.source(number)
    assert (source.allow, source.deny) == (("Tram",), ("football", "bus stop"))
    more = news("Football on the tram", "Tram meets bus stop", "Tramway museum", "TRAM strike", "Herons")
    entries = [
        Entry(each.title, url=each.url, whole=f"<p>{each.title} {'so it is ' * 99}</p>") for each in more
    ]
    desk.web.feed("/feed", "City Courier", entries)
    found = await desk.refresh(hours=3)
    assert [document.title for document in found.added] == ["TRAM strike"]
    await desk.following.set_words(number, SHARED, allow=[], deny=["football"])
    found = await desk.refresh(hours=3)
    assert {each.title for each in found.added} == {"Tram meets bus stop", "Tramway museum", "Herons"}


async def test_what_is_paused_or_dropped_is_not_looked_at(desk: Desk) -> None:
    desk.web.feed("/feed", "City Courier", news("Tram arrives"))
    number = (await desk.follows("http://courier.test/feed", ANN)).source.number
    await desk.following.pause(number, ANN)
    source = await desk.source(number, ANN)
    assert (source.state, source.next_look) == (State.PAUSED, None)
    desk.web.paths()
    assert (await desk.refresh(days=3)).looked_at == 0
    await desk.following.resume(number, ANN)
    assert (await desk.following.refresh()).looked_at == 1
    await desk.following.unfollow(number, ANN)
    assert (await desk.refresh(days=3)).looked_at == 0
    assert set(await desk.texts(ANN)) == {"Tram arrives"}, "what was read stays"


async def test_nobody_reaches_what_somebody_else_follows(desk: Desk) -> None:
    desk.web.feed("/feed", "City Courier", news("Tram arrives"))
    number = (await desk.follows("http://courier.test/feed", ANN)).source.number
    following = desk.following
    for act in (following.source, following.pause, following.resume, following.unfollow):
        with pytest.raises(NotFound):
            await act(number, BEN)
    with pytest.raises(NotFound):
        await following.set_words(number, BEN, allow=[], deny=["x"])
    with pytest.raises(NotFound):
        await following.set_in_briefings(number, BEN, False)
    assert await following.sources(BEN) == []
    await following.set_in_briefings(number, ANN, False)
    assert not (await desk.source(number, ANN)).in_briefings
    assert await desk.library.documents(Scope((BEN,))) == []


async def test_lists_come_in_and_go_out(desk: Desk, tmp_path: Path) -> None:
    desk.web.feed("/feed", "City Courier", news("Tram arrives"))
    desk.web.feed("herald.test/feed", "Herald", news("Pond freezes"))
    await desk.follows("http://courier.test/feed", ANN)
    file = tmp_path / "list.opml"
    file.write_text(
        '<opml version="2.0"><body><outline text="News"><outline text="C" xmlUrl="http://courier.test/feed"/>'
        '<outline text="My Herald" type="rss" xmlUrl="http://herald.test/feed"/></outline>'
        '<outline text="Odd" xmlUrl="ftp://herald.test/feed"/></body></opml>'
    )
    imported = await desk.following.import_list(file, "list.opml", ANN)
    assert (imported.followed, imported.known, len(imported.unreadable)) == (1, 1, 1)
    found = await desk.following.refresh()
    assert [document.title for document in found.added] == ["Pond freezes"]
    assert [source.title for source in await desk.following.sources(ANN)] == ["City Courier", "My Herald"]
    written = await desk.following.export_list(ANN)
    (tmp_path / "out.opml").write_bytes(written)
    again = await desk.following.import_list(tmp_path / "out.opml", "out.opml", BEN)
    assert (again.followed, again.unreadable) == (2, ())


# --- Limits -------------------------------------------------------------------------------------------


async def test_a_person_may_follow_so_many_and_the_house_any_number(whole_web: Web, tmp_path: Path) -> None:
    whole_web.forget()
    for name in "abc":
        whole_web.feed(f"/{name}", name, news(f"Item of {name}"))
    async with desk_at(whole_web, tmp_path, allowance=Allowance(sources=2)) as desk:
        for name in "ab":
            await desk.follows(f"http://courier.test/{name}", ANN)
        with pytest.raises(LimitReached, match=r"2 sources.*one person may follow here"):
            await desk.follows("http://courier.test/c", ANN)
        for name in "abc":
            await desk.follows(f"http://courier.test/{name}", SHARED)


async def test_past_its_documents_a_person_is_told_once_a_day(whole_web: Web, tmp_path: Path) -> None:
    whole_web.forget()
    whole_web.feed("/feed", "City Courier", news("One tram", "Two trams", "Three trams"))
    async with desk_at(whole_web, tmp_path, allowance=Allowance(documents=2)) as desk:
        assert len((await desk.follows("http://courier.test/feed", ANN)).newest) == 2
        with pytest.raises(LimitReached, match="2 documents"):
            await desk.following.read_once("http://courier.test/feed", ANN)
        (notice,) = (await desk.refresh(hours=1)).notices
        assert (notice.kind, notice.source.number) == ("limit", 1)
        assert "remove some to make room" in notice.sentence
        assert (await desk.refresh(hours=1)).notices == ()
        assert len((await desk.refresh(days=2)).notices) == 1
        for document in await desk.library.documents(Scope((ANN,))):
            await desk.library.remove(document.number, ANN)
        found = await desk.refresh(days=2)
        assert [document.title for document in found.added] == ["Three trams"], "what waited is read then"


async def test_past_its_fetches_a_person_waits_until_tomorrow(whole_web: Web, tmp_path: Path) -> None:
    whole_web.forget()
    whole_web.feed("/feed", "City Courier", news("Tram arrives"))
    async with desk_at(whole_web, tmp_path, allowance=Allowance(fetches=3)) as desk:
        await desk.follows("http://courier.test/feed", ANN)
        assert (await desk.refresh(hours=1)).notices == ()
        (notice,) = (await desk.refresh(hours=1)).notices
        assert notice.kind == "limit"
        source = await desk.source(1, ANN)
        assert source.state is State.FRESH, "a source is not to blame for it"
        assert source.next_look == datetime(2026, 11, 22, 0, 1, tzinfo=UTC)
        with pytest.raises(LimitReached):
            await desk.following.look("http://courier.test/feed", ANN)
        assert (await desk.refresh(days=1)).failed == 0
        assert len(desk.web.log) == 4


CHANNEL = """<!doctype html><html><head><title>City Courier – Telegram</title>
<meta property="og:title" content="City Courier"></head><body><header class="tgme_header">
<div class="tgme_channel_info_header_title"><span dir="auto">City Courier</span></div></header>
<section class="tgme_channel_history js-message_history">
<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message
text_not_supported_wrap js-widget_message" data-post="city_courier/11">
<div class="tgme_widget_message_bubble">
<div class="tgme_widget_message_text js-message_text" dir="auto">The tram line reached the hospital.<br/>It is
four years late.</div><div class="tgme_widget_message_footer"><a class="tgme_widget_message_date"
href="https://t.me/city_courier/11"><time datetime="2026-11-20T08:00:00+00:00" class="time">08:00</time></a>
</div></div></div></div>
<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message
js-widget_message" data-post="city_courier/12"><div class="tgme_widget_message_bubble">
<div class="tgme_widget_message_text js-message_text" dir="auto">The heron sculpture stands by the pond.</div>
<div class="tgme_widget_message_footer"><a class="tgme_widget_message_date"
href="https://t.me/city_courier/12"><time datetime="2026-11-20T09:00:00+00:00" class="time">09:00</time></a>
</div></div></div></div></section></body></html>"""
