"""Finding the feeds of a page: those it names, those it links to, and where to look if it does neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from followers import desk_at
from web import Web

from retrieval.extract import Reader
from retrieval.feeds import Link
from retrieval.feeds.discovery import guesses
from retrieval.following import Offer

AT = "https://courier.test/news/today.html"
Offers = Callable[..., tuple[Link, ...]]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def offers(reader: Reader, tmp_path: Path) -> Offers:
    def offers(page: str, *, url: str = AT) -> tuple[Link, ...]:
        path = tmp_path / "page"
        path.write_text(page)
        return reader.offers(path, url=url)

    return offers


def page(head: str = "", body: str = "") -> str:
    return f"<!doctype html><html><head><title>Courier</title>{head}</head><body>{body}</body></html>"


def test_what_the_head_names_is_offered_with_its_title(offers: Offers) -> None:
    said = page(
        '<link rel="alternate" type="application/rss+xml" title="Courier &raquo; Comments Feed"'
        ' href="/comments/feed/">'
        '<link rel="alternate" type="application/rss+xml" title="Courier &raquo; Feed" href="/feed/">'
        "<link rel=alternate type=application/atom+xml href=../atom.xml>"
        '<link rel="ALTERNATE feed" type="application/feed+json; charset=utf-8" title="JSON"'
        ' href="//courier.test/f.json">'
        '<link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" href="/feed.css">'
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">'
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=feed">'
    )
    assert offers(said) == (
        Link("https://courier.test/feed/", "Courier » Feed"),
        Link("https://courier.test/atom.xml", None),
        Link("https://courier.test/f.json", "JSON"),
        Link("https://courier.test/comments/feed/", "Courier » Comments Feed"),
    )


def test_links_of_the_text_are_offered_where_they_look_like_feeds(offers: Offers) -> None:
    said = page(
        body='<a href="/rss.xml">RSS</a><a href="/world/?format=rss">World</a><a href="/about">Feed</a>'
        '<a href="/feedback">Tell us</a><a href="https://feedly.com/i/subscription/feed/x">RSS</a>'
        '<a href="https://else.test/feed">Their feed</a><a href="https://else.test/rss.xml">RSS</a>'
        '<a href="https://feeds.feedburner.com/courier"><img alt="x" src="/rss.png"> rss feed</a>'
        '<a href="javascript:feed()">RSS</a><a href="/rss.png">RSS</a>'
    )
    assert [link.url for link in offers(said)] == [
        "https://courier.test/rss.xml",
        "https://courier.test/world/?format=rss",
        "https://courier.test/about",
        "https://feeds.feedburner.com/courier",
        "https://else.test/rss.xml",
    ]
    assert offers(said)[1].title == "World"


def test_a_feed_is_offered_once_and_relative_to_the_base(offers: Offers) -> None:
    said = page(
        '<base href="https://www.courier.test/blog/">'
        '<link rel="alternate" type="application/rss+xml" href="feed">',
        '<a href="feed/">RSS</a><a href="https://courier.test/blog/feed?utm_source=x">Feed</a>',
    )
    assert [link.url for link in offers(said)] == ["https://www.courier.test/blog/feed"]


def test_a_page_about_feeds_is_not_offered_beside_a_feed(offers: Offers) -> None:
    link = '<a href="/services/rss/">RSS</a><a href="/world/rss.xml">World</a>'
    named = '<link rel="alternate" type="application/rss+xml" href="/top.rss">'
    assert [offer.url for offer in offers(page(named, link))] == [
        "https://courier.test/top.rss",
        "https://courier.test/world/rss.xml",
    ]
    assert "https://courier.test/services/rss/" in [offer.url for offer in offers(page(body=link))]


def test_a_page_without_feeds_offers_none(offers: Offers) -> None:
    assert offers(page(body="<p>Nothing here.</p>")) == ()
    assert offers("plain words") == ()


@pytest.mark.parametrize(
    ("address", "feed"),
    [
        ("https://www.reddit.com/r/python", "https://www.reddit.com/r/python/.rss"),
        ("https://old.reddit.com/user/ann", "https://www.reddit.com/user/ann/.rss"),
        ("https://github.com/o/r", "https://github.com/o/r/releases.atom"),
        ("https://github.com/o/r/releases/tag/v1", "https://github.com/o/r/releases.atom"),
        ("https://www.youtube.com/channel/UC1", "https://www.youtube.com/feeds/videos.xml?channel_id=UC1"),
        ("https://medium.com/@ann/story-1", "https://medium.com/feed/@ann"),
        ("https://ann.medium.com", "https://ann.medium.com/feed"),
        ("https://ann.substack.com/p/x", "https://ann.substack.com/feed"),
        ("https://mastodon.test/@ann", "https://mastodon.test/@ann.rss"),
        ("https://ann.blogspot.co.uk/2026/01/x.html", "https://ann.blogspot.co.uk/feeds/posts/default"),
        ("https://courier.test/", "https://courier.test/feed"),
        ("https://courier.test/blog/", "https://courier.test/blog/feed"),
        ("https://courier.test/story.html", "https://courier.test/feed"),
    ],
)
def test_the_likeliest_place_is_guessed_first(address: str, feed: str) -> None:
    assert guesses(address)[0] == feed


def test_guesses_are_few_and_of_the_web() -> None:
    assert 3 <= len(guesses("https://courier.test/a/b/c")) <= 8
    assert len(set(guesses("https://courier.test/a"))) == len(guesses("https://courier.test/a"))
    assert guesses("ftp://courier.test/") == guesses("nonsense") == guesses("https://[::1/") == ()


async def test_a_site_that_names_no_feed_is_followed_by_the_one_at_its_usual_place(
    web: Web, tmp_path: Path
) -> None:
    web.serves(
        "/blog/", page(body="<p>Words of a site that names no feed.</p>").encode(), content_type="text/html"
    )
    web.serves("/blog/feed", page(body="<p>Nothing here.</p>").encode(), content_type="text/html")
    said = "<rss><channel><title>Hidden</title><item><title>A</title><guid>1</guid></item></channel></rss>"
    web.serves("/blog/rss", said.encode(), content_type="text/xml")
    async with desk_at(web, tmp_path) as desk:
        looked = await desk.following.look("http://courier.test/blog/", "ann")
        web.serves("/blog/rss", b"", status=404)
        without = await desk.following.look("http://courier.test/blog/", "ann")
    assert looked.offers[0] == Offer("feed", "http://courier.test/blog/rss", "Hidden")
    assert [offer.kind for offer in without.offers] == ["page"]
