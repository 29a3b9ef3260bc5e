"""What a reader of a feed gets: every item once, in plain words, with its address and its day."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import pytest
from followers import desk_at
from libraries import SHARED_DATA
from web import Web

from retrieval import pages
from retrieval.errors import Unreadable
from retrieval.extract import Reader
from retrieval.feeds import Feed
from retrieval.fetch import Fetched

AT = "https://courier.test/feeds/news.xml"
REAL = SHARED_DATA / "feeds"
Read = Callable[..., Feed]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.fixture
def read(reader: Reader, tmp_path: Path) -> Read:
    def read(said: str | bytes, *, url: str = AT, content_type: str = "") -> Feed:
        path = tmp_path / "feed"
        path.write_bytes(said if isinstance(said, bytes) else said.encode())
        return reader.feed(path, url=url, content_type=content_type)

    return read


def rss(*items: str, about: str = "", head: str = "") -> str:
    listed = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>Courier</title>'
        f"<link>https://courier.test/</link>{about}{listed}</channel></rss>"
    )


def text_of(read: Read, markup: str) -> str:
    (item,) = read(rss(f"<title>T</title><guid>1</guid><description>{escape(markup)}</description>")).items
    return item.text


def date_of(read: Read, said: str) -> datetime | None:
    (item,) = read(rss(f"<title>T</title><pubDate>{said}</pubDate>")).items
    return item.published


def test_an_rss_feed_is_read(read: Read) -> None:
    feed = read(
        rss(
            "<title>Old news</title><link>/2026/old</link><guid isPermaLink='false'>a1</guid>"
            "<pubDate>Mon, 16 Nov 2026 08:00:00 +0100</pubDate><dc:creator>Ann Lee</dc:creator>"
            "<description>&lt;p&gt;It rained &amp;amp; rained.&lt;/p&gt;</description>",
            "<title>New news</title><link>https://courier.test/new?utm_source=rss&amp;id=7</link><guid>a2</guid>"
            "<pubDate>Tue, 17 Nov 2026 08:00:00 GMT</pubDate>",
            about="<language>en-GB</language><ttl>90</ttl>",
        ).replace("<rss ", "<rss xmlns:dc='http://purl.org/dc/elements/1.1/' ")
    )
    assert (feed.title, feed.home, feed.language) == ("Courier", "https://courier.test/", "en-GB")
    assert feed.every == timedelta(minutes=90)
    assert feed.complete
    new, old = feed.items
    assert (new.title, new.url, new.key) == ("New news", "https://courier.test/new?id=7", "a2")
    assert (old.title, old.url, old.key) == ("Old news", "https://courier.test/2026/old", "a1")
    assert (old.author, old.text) == ("Ann Lee", "It rained & rained.")
    assert old.published == datetime(2026, 11, 16, 7, tzinfo=UTC)


def test_an_atom_feed_is_read(read: Read) -> None:
    feed = read(
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://kurier.test/blog/">
        <title type="html">Der &amp;amp; die</title><link rel="self" href="feed.xml"/><link href="."/>
        <entry><id>tag:kurier.test,2026:1</id><title type="text">Über &lt;b&gt; und &lt;i&gt;</title>
          <link rel="enclosure" type="audio/mpeg" href="ton.mp3"/>
          <link rel="alternate" type="text/html" href="eins.html"/>
          <author><name>Ann Lee</name><email>ann@kurier.test</email></author>
          <author><name>Bo Ek</name></author>
          <published>2026-11-16T08:00:00+01:00</published><updated>2026-11-17T08:00:00Z</updated>
          <summary>Kurz.</summary>
          <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Eins <em>und</em> zwei.</p>
            <script>alert(1)</script><p>Drei.<br/>Vier.</p></div></content></entry>
        <entry><id>https://kurier.test/2</id><title>Nur Text</title><updated>2026-11-15T00:00:00Z</updated>
          <content type="text">Erste Zeile
Zweite &lt;Zeile&gt;</content></entry></feed>"""
    )
    assert (feed.title, feed.home, feed.language) == ("Der & die", "https://kurier.test/blog/", "de")
    first, second = feed.items
    assert first.title == "Über <b> und <i>"
    assert first.url == "https://kurier.test/blog/eins.html"
    assert first.author == "Ann Lee, Bo Ek"
    assert first.text == "Eins und zwei.\n\nDrei.\nVier."
    assert first.updated == datetime(2026, 11, 17, 8, tzinfo=UTC)
    assert (second.url, second.text) == ("https://kurier.test/2", "Erste Zeile\nZweite <Zeile>")
    assert second.published == second.updated == datetime(2026, 11, 15, tzinfo=UTC)


def test_rdf_and_the_oldest_feeds_are_read(read: Read) -> None:
    rdf = read(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
        <channel rdf:about="https://c.test/"><title>C</title><link>https://c.test/</link>
        <sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency></channel>
        <item rdf:about="https://c.test/1"><title>One</title><link>https://c.test/1</link>
        <dc:date>2026-11-16</dc:date><dc:creator>Ann</dc:creator></item></rdf:RDF>"""
    )
    assert rdf.every == timedelta(minutes=30)
    assert (rdf.items[0].key, rdf.items[0].author) == ("https://c.test/1", "Ann")
    assert rdf.items[0].published == datetime(2026, 11, 16, tzinfo=UTC)
    netscape = read(
        "<rss version='0.91'><channel><title>N</title><item><title>A</title></item></channel></rss>"
    )
    assert [item.title for item in netscape.items] == ["A"]
    atom03 = read(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>A</title><entry><title>B</title>'
        "<issued>2004-01-02T03:04:05Z</issued><content mode='escaped' type='text/html'>&lt;b&gt;C&lt;/b&gt; D"
        "</content></entry></feed>"
    )
    assert (atom03.items[0].text, atom03.items[0].published) == (
        "C D",
        datetime(2004, 1, 2, 3, 4, 5, tzinfo=UTC),
    )


def test_a_json_feed_is_read_even_when_it_is_cut(read: Read) -> None:
    said = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "home_page_url": "https://j.test/",
        "language": "fr",
        "items": [
            {"id": 7, "url": "/7", "content_html": "<p>Un <b>mot</b></p>", "authors": [{"name": "Zoé"}]},
            {"id": "8", "title": "Huit", "content_text": "a\nb", "date_published": "2026-11-16T08:00:00Z"},
        ],
    }
    feed = read(json.dumps(said), url="https://j.test/feed.json")
    eight, seven = feed.items
    assert (feed.title, feed.home, feed.language, feed.complete) == ("J", "https://j.test/", "fr", True)
    assert (seven.key, seven.url, seven.text, seven.author) == ("7", "https://j.test/7", "Un mot", "Zoé")
    assert (eight.title, eight.text) == ("Huit", "a\nb")
    cut = read(json.dumps(said)[:-60], url="https://j.test/feed.json")
    assert ([item.key for item in cut.items], cut.complete) == (["7"], False)


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("plain\nwords &amp; signs < 5", "plain words & signs < 5"),
        ("&lt;p&gt;Escaped &lt;a href='x'&gt;twice&lt;/a&gt;&lt;/p&gt;", "Escaped twice"),
        (
            "<p>How to write <code>&lt;p&gt;</code> and <code>&lt;/p&gt;</code></p>",
            "How to write <p> and </p>",
        ),
        ("<ul><li>One</li><li>Two</li></ul>", "One\n\nTwo"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<style>p{}</style><p>Seen</p><script>x()</script><img src=t.gif width=1>", "Seen"),
        ("<p>Seen</p><p style='display: none'>Unseen</p><div class='feedflare'>Digg</div>", "Seen"),
        ("<p>Story.</p><p>The post <a>Story</a> appeared first on <a>Courier</a>.</p>", "Story."),
        ("<p>Story.</p><p><a>Read more</a></p>", "Story."),
        ("<p>Story begins […] <a>Continue reading Story →</a></p>", "Story begins …"),
        (
            "<p>Shares fell.</p><p>More than 200 people came.</p>",
            "Shares fell.\n\nMore than 200 people came.",
        ),
        ("<p>End.</p><p class='button-wrapper'><a href='x'>Subscribe now</a></p>", "End."),
        ("<a href='https://news.test/1'>Comments</a>", ""),
        ("<p>Words.</p> submitted by <a> /u/ann </a><br/><a>[link]</a> <a>[comments]</a>", "Words."),
        ("<p>See <a><i style='visibility:hidden'>https://</i><b>x.test/a</b></a></p>", "See x.test/a"),
        ("<p>Unclosed <b>bold <p>Next", "Unclosed bold\n\nNext"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
    ],
)
def test_texts_are_what_a_reader_would_see(read: Read, markup: str, shown: str) -> None:
    assert text_of(read, markup) == shown


def test_an_article_is_told_from_a_summary(read: Read) -> None:
    article = "<p>" + "A sentence of an article that says something. " * 20 + "</p>"
    item = (
        "<title>T</title><guid>{}</guid><description>Short.</description>"
        "<content:encoded>{}</content:encoded>"
    )
    said = rss(
        item.format(1, escape(article)),
        item.format(2, escape("<p>Only a little more.</p>")),
        item.format(3, escape(article + "<p>And so it went on […]</p>")),
    )
    feed = read(said.replace("<rss ", "<rss xmlns:content='http://purl.org/rss/1.0/modules/content/' "))
    assert [item.whole for item in feed.items] == [True, False, False]
    assert feed.items[0].text.startswith("A sentence of an article")


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Ben &amp;amp; Jerry", "Ben & Jerry"),
        ("&lt;b&gt;Bold&lt;/b&gt; claim", "Bold claim"),
        ("<![CDATA[<i>Hamlet</i> &amp; co]]>", "Hamlet & co"),
        ("The &lt;details&gt; element", "The <details> element"),
        ("a\n  b\t c", "a b c"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;News", "News"),
        ("\u202egnp.exe", "gnp.exe"),
        ("5 &lt; 6 and 7 &gt; 6", "5 < 6 and 7 > 6"),
    ],
)
def test_titles_are_one_plain_line(read: Read, title: str, shown: str) -> None:
    (item,) = read(rss(f"<title>{title}</title><guid>1</guid>")).items
    assert item.title == shown


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Tue, 17 Nov 2026 08:00:00 GMT", "2026-11-17T08:00"),
        ("Tue, 17 Nov 2026 08:00:00 EST", "2026-11-17T13:00"),
        ("17 November 2026 08:00", "2026-11-17T08:00"),
        ("Tue, 17 Nov 26 08:00:00 -0000", "2026-11-17T08:00"),
        ("Tues, 17 Nov 2026 8:00:00 +0000 (UTC)", "2026-11-17T08:00"),
        ("2026-11-17T08:00:00.123+02:00", "2026-11-17T06:00"),
        ("2026-11-17 08:00:00 UTC", "2026-11-17T08:00"),
        ("2026-11-17T08:00:00 Europe/Paris", "2026-11-17T07:00"),
        ("2026-11-17T08:00:00+99:00", "2026-11-17T08:00"),
        ("2026/11/17", "2026-11-17T00:00"),
        ("20261117T080000Z", "2026-11-17T08:00"),
        ("Tue Nov 17 08:00:00 2026", "2026-11-17T08:00"),
        ("November 17, 2026 8:00 PM", "2026-11-17T20:00"),
        ("Tue, 17 Nov 2026 24:00:00 GMT", "2026-11-18T00:00"),
        ("1795000000", "2026-11-18T11:06"),
        ("Dienstag, 17. November 2026", "2026-11-17T00:00"),
        ("вт, 17 ноя 2026 08:00:00 +0000", "2026-11-17T08:00"),
        ("17 novembre 2026", "2026-11-17T00:00"),
        ("2026年11月17日", "2026-11-17T00:00"),
        ("Fri, 17 Nov 2056 08:00:00 GMT", "2056-11-17T08:00"),
        ("2026-02-30", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("0001-01-01T00:00:00Z", None),
        ("9" * 400, None),
        ("1e400", None),
        ("2 hours ago", None),
        ("soon", None),
    ],
)
def test_days_are_read_as_they_are_written_in_the_wild(read: Read, said: str, meant: str | None) -> None:
    expected = datetime.fromisoformat(meant).replace(tzinfo=UTC) if meant else None
    found = date_of(read, said)
    assert (found.replace(second=0, microsecond=0) if found else None) == expected


@pytest.mark.parametrize(
    ("item", "url", "key"),
    [
        ("<link>https://a.test/1</link><guid>g</guid>", "https://a.test/1", "g"),
        ("<guid>https://a.test/1</guid>", "https://a.test/1", "https://a.test/1"),
        ("<guid isPermaLink='false'>https://a.test/1</guid><title>x</title>", None, "https://a.test/1"),
        ("<link>  //a.test/a b\n  /c </link>", "https://a.test/a%20b/c", "https://a.test/a%20b/c"),
        ("<link>javascript:alert(1)</link><guid>g</guid>", None, "g"),
        ("<link>data:text/html,x</link><guid>g</guid>", None, "g"),
        ("<link>file:///etc/passwd</link><guid>g</guid>", None, "g"),
        ("<link href='/atom'/><guid>g</guid>", "https://courier.test/atom", "g"),
        (
            "<link>https://a.test/?fbclid=1&amp;a=2&amp;utm_medium=x</link>",
            "https://a.test/?a=2",
            "https://a.test/?a=2",
        ),
    ],
)
def test_addresses_and_keys(read: Read, item: str, url: str | None, key: str) -> None:
    (found,) = read(rss(item)).items
    assert (found.url, found.key) == (url, key)


def test_a_redirecting_address_gives_way_to_the_one_it_hides(read: Read) -> None:
    said = rss(
        "<link>http://feedproxy.google.com/~r/x/~3/y/</link><guid>g</guid>"
        "<feedburner:origLink>https://courier.test/story</feedburner:origLink>"
    ).replace("<rss ", "<rss xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0' ")
    assert read(said).items[0].url == "https://courier.test/story"


def test_keys_do_not_change_with_the_date_and_tell_items_apart(read: Read) -> None:
    item = "<title>No name</title><description>But words.</description><pubDate>{}</pubDate>"
    first = read(rss(item.format("Tue, 17 Nov 2026 08:00:00 GMT"))).items[0]
    second = read(rss(item.format("Wed, 18 Nov 2026 09:00:00 GMT"))).items[0]
    assert first.key == second.key
    assert first.published != second.published
    same = "<title>{0}</title><link>https://a.test/{0}</link><guid>0-0</guid>"
    keys = [item.key for item in read(rss(same.format("a"), same.format("b"), same.format("b"))).items]
    assert keys == ["https://a.test/a", "https://a.test/b"]
    assert len(read(rss("<guid>" + "x" * 100_000 + "</guid>")).items[0].key) < 100


def test_authors_are_names(read: Read) -> None:
    people = [
        "ann@c.test (Ann Lee)",
        "Ann Lee &lt;ann@c.test&gt;",
        "ann@c.test",
        "Ann Lee",
        "&lt;b&gt;Ann Lee&lt;/b&gt;",
    ]
    feed = read(rss(*(f"<guid>{n}</guid><author>{who}</author>" for n, who in enumerate(people))))
    assert [item.author for item in feed.items] == ["Ann Lee", "Ann Lee", None, "Ann Lee", "Ann Lee"]


def test_where_a_feed_moved_is_told(read: Read) -> None:
    moved = "<itunes:new-feed-url>https://new.test/feed</itunes:new-feed-url>"
    space = "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
    assert read(rss(about=moved).replace("<rss ", space)).moved_to == "https://new.test/feed"
    old = "<redirect><newLocation>https://new.test/rss</newLocation></redirect>"
    assert read(old).moved_to == "https://new.test/rss"


async def test_an_item_without_words_or_address_is_counted_but_no_document(
    read: Read, tmp_path: Path
) -> None:
    sound = "<title>A</title><guid>http://courier.test/a.mp3</guid>"
    said = rss("<enclosure url='https://c.test/a.mp3'/>", sound)
    assert len(read(said).items) == 2
    with Web() as web:
        web.serves("/feed", said, content_type="text/xml")
        async with desk_at(web, tmp_path) as desk:
            followed = await desk.follows("http://courier.test/feed")
        assert not [place for place in web.log if "mp3" in str(place)]
    assert [(document.title, document.url) for document in followed.newest] == [
        ("A", "http://courier.test/a.mp3")
    ]


BROKEN = {
    "leading junk": "<br />\nWarning: x in y.php on line 3\n" + rss("<title>A</title>", "<title>B</title>"),
    "bare ampersands": rss("<title>A</title><link>https://a.test/?a=1&b=2</link>", "<title>B & C</title>"),
    "entities of HTML": rss("<title>Caf&eacute;&nbsp;A</title>", "<title>B &mdash; &hellip;</title>"),
    "impossible characters": rss("<title>A&#xD800;&#0;</title>", "<title>B\x0b\x00</title>"),
    "undeclared prefixes": rss(
        "<title>A</title><dc:creator>X</dc:creator>", "<title>B</title><x:y z:w='1'/>"
    ),
    "cut in the middle": rss("<title>A</title>", "<title>B</title>")[:-30],
    "junk at the end": rss("<title>A</title>", "<title>B</title>") + "\n<!-- x --><script>x</script>",
    "tags crossed": rss("<title>A</title><description><b>x<i>y</b></i></description>", "<title>B</title>"),
    "capitals": "<RSS><CHANNEL><ITEM><TITLE>A</TITLE></ITEM><ITEM><TITLE>B</TITLE></ITEM></CHANNEL></RSS>",
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_feed_still_gives_its_items(read: Read, broken: str) -> None:
    feed = read(broken)
    assert [item.title[:1] for item in feed.items if item.title][:1] == ["A"] or feed.items[
        0
    ].title == "Café A"
    assert len(feed.items) == 2


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", "iso-8859-1", ""),
        ("utf-8-sig", "utf-8", ""),
        ("windows-1251", "windows-1251", "text/xml; charset=utf-8"),
        ("windows-1251", "utf-8", "text/xml; charset=windows-1251"),
        ("koi8-r", "koi8-r", ""),
        ("utf-16", "utf-16", ""),
        ("utf-16-le", "utf-8", ""),
        ("utf-8", "no-such-thing", ""),
        ("utf-8", "rot13", ""),
    ],
)
def test_every_encoding_is_understood(read: Read, encoding: str, declared: str, content_type: str) -> None:
    said = rss("<title>Новости недели и прочее</title>").replace("1.0'?", f"1.0' encoding='{declared}'?")
    said = said.replace('version="1.0"', f'version="1.0" encoding="{declared}"', 1)
    assert read(said.encode(encoding), content_type=content_type).items[0].title == "Новости недели и прочее"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", "is empty"),
        ("\ufeff  \n", "is empty"),
        ("<html><body><rss></rss></body></html>", "is no feed"),
        ("<?xml version='1.0'?><sitemapindex/>", "is no feed"),
        ("Just a moment...", "is no feed"),
        ('{"items": 3}', "is no feed"),
        ('{"a": [1, 2', "is no feed"),
        (b"\x89PNG\r\n\x1a\n" + bytes(1000), "is no feed"),
        (b"\x1f\x8bnot packed at all", "damaged packed file"),
    ],
)
def test_what_is_no_feed_is_said_in_one_sentence(read: Read, said: str | bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason) as fault:
        read(said, url="https://ann:secret@courier.test/x")
    assert str(fault.value).startswith("“https://courier.test/x” ")
    assert str(fault.value).endswith(".")


@pytest.mark.skipif(not REAL.exists(), reason="the shared test data is not here")
def test_real_feeds_give_every_item_that_feedparser_finds(read: Read) -> None:
    for row in map(json.loads, (REAL / "expected.jsonl").read_text("utf-8").splitlines()):
        try:
            feed = read((REAL / row["file"]).read_bytes())
        except Unreadable:
            assert row["n_items"] == 0, row["file"]
            continue
        assert len(feed.items) >= row["n_items"], row["file"]
        titles = {item.title for item in feed.items}
        for item in row["items"]:
            title = " ".join((item["title"] or "").split())
            assert "<" in title or title in titles or not title, row["file"]


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (rss("<title>A</title>"), "text/html", "feed"),
        ("<?xml version='1.0'?>" + "<!-- " + "x" * 9_000 + " -->" + rss("")[21:], "text/xml", "feed"),
        (rss("<title>A</title>").encode("utf-16"), "application/xml", "feed"),
        (gzip.compress(rss("<title>A</title>").encode()), "application/octet-stream", "feed"),
        ('<a:feed xmlns:a="http://www.w3.org/2005/Atom"/>', "", "feed"),
        (r'{"version": "https:\/\/jsonfeed.org\/version\/1.1", "items": []}', "application/json", "feed"),
        ('{"title": "x", "items": []}', "application/feed+json", "feed"),
        ("<?xml version='1.0'?><opml version='2.0'/>", "text/xml", "list"),
        ("<!doctype html><p>Words about &lt;rss&gt;", "text/xml", "page"),
        ("<!doctype html><pre><rss version=2></pre>", "", "page"),
        ("<p>Words", "text/html; charset=utf-8", "page"),
        ("%PDF-1.7 <html>", "text/html", "document"),
        ("PK\x03\x04 <rss ", "", "document"),
        ("Words alone", "text/plain", "document"),
        ("", "text/html", "nothing"),
        ("\ufeff \n", "application/rss+xml", "nothing"),
    ],
)
def test_what_an_address_gave_is_told_by_its_first_bytes(
    body: str | bytes, content_type: str, kind: str
) -> None:
    data = body if isinstance(body, bytes) else body.encode()
    assert pages.kind_of(Fetched(AT, 200, {"content-type": content_type}, data)) == kind
